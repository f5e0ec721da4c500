/* How long to wait after failures: the only definition of it. Pure: the caller keeps the clock. */
#ifndef WD_COMMON_BACKOFF_H
#define WD_COMMON_BACKOFF_H

/* Return the wait after `failures` failures in a row, in seconds: `initial_s`, doubled with each
 * further failure for as long as the result could be doubled once more without exceeding `max_s`,
 * then `max_s`. With 5 s and 300 s: 5, 10, 20, 40, 80, 300, 300 … No failures: 0 s. */
double backoff_wait_s(unsigned failures, double initial_s, double max_s);

/* The same with `factor` in place of 2; with a factor of 1 or less, each wait is `initial_s`. */
double backoff_grow_s(unsigned failures, double factor, double initial_s, double max_s);

#endif
