/* The coverage of a kit's last day, minute by minute, and the replies of its last hour. Pure. */
#ifndef WD_HEALTH_LEDGER_H
#define WD_HEALTH_LEDGER_H

#include "common/base/buffer.h"
#include "tools/wd-health/kit/coverage.h"
#include "tools/wd-health/kit/timeline.h"

#define LEDGER_MINUTES 1440

/* The last hour is kept as twelve stretches of five minutes, including the current one. */
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

/* Record a minute. `newest` is the latest that was closed; minutes a day older are not kept. */
void ledger_put(
	struct ledger *ledger, minute_number minute, minute_number newest, enum coverage coverage);
/* Return the coverage; COVERAGE_NONE outside of the day that ends with `newest`. */
enum coverage ledger_get(const struct ledger *ledger, minute_number minute, minute_number newest);

/* Clear the minutes from..to, both included. */
void ledger_clear(struct ledger *ledger, minute_number from, minute_number to);

void ledger_count(struct ledger *ledger, minute_number minute, enum outcome outcome);
/* Return the replies of the hour that ends with `minute`. */
struct tally ledger_last_hour(const struct ledger *ledger, minute_number minute);

/* Convert the minutes up to `newest` to text, run lengths of letters, the oldest first
 * ("-1200L230K10"), and back. Return false, with the ledger in any state, for other text. */
void ledger_format(const struct ledger *ledger, minute_number newest, struct buffer *out);
bool ledger_parse(struct ledger *ledger, minute_number newest, struct span text);

/* A stretch of minutes in which a kit was not listened to. */
struct ledger_gap {
	minute_number from, to; /* both included */
	enum coverage why;
};

/* Find the next gap of the minutes *from..to and move *from after it. Return false if there is
 * none. */
bool ledger_next_gap(const struct ledger *ledger, minute_number newest, minute_number *from,
	minute_number to, struct ledger_gap *gap);

#endif
