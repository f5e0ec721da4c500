/* What is remembered of a kit's last day, minute by minute, and of its last hour. Pure. */
#ifndef WD_HEALTH_LEDGER_H
#define WD_HEALTH_LEDGER_H

#include "common/buffer.h"
#include "tools/wd-health/coverage.h"
#include "tools/wd-health/timeline.h"

#define LEDGER_MINUTES 1440

/* The last hour is kept as twelve stretches of five minutes, the one that is going on included. */
#define LEDGER_STRETCHES      12
#define LEDGER_STRETCH_LENGTH 5

/* Zero-initialise. */
struct ledger {
	uint8_t minutes[LEDGER_MINUTES]; /* enum coverage, at the minute's number modulo the size */
	struct {
		minute_number number; /* minutes since 1970, divided by the length */
		uint32_t ok, failed;
	} stretches[LEDGER_STRETCHES];
};

/* Notes a minute. `newest` is the latest that was ever noted, for any kit; what is a day older has
 * no place. */
void ledger_put(
	struct ledger *ledger, minute_number minute, minute_number newest, enum coverage coverage);
/* What was noted; COVERAGE_NONE outside of the day that ends with `newest`. */
enum coverage ledger_get(const struct ledger *ledger, minute_number minute, minute_number newest);

/* Forgets the minutes from .. to, both within. */
void ledger_forget(struct ledger *ledger, minute_number from, minute_number to);

void ledger_count(struct ledger *ledger, minute_number minute, enum watch_outcome outcome);
/* The replies of the hour that ends with `minute`. */
struct tally ledger_last_hour(const struct ledger *ledger, minute_number minute);

/* The minutes up to `newest` as text, run lengths of letters, the oldest first: "-1200L230K10"; and
 * back. False, with the ledger in any state, for text that is none. */
void ledger_format(const struct ledger *ledger, minute_number newest, struct buffer *out);
bool ledger_parse(struct ledger *ledger, minute_number newest, struct span text);

/* A stretch of minutes in which a kit was not listened to. */
struct ledger_gap {
	minute_number from, to; /* both within */
	enum coverage why;
};

/* The next gap of the minutes *from .. to, and moves *from behind it; false if there is none. */
bool ledger_next_gap(const struct ledger *ledger, minute_number newest, minute_number *from,
	minute_number to, struct ledger_gap *gap);

#endif
