/* Distances and positions on the earth. */
#ifndef WD_MAP_GEO_H
#define WD_MAP_GEO_H

#include "common/map/observation.h"

/* Return the great-circle distance in metres, on a sphere with the mean earth radius (IUGG:
 * 6371008.8 m); within 0.6 % of the distance on the ellipsoid. */
double geo_distance_m(struct geo_place a, struct geo_place b);

/* Return the position `distance_m` from `from` at `bearing_deg`, clockwise from north. */
struct geo_place geo_offset(struct geo_place from, double distance_m, double bearing_deg);

/* Return the distance in metres at which a transmitter of 100 mW EIRP is received with `power_dbm`
 * at `freq_mhz` in free space (Recommendation ITU-R P.525: 32.4 + 20 log f + 20 log d), clamped to
 * 50..10,000 m; 1,000 m if power or frequency is unknown (NAN). Obstacles and weaker transmitters
 * make the true distance shorter, stronger transmitters longer. */
double geo_range_m(double power_dbm, double freq_mhz);

#endif
