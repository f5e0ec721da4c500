/* How long to leave alone what has failed. Pure: the caller keeps the clock. */
#ifndef WD_COMMON_BACKOFF
#define WD_COMMON_BACKOFF

/* The wait after `failures` (>= 1) failures in a row, in seconds: `initial_s`, doubled with each
 * further failure while it can be doubled once more under `max_s`, then `max_s`. With the
 * specification's 5 s and 300 s: 5, 10, 20, 40, 80, 300, 300 … ("Exponential Backoff"). 0 failures
 * wait 0 s. */
double backoff_wait_s(unsigned failures, double initial_s, double max_s);

/* The same with any `factor` in place of 2; a factor of 1 or less waits `initial_s` each time. */
double backoff_grow_s(unsigned failures, double factor, double initial_s, double max_s);

#endif
