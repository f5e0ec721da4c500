/* Distances on the earth. Pure. */
#ifndef WD_COMMON_GEODESY_H
#define WD_COMMON_GEODESY_H

/* A position on the WGS 84 ellipsoid, in degrees: lat -90..90, lon -180..180. */
struct position {
	double lat, lon;
};

/* Metres of one degree of latitude on a sphere of the earth's mean radius (IUGG: 6371008.8 m). */
#define METRES_PER_DEGREE 111195.0797

/* Return the great-circle distance in metres, by the haversine formula on that sphere: within 0.6 %
 * of the distance on the ellipsoid. */
double geodesy_distance_m(struct position a, struct position b);

/* Return where a great circle arrives after `distance_m` with the initial bearing `bearing_deg`, on
 * that sphere. */
struct position geodesy_destination(struct position from, double bearing_deg, double distance_m);

#endif
