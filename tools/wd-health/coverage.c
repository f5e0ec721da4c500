/* Whether a kit was listened to in a minute. */
#include "tools/wd-health/coverage.h"

/* The longest wait of wd-poll, after failures (MAX_BACKOFF) and when a kit says when (429). */
#define LONGEST_WAIT_S 300.0

static const struct {
	const char *name;
	char letter;
} coverages[COVERAGES] = {
	[COVERAGE_NONE] = {"none", '-'},
	[COVERAGE_LISTENING] = {"listening", 'L'},
	[COVERAGE_KIT_DOWN] = {"kit_down", 'K'},
	[COVERAGE_LINK_DOWN] = {"link_down", 'N'},
	[COVERAGE_RATE_LIMITED] = {"rate_limited", 'R'},
	[COVERAGE_POLLER_DOWN] = {"poller_down", 'P'},
};

const char *coverage_name(enum coverage coverage)
{
	return coverages[coverage].name;
}

char coverage_letter(enum coverage coverage)
{
	return coverages[coverage].letter;
}

bool coverage_parse_letter(char letter, enum coverage *coverage)
{
	for (size_t i = 0; i < COVERAGES; i++) {
		if (coverages[i].letter == letter) {
			*coverage = (enum coverage)i;
			return true;
		}
	}
	return false;
}

void tally_add(struct tally *tally, enum watch_outcome outcome)
{
	tally->requests++;
	tally->ok += outcome == WATCH_GOOD;
	tally->failed += outcome == WATCH_USELESS || outcome == WATCH_UNREACHABLE;
}

double tally_success_percent(const struct tally *tally)
{
	uint64_t judged = tally->ok + tally->failed;

	return judged ? 100.0 * (double)tally->ok / (double)judged : 0;
}

static bool carries_detections(const struct notice *reply)
{
	return reply->endpoint == WATCH_DRONES || reply->endpoint == WATCH_SIGNALS;
}

static enum coverage outlook_after(const struct notice *reply, enum coverage before)
{
	switch (reply->outcome) {
	case WATCH_GOOD:
		return carries_detections(reply) ? COVERAGE_LISTENING : before;
	case WATCH_USELESS:
		return carries_detections(reply) ? COVERAGE_KIT_DOWN : before;
	case WATCH_UNREACHABLE:
		return COVERAGE_KIT_DOWN;
	case WATCH_LIMITED:
		return COVERAGE_RATE_LIMITED;
	}
	return before;
}

/* How long the poller leaves the kit alone now, where it did not say so at most. */
static int64_t wait_us(const struct notice *reply)
{
	bool waits = reply->outcome == WATCH_UNREACHABLE || reply->outcome == WATCH_LIMITED;
	double wait_s = reply->retry_in_s;

	if (!(wait_s > 0 && wait_s < LONGEST_WAIT_S))
		wait_s = waits ? LONGEST_WAIT_S : 0;
	return (int64_t)(wait_s * (double)CLOCK_SECOND_US);
}

void coverage_reply(struct coverage_minute *minute, struct coverage_outlook *outlook,
	const struct notice *reply, int64_t patience_us)
{
	bool dead_network =
		reply->outcome == WATCH_UNREACHABLE && watch_error_is_of_link(reply->error);

	tally_add(&minute->tally, reply->outcome);
	minute->heard += reply->outcome == WATCH_GOOD && carries_detections(reply);
	minute->answered += !dead_network;
	outlook->now = outlook_after(reply, outlook->now);
	outlook->of_link = dead_network;
	outlook->expected = reply->time + wait_us(reply) + patience_us;
}

enum coverage coverage_of(
	const struct coverage_minute *minute, const struct coverage_outlook *outlook, clock_us end)
{
	bool waiting = outlook->now == COVERAGE_KIT_DOWN || outlook->now == COVERAGE_RATE_LIMITED;

	if (minute->heard)
		return COVERAGE_LISTENING;
	if (minute->tally.requests == 0 && end > outlook->expected)
		return COVERAGE_POLLER_DOWN;
	if (waiting)
		return outlook->now;
	return minute->tally.failed ? COVERAGE_KIT_DOWN : COVERAGE_POLLER_DOWN;
}

void coverage_link_add(struct coverage_link *link, const struct coverage_minute *minute,
	const struct coverage_outlook *outlook, enum coverage verdict)
{
	link->answered += minute->answered;
	link->out_of_reach += verdict == COVERAGE_KIT_DOWN && outlook->of_link;
}

bool coverage_link_is_down(const struct coverage_link *link)
{
	return link->answered == 0 && link->out_of_reach >= 2;
}
