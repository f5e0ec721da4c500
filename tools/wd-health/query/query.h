/* Queries of a state file: --report and --check. */
#ifndef WD_HEALTH_QUERY_H
#define WD_HEALTH_QUERY_H

#include "tools/wd-health/state/state.h"

/* A state from this long after the wall clock's time cannot be right. */
#define QUERY_FUTURE_US (5 * CLOCK_MINUTE_US)

/* The state when the file was written, advanced to `now`: kits that have been silent since are
 * stale, and minutes without lines have their coverage. */
struct health_query {
	struct health health;
	clock_us now;                /* by the wall clock */
	clock_us written;            /* the file */
	int64_t since_us;            /* gaps of this time are wanted; 0: none */
	size_t watched;              /* kits, */
	size_t states[WATCH_STATES]; /* by state, */
	size_t stale_status;         /* that repeat an old status */
};

/* Read the file and advance it to now. Return 0, EX_NOINPUT, EX_DATAERR or EX_OSERR; the failure
 * has been logged. */
int query_open(struct health_query *query, const char *path, int64_t threshold_us);
void query_release(struct health_query *query);

/* Advance `health` to `now`, and count. Pure. */
void query_advance(struct health_query *query, clock_us now);

/* Return whether the state is from the future, so that nothing can be derived from it. */
bool query_is_of_future(const struct health_query *query);

/* Return whether the kit was polled once, but is no longer configured. */
static inline bool query_is_removed(const struct health_kit *kit)
{
	return !kit->watched && kit->watch.first != 0;
}

/* Return the kit's state in words: "removed", or that of its watch. */
const char *query_state(const struct health_kit *kit);

/* Print a table, or a line of JSON for each kit, to stdout. Both return 0 or EX_IOERR. */
int query_table(const struct health_query *query);
int query_json(const struct health_query *query);

/* Print one line to stdout as a monitoring plugin; `warning` and `critical` are ranges for the
 * number of kits that are not online (NULL: 0, and all). Return its exit status: 0 OK, 1 warning, 2
 * critical, 3 unknown. */
int query_check(const char *path, int64_t threshold_us, const char *warning, const char *critical);

/* Return the first minute of which gaps are wanted and known. */
minute_number query_gaps_from(const struct health_query *query, const struct health_kit *kit);

#endif
