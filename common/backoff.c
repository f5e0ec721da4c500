/* How long to leave alone what has failed. Pure: the caller keeps the clock. */
#include "common/backoff.h"

double backoff_wait_s(unsigned failures, double initial_s, double longest_s)
{
	double wait_s = initial_s;

	if (failures == 0)
		return 0;
	for (unsigned i = 1; i < failures; i++) {
		if (wait_s * 4 > longest_s)
			return longest_s;
		wait_s *= 2;
	}
	return wait_s < longest_s ? wait_s : longest_s;
}
