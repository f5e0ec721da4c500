/* Coverage: whether a kit was listened to in a minute. "No drones at 03:10" means "no drone flew"
 * only if it was. Pure.
 *
 *   listening     /drones or /signals gave a good reply in this minute; by MQTT, any payload came
 *   kit_down      the kit is unreachable, or its detections cannot be used
 *   link_down     no kit answers at all, and two or more are unreachable: our side of the network;
 *                 or the connection to the MQTT broker is lost
 *   rate_limited  the kit answers "not now" (429)
 *   poller_down   the kit was not polled, although a poll was due */
#ifndef WD_HEALTH_COVERAGE_H
#define WD_HEALTH_COVERAGE_H

#include "tools/wd-health/fleet/event.h"

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

/* Finished requests. Those that are neither `ok` nor `failed` have a neutral outcome (429). */
struct tally {
	uint64_t requests;
	uint64_t ok;
	uint64_t failed;
};

void tally_add(struct tally *tally, enum outcome outcome);
/* Return the share of good requests among the good and failed ones, in percent; 0 without any. */
double tally_success_percent(const struct tally *tally);

/* The events of a kit in one minute. Zero-initialise. */
struct coverage_minute {
	struct tally tally;
	uint64_t heard;    /* good replies that mean listening */
	uint64_t answered; /* replies that prove that the network to the kit works */
};

/* The expectation for a kit from before the minute. Zero-initialise for a kit without a reply. */
struct coverage_outlook {
	enum coverage
		now;  /* by the latest reply; NONE, LISTENING, KIT_DOWN, LINK_DOWN, RATE_LIMITED */
	bool of_link; /* a dead network causes its error, too */
	clock_us expected; /* silence until then is normal: the poller waits */
};

/* Add a reply to both. If it does not contain the time of the next poll, the longest wait of the
 * poller is assumed; `patience_us` is added. */
void coverage_add_reply(struct coverage_minute *minute, struct coverage_outlook *outlook,
	const struct health_event *event, int64_t patience_us);

/* Return the coverage of one kit for the minute that ends at `end`, without regard to others. */
enum coverage coverage_of(
	const struct coverage_minute *minute, const struct coverage_outlook *outlook, clock_us end);

/* Return whether the kit is unreachable in a way that a dead link explains. */
static inline bool coverage_suspects_link(const struct coverage_outlook *outlook)
{
	return outlook->now == COVERAGE_KIT_DOWN && outlook->of_link;
}

#endif
