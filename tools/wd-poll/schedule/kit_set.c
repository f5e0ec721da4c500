/* All kits that are polled, in the order in which they are due. */
#include "tools/wd-poll/schedule/kit_set.h"

#include "common/log/log.h"
#include "tools/wd-poll/schedule/kit_set_private.h"

#include <stdlib.h>
#include <sysexits.h>

static bool has_name(const void *self, const char *name)
{
	const struct kit_set *set = self;

	for (size_t i = 0; i < set->count; i++) {
		const struct kit_poll *poll = set->polls[i];
		if (poll->name_source != KIT_NAME_PENDING && !poll->is_duplicate &&
			strcmp(poll->name, name) == 0)
			return true;
	}
	return false;
}

/* Usually the first kit that has answered shows that our clock is right: thousands of kits need not
 * be looked at each time that one of them is new. */
static struct clock_survey survey_clocks(const struct kit_set *set)
{
	struct clock_survey survey = {0};

	for (size_t i = 0; i < set->count && clock_survey_is_unanimous(&survey); i++) {
		const struct kit_poll *poll = set->polls[i];
		if (poll->offset.known && poll->tried_status && poll->schedule.failures == 0)
			clock_survey_add(
				&survey, poll->offset.estimate_us, poll->reported.has_gps_fix);
	}
	return survey;
}

/* Return whether there is nothing to wait for before our clock is trusted: each kit has been asked
 * once, or has had the time to answer. */
static bool survey_is_complete(const struct kit_set *set, int64_t now_us)
{
	for (size_t i = 0; i < set->count; i++) {
		if (set->polls[i]->kit->enabled && !set->polls[i]->tried_status)
			return now_us - set->start_us >= KIT_SET_SURVEY_US;
	}
	return true;
}

/* A kit that agrees with our clock decides at once. A single kit whose clock differs shows nothing new
 * about ours. */
static enum own_clock decide(
	const struct kit_set *set, const struct clock_survey *survey, int64_t now_us)
{
	enum own_clock verdict = clock_survey_verdict(survey);

	if (set->context.own_clock != OWN_CLOCK_UNDECIDED)
		return verdict == OWN_CLOCK_UNDECIDED ? set->context.own_clock : verdict;
	if (verdict != OWN_CLOCK_TRUSTED && !survey_is_complete(set, now_us))
		return OWN_CLOCK_UNDECIDED;
	return verdict == OWN_CLOCK_SUSPECT ? OWN_CLOCK_SUSPECT : OWN_CLOCK_TRUSTED;
}

static void check_clocks(void *self, int64_t now_us)
{
	struct kit_set *set = self;
	struct clock_survey survey = survey_clocks(set);
	enum own_clock before = set->context.own_clock, verdict = decide(set, &survey, now_us);

	set->context.own_clock = verdict;
	if (verdict != before && (verdict == OWN_CLOCK_SUSPECT || before == OWN_CLOCK_SUSPECT))
		clock_survey_log(&survey, verdict);
}

/* So that kit_set_reschedule() cannot fail. */
static bool reserve(struct kit_set *set)
{
	size_t count = set->queues[false].count + set->queues[true].count + 1;

	return queue_reserve(&set->queues[false], count) &&
	       queue_reserve(&set->queues[true], count);
}

struct kit_poll *kit_set_start_kit(struct kit_set *set, struct kit_config *kit, int64_t now_us)
{
	struct schedule_phase phase = schedule_phase(set->start_us, set->next_index++, kit);
	struct kit_poll *poll = reserve(set) ? kit_poll_new(kit, &phase, set->once, now_us) : NULL;

	if (poll)
		queue_add(&set->queues[poll->is_queued_responsive], &poll->turn);
	return poll;
}

int kit_set_open(struct kit_set *set, struct kit_list *kits, bool once, const char *poller,
	struct buffer *out)
{
	*set = (struct kit_set){.once = once, .start_us = clock_mono_us()};
	set->context = (struct kit_poll_context){.out = out,
		.poller = poller,
		.has_name = has_name,
		.check_clocks = check_clocks,
		.set = set};
	set->polls = calloc(kits->count + 1, sizeof(struct kit_poll *));
	for (size_t i = 0; set->polls && i < kits->count; i++) {
		struct kit_poll *poll = kit_set_start_kit(set, kits->items[i], set->start_us);
		if (!poll)
			break;
		kits->items[i] = NULL;
		set->polls[set->count++] = poll;
		kit_poll_put_kit(poll, poll->kit->enabled, &set->context);
	}
	bool complete = set->count == kits->count;
	kit_list_release(kits);
	return complete ? 0 : fail(EX_OSERR, "out of memory");
}

void kit_set_release(struct kit_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		kit_poll_free(set->polls[i]);
	free(set->polls);
	queue_release(&set->queues[false]);
	queue_release(&set->queues[true]);
	buffer_release(&set->context.scratch);
}

static struct kit_poll *first_due(const struct queue *queue, int64_t now_us)
{
	struct queue_item *first = queue_first(queue);

	return first && first->at_us <= now_us ? first->owner : NULL;
}

struct kit_poll *kit_set_next(const struct kit_set *set, bool with_unresponsive, int64_t now_us)
{
	struct kit_poll *poll = first_due(&set->queues[true], now_us);

	if (!poll && with_unresponsive)
		poll = first_due(&set->queues[false], now_us);
	return poll;
}

void kit_set_reschedule(struct kit_set *set, struct kit_poll *poll)
{
	int64_t next_us = schedule_next_us(&poll->schedule);

	if (poll->is_responsive == poll->is_queued_responsive) {
		queue_move(&set->queues[poll->is_responsive], &poll->turn, next_us);
		return;
	}
	queue_remove(&set->queues[poll->is_queued_responsive], &poll->turn);
	poll->is_queued_responsive = poll->is_responsive;
	poll->turn.at_us = next_us;
	queue_add(&set->queues[poll->is_responsive], &poll->turn);
}

int64_t kit_set_next_us(const struct kit_set *set, bool is_responsive)
{
	struct queue_item *first = queue_first(&set->queues[is_responsive]);

	return first ? first->at_us : SCHEDULE_NEVER;
}

void kit_set_handle(struct kit_set *set, const struct fetched *fetched, int64_t now_us)
{
	struct kit_poll *poll = fetched->owner;

	kit_poll_handle(poll, fetched, now_us, &set->context);
	kit_set_reschedule(set, poll);
}

bool kit_set_finished(const struct kit_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		if (!kit_poll_finished(set->polls[i]))
			return false;
	}
	return true;
}

bool kit_set_all_good(const struct kit_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		if (set->polls[i]->kit->enabled && !set->polls[i]->seen_good)
			return false;
	}
	return true;
}
