/* Coverage: whether a kit was listened to in a minute. */
#include "tools/wd-health/kit/coverage.h"

/* The longest wait of wd-poll, after failures (MAX_BACKOFF) and when a kit sends Retry-After. */
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

void tally_add(struct tally *tally, enum outcome outcome)
{
	tally->requests++;
	tally->ok += outcome == OUTCOME_GOOD;
	tally->failed += outcome == OUTCOME_UNUSABLE || outcome == OUTCOME_UNREACHABLE;
}

double tally_success_percent(const struct tally *tally)
{
	uint64_t judged = tally->ok + tally->failed;

	return judged ? 100.0 * (double)tally->ok / (double)judged : 0;
}

/* By MQTT a quiet kit sends nothing but its status. */
static bool means_listening(const struct watch_reply *reply)
{
	return reply->is_mqtt ||
	       (reply->endpoint < ENDPOINT_COUNT && endpoint_table[reply->endpoint].is_detection);
}

static enum coverage outlook_after(const struct watch_reply *reply, enum coverage before)
{
	switch (reply->outcome) {
	case OUTCOME_GOOD:
		return means_listening(reply) ? COVERAGE_LISTENING : before;
	case OUTCOME_UNUSABLE:
		return means_listening(reply) ? COVERAGE_KIT_DOWN : before;
	case OUTCOME_UNREACHABLE:
		return COVERAGE_KIT_DOWN;
	case OUTCOME_NEUTRAL:
		return COVERAGE_RATE_LIMITED;
	case OUTCOME_LINK:
		return COVERAGE_LINK_DOWN;
	}
	return before;
}

/* Longest time the poller may wait before the next poll, if the reply has no retry_in_s. */
static int64_t wait_us(const struct health_event *event)
{
	enum outcome outcome = event->reply.outcome;
	bool waits = outcome != OUTCOME_GOOD && outcome != OUTCOME_UNUSABLE;
	double wait_s = event->retry_in_s;

	if (!(wait_s > 0 && wait_s < LONGEST_WAIT_S))
		wait_s = waits ? LONGEST_WAIT_S : 0;
	return (int64_t)(wait_s * (double)CLOCK_SECOND_US);
}

void coverage_add_reply(struct coverage_minute *minute, struct coverage_outlook *outlook,
	const struct health_event *event, int64_t patience_us)
{
	const struct watch_reply *reply = &event->reply;
	bool dead_network =
		reply->outcome == OUTCOME_LINK ||
		(reply->outcome == OUTCOME_UNREACHABLE && watch_is_link_error(event->error));

	tally_add(&minute->tally, reply->outcome);
	minute->heard += reply->outcome == OUTCOME_GOOD && means_listening(reply);
	minute->answered += !dead_network;
	outlook->now = outlook_after(reply, outlook->now);
	outlook->of_link = dead_network;
	outlook->expected = reply->time + wait_us(event) + patience_us;
}

enum coverage coverage_of(
	const struct coverage_minute *minute, const struct coverage_outlook *outlook, clock_us end)
{
	bool waiting = outlook->now != COVERAGE_NONE && outlook->now != COVERAGE_LISTENING;

	if (minute->heard)
		return COVERAGE_LISTENING;
	if (minute->tally.requests == 0 && end > outlook->expected)
		return COVERAGE_POLLER_DOWN;
	if (waiting)
		return outlook->now;
	return minute->tally.failed ? COVERAGE_KIT_DOWN : COVERAGE_POLLER_DOWN;
}
