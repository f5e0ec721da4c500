/* How long to wait after failures. */
#include "common/time/backoff.h"

double backoff_grow_s(unsigned failures, double factor, double initial_s, double max_s)
{
	double wait_s = initial_s;

	if (failures == 0)
		return 0;
	for (unsigned i = 1; i < failures && factor > 1; i++) {
		if (wait_s * factor * factor > max_s)
			return max_s;
		wait_s *= factor;
	}
	return wait_s < max_s ? wait_s : max_s;
}

double backoff_wait_s(unsigned failures, double initial_s, double max_s)
{
	return backoff_grow_s(failures, 2, initial_s, max_s);
}
