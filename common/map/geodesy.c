#include "common/map/geodesy.h"

#include <math.h>

#define EARTH_RADIUS_M     6371008.8
#define RADIANS_PER_DEGREE (M_PI / 180)

double geodesy_distance_m(struct position a, struct position b)
{
	double lat_a = a.lat * RADIANS_PER_DEGREE, lat_b = b.lat * RADIANS_PER_DEGREE;
	double half_lat = sin((lat_b - lat_a) / 2);
	double half_lon = sin((b.lon - a.lon) * RADIANS_PER_DEGREE / 2);
	double h = half_lat * half_lat + cos(lat_a) * cos(lat_b) * half_lon * half_lon;

	return 2 * EARTH_RADIUS_M * asin(fmin(1, sqrt(h)));
}

struct position geodesy_destination(struct position from, double bearing_deg, double distance_m)
{
	double lat = from.lat * RADIANS_PER_DEGREE, bearing = bearing_deg * RADIANS_PER_DEGREE;
	double angle = distance_m / EARTH_RADIUS_M;
	double sine = sin(lat) * cos(angle) + cos(lat) * sin(angle) * cos(bearing);
	double lon = from.lon * RADIANS_PER_DEGREE +
		     atan2(sin(bearing) * sin(angle) * cos(lat), cos(angle) - sin(lat) * sine);

	return (struct position){asin(fmax(-1, fmin(1, sine))) / RADIANS_PER_DEGREE,
		remainder(lon / RADIANS_PER_DEGREE, 360)};
}
