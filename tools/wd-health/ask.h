/* Answers from a state file: --report and --check. */
#ifndef WD_HEALTH_ASK_H
#define WD_HEALTH_ASK_H

#include "tools/wd-health/state.h"

/* What was known when the file was written, taken on to `now`: kits that have been silent since are
 * stale, and minutes that nobody closed are judged. */
struct answer {
	struct health health;
	clock_us now;                /* by the wall clock */
	clock_us written;            /* the file */
	int64_t since_us;            /* gaps of this time are wanted; 0: none */
	size_t watched;              /* kits, */
	size_t states[WATCH_STATES]; /* by state, */
	size_t still;                /* whose status stands still */
};

/* Reads the file and takes it on to now. Returns 0, EX_NOINPUT, EX_DATAERR or EX_OSERR; the failure
 * has been logged. */
int ask_open(struct answer *answer, const char *path, int64_t threshold_us);
void ask_release(struct answer *answer);

/* Takes what is in `health` on to `now`, and counts. Pure. */
void ask_take_on(struct answer *answer, clock_us now);

/* A table for people, or a line of JSON for each kit, on stdout. Both return 0 or EX_IOERR. */
int ask_table(const struct answer *answer);
int ask_json(const struct answer *answer);

/* One line on stdout as a monitoring plugin's; `warning` and `critical` are ranges for the number
 * of kits that are not online (NULL: 0, and fewer than all). Returns its exit status: 0 OK, 1
 * warning, 2 critical, 3 unknown. */
int ask_check(const char *path, int64_t threshold_us, const char *warning, const char *critical);

/* The first minute of which gaps are wanted and known. */
minute_number ask_gaps_from(const struct answer *answer);

#endif
