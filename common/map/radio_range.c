#include "common/map/radio_range.h"

#include <math.h>

#define RADIATED_DBM    20
#define RANGE_MIN_M     50
#define RANGE_MAX_M     10000
#define RANGE_UNKNOWN_M 1000

double radio_range_m(double power_dbm, double freq_mhz)
{
	if (!isfinite(power_dbm) || !(freq_mhz > 0) || !isfinite(freq_mhz))
		return RANGE_UNKNOWN_M;
	double loss_db = RADIATED_DBM - power_dbm;
	double range_m = 1000 * pow(10, (loss_db - 32.4 - 20 * log10(freq_mhz)) / 20);
	return fmax(RANGE_MIN_M, fmin(RANGE_MAX_M, range_m));
}
