/* Distances on the earth, as far as a map of detections needs them. */
#ifndef WD_EXPORT_GEO
#define WD_EXPORT_GEO

#include "tools/wd-export/observation.h"

/* The great-circle distance in metres, on a sphere of the earth's mean radius (IUGG: 6371008.8 m);
 * within 0.6 % of the ellipsoid's. */
double geo_distance_m(struct place a, struct place b);

/* The place `distance_m` from `from` in the direction `bearing_deg`, clockwise from north. */
struct place geo_offset(struct place from, double distance_m, double bearing_deg);

/* How far away a transmitter can be that came in with `power_dbm` at `freq_mhz`, in metres: free
 * space (Recommendation ITU-R P.525, 32.4 + 20 log f + 20 log d) and 100 mW radiated. Walls and
 * weaker transmitters bring it nearer; a stronger one is farther off. Between 50 and 10,000 m;
 * 1,000 m where power or frequency is not known (NAN). */
double geo_range_m(double power_dbm, double freq_mhz);

#endif
