#include "common/map/geo.h"

#include <math.h>

#define EARTH_RADIUS_M  6371008.8
#define DEGREE          (3.14159265358979323846 / 180)
#define RADIATED_DBM    20
#define RANGE_MIN_M     50
#define RANGE_MAX_M     10000
#define RANGE_UNKNOWN_M 1000

double geo_distance_m(struct geo_place a, struct geo_place b)
{
	double lat = sin((b.lat - a.lat) / 2 * DEGREE), lon = sin((b.lon - a.lon) / 2 * DEGREE);
	double h = lat * lat + cos(a.lat * DEGREE) * cos(b.lat * DEGREE) * lon * lon;

	return 2 * EARTH_RADIUS_M * asin(sqrt(h < 1 ? h : 1));
}

struct geo_place geo_offset(struct geo_place from, double distance_m, double bearing_deg)
{
	double angle = distance_m / EARTH_RADIUS_M, bearing = bearing_deg * DEGREE;
	double lat = from.lat * DEGREE;
	double sine = sin(lat) * cos(angle) + cos(lat) * sin(angle) * cos(bearing);
	double east = sin(bearing) * sin(angle) * cos(lat);
	double turn = atan2(east, cos(angle) - sin(lat) * sine);
	double lon = fmod(from.lon + turn / DEGREE + 540, 360) - 180;

	return (struct geo_place){asin(fmax(-1, fmin(1, sine))) / DEGREE, lon};
}

double geo_range_m(double power_dbm, double freq_mhz)
{
	if (!isfinite(power_dbm) || !(freq_mhz > 0) || !isfinite(freq_mhz))
		return RANGE_UNKNOWN_M;
	double loss_db = RADIATED_DBM - power_dbm;
	double range_m = 1000 * pow(10, (loss_db - 32.4 - 20 * log10(freq_mhz)) / 20);
	return fmax(RANGE_MIN_M, fmin(RANGE_MAX_M, range_m));
}
