/* Which minutes of the last hour each kit was listened to, and its last reply. */
#ifndef WD_SERVE_COVERAGE_H
#define WD_SERVE_COVERAGE_H

#include "common/base/buffer.h"
#include "common/record/record.h"
#include "common/time/clock.h"

enum {
	COVERAGE_MINUTES = 60,
	COVERAGE_STATE_SIZE = 16,
	COVERAGE_KITS_MAX = 16384, /* more are ignored */
};

struct kit_coverage {
	char kit_id[RECORD_ID_MAX + 1];
	clock_us replied; /* the time of the last reply; 0: none yet */
	bool is_ok;       /* it was a success */
	clock_us minute;  /* the newest in `states`; 0: none yet */
	char states[COVERAGE_MINUTES][COVERAGE_STATE_SIZE]; /* by minute modulo their number;
							       "" if unknown */
	bool changed, minutes_changed;
};

/* Zero-initialise. */
struct coverage {
	struct kit_coverage **kits; /* sorted by id */
	size_t count;
};

void coverage_release(struct coverage *coverage);

/* Read a line of the type `reply` or `coverage`; ignore others. */
void coverage_add(struct coverage *coverage, struct span line);

/* Append kits as JSON objects separated by commas: all, or those that changed since the last call.
 */
void coverage_put(struct coverage *coverage, bool all, struct buffer *out);

#endif
