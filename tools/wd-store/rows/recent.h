/* The rows that were committed a short time ago. Kits list an observation in every poll for up to two
 * minutes: such repeats are recognised here, and the database is not asked about them.
 *
 * This only saves work. A row is left out if this process committed exactly the same values under its
 * key less than RECENT_TRUST_US ago, and no other values since; the database decides about all others.
 * After any failure everything is forgotten. What other programs do to a row meanwhile is not seen: a
 * row that they delete or change is stored again by a repeat once that time has passed. */
#ifndef WD_STORE_RECENT_H
#define WD_STORE_RECENT_H

#include "common/time/clock.h"
#include "tools/wd-store/rows/rows.h"

/* Aircraft are listed for 120 s after their last signal. */
#define RECENT_TRUST_US (150 * CLOCK_SECOND_US)

enum {
	RECENT_ROWS_MAX = 1 << 18, /* 6 MiB */
};

struct recent_row {
	uint64_t key, values; /* hashes */
	int64_t until_us;     /* monotonic clock; 0: empty */
};

struct recent {
	uint64_t secret[2];
	struct recent_row *rows;

	/* Of the batch in flight. */
	struct recent_row *sent;
	size_t sent_count;
};

/* Allocate for batches of at most `max` lines. Return 0 or EX_OSERR. */
int recent_open(struct recent *recent, size_t max);
void recent_close(struct recent *recent);

/* Remove the rows that are known, and note the others, which are sent to the database. `now_us` is the
 * monotonic clock. Nothing can be added to `rows` afterwards. */
void recent_send(struct recent *recent, struct rows *rows, int64_t now_us);

/* The rows of the last recent_send() are committed. */
void recent_commit(struct recent *recent, int64_t now_us);

/* Forget everything: some of these rows may be committed, or others than these. */
void recent_clear(struct recent *recent);

#endif
