/* Whether a kit was listened to in a minute: "no drones at 03:10" is "nobody flew" only if it was.
 * Pure.
 *
 *   listening     /drones or /signals gave a good reply in this minute
 *   kit_down      the kit cannot be reached, or its detections cannot be used
 *   link_down     no kit answers at all, and two or more cannot be reached: it is our side
 *   rate_limited  the kit says "not now" (429)
 *   poller_down   nobody asked the kit, though it was time */
#ifndef WD_HEALTH_COVERAGE_H
#define WD_HEALTH_COVERAGE_H

#include "tools/wd-health/notice.h"

enum coverage {
	COVERAGE_NONE, /* the kit was not watched */
	COVERAGE_LISTENING,
	COVERAGE_KIT_DOWN,
	COVERAGE_LINK_DOWN,
	COVERAGE_RATE_LIMITED,
	COVERAGE_POLLER_DOWN,
	COVERAGES
};

/* The name in records, and the letter in state files. */
const char *coverage_name(enum coverage coverage);
char coverage_letter(enum coverage coverage);
bool coverage_parse_letter(char letter, enum coverage *coverage);

/* Requests that were answered or given up. Those that are neither `ok` nor `failed` were answered
 * with "not now" (429). */
struct tally {
	uint64_t requests;
	uint64_t ok;
	uint64_t failed;
};

void tally_add(struct tally *tally, enum watch_outcome outcome);
/* The share of good ones among those that are good or failed, in percent; 0 where there are none.
 */
double tally_success_percent(const struct tally *tally);

/* What happened to a kit in one minute. Zero-initialise. */
struct coverage_minute {
	struct tally tally;
	uint64_t heard;    /* good replies of /drones and /signals */
	uint64_t answered; /* replies that prove that the way to the kit is open */
};

/* What is known of a kit from before the minute. Zero-initialise for a kit without a reply. */
struct coverage_outlook {
	enum coverage now; /* as the latest reply has it; NONE, LISTENING, KIT_DOWN, RATE_LIMITED */
	bool of_link;      /* a dead network gives such an error, too */
	clock_us expected; /* silence until then is as it should be: the poller waits */
};

/* Takes a reply into both. Where it does not say when the poller will ask again it may mean the
 * poller's longest wait; `patience_us` comes on top. */
void coverage_reply(struct coverage_minute *minute, struct coverage_outlook *outlook,
	const struct notice *reply, int64_t patience_us);

/* The verdict on one kit for the minute that ends at `end`, as if it were the only one. */
enum coverage coverage_of(
	const struct coverage_minute *minute, const struct coverage_outlook *outlook, clock_us end);

/* All kits of a minute together. Zero-initialise, add each, ask. */
struct coverage_link {
	uint64_t answered;
	unsigned out_of_reach;
};

void coverage_link_add(struct coverage_link *link, const struct coverage_minute *minute,
	const struct coverage_outlook *outlook, enum coverage verdict);
bool coverage_link_is_down(const struct coverage_link *link);

#endif
