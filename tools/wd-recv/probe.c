#include "tools/wd-recv/probe.h"

#include "common/base/array.h"
#include "common/base/xalloc.h"
#include "common/log/log.h"
#include "common/pipeline/cause.h"
#include "common/pipeline/source.h"
#include "common/time/clock.h"

#include <stdio.h>
#include <stdlib.h>

/* Maximum number of messages that are tried, and how long to wait for their delivery. */
#define SUSPECTS_MAX 64
#define GATHER_US    CLOCK_SECOND_US

/* A message has failed alone when it did so this often. */
#define ATTEMPTS 3

/* While nothing passes, more failing messages prove nothing. */
#define UNPROVEN_MAX 8

/* How long the broker may take to confirm what is set aside. */
#define CONFIRM_US (30 * CLOCK_SECOND_US)

struct suspect {
	uint64_t tag;
	char *id;
	struct buffer body;
	int failures;
	int end; /* COMMAND's wait status */
};

struct suspects {
	struct receiver *receiver;
	struct suspect items[SUSPECTS_MAX];
	size_t count;
	bool passed; /* a message did: COMMAND works */
	struct session_outcome *outcome;
};

static void add_suspect(struct suspects *suspects, const struct queue_event *event)
{
	if (suspects->count == SUSPECTS_MAX)
		return;
	struct suspect *suspect = &suspects->items[suspects->count++];
	*suspect = (struct suspect){
		.tag = event->tag, .id = xstrndup(event->id.data, event->id.length)};
	buffer_add_span(&suspect->body, event->body);
}

static bool gather(struct suspects *suspects)
{
	struct receiver *receiver = suspects->receiver;
	int64_t now_us = clock_mono_us(), until_us = now_us + GATHER_US;
	struct queue_event event;

	while (now_us < until_us && suspects->count < SUSPECTS_MAX &&
		!receiver_is_stopping(receiver)) {
		while (queue_link_next(&receiver->link, &event)) {
			if (event.kind == QUEUE_LOST) {
				suspects->outcome->kind = SESSION_LOST;
				return false;
			}
			if (event.kind == QUEUE_DELIVERED)
				add_suspect(suspects, &event);
		}
		now_us = receiver_poll(receiver, NULL, 0, until_us);
	}
	return suspects->count > 0;
}

/* Return whether the search goes on. */
static bool try_one(struct suspects *suspects, struct suspect *suspect)
{
	struct session_outcome *outcome = suspects->outcome;

	session_run_alone(suspects->receiver, buffer_span(&suspect->body), outcome);
	if (outcome->kind == SESSION_DONE) {
		suspects->passed = true;
		suspect->failures = 0;
		queue_link_acknowledge(&suspects->receiver->link, suspect->tag, false);
		suspects->receiver->acknowledged++;
		return true;
	}
	suspect->failures++;
	suspect->end = outcome->end;
	return outcome->kind == SESSION_DATA;
}

static bool fail_to_set_aside(const char *reason)
{
	return fail(false, "cannot set a message aside", {"reason", reason});
}

/* Return `until_us`, or the end of the time for stopping if that is earlier. */
static int64_t confirm_until_us(const struct receiver *receiver, int64_t until_us)
{
	int64_t stopped_us = receiver->stop_us + SOURCE_STOP_US;

	return receiver_is_stopping(receiver) && stopped_us < until_us ? stopped_us : until_us;
}

/* Wait for the broker's confirm. Return whether it came; otherwise the failure is logged. */
static bool await_confirm(struct suspects *suspects)
{
	struct receiver *receiver = suspects->receiver;
	int64_t now_us = clock_mono_us(), until_us = now_us + CONFIRM_US;
	struct queue_event event;

	while (now_us < confirm_until_us(receiver, until_us)) {
		while (queue_link_next(&receiver->link, &event)) {
			if (event.kind == QUEUE_CONFIRMED)
				return true;
			if (event.kind == QUEUE_RETURNED)
				return fail(false, "cannot set a message aside",
					{"reason", event.reason},
					{"hint", "create QUEUE.bad with wd-recv --declare"});
			if (event.kind == QUEUE_REFUSED)
				return fail_to_set_aside("the broker could not store it");
			if (event.kind == QUEUE_LOST)
				return false;
		}
		now_us = receiver_poll(receiver, NULL, 0, confirm_until_us(receiver, until_us));
	}
	return fail_to_set_aside("the broker did not confirm it");
}

static bool set_aside(struct suspects *suspects, const struct suspect *suspect)
{
	struct receiver *receiver = suspects->receiver;
	const char *queue = receiver->queue.names[0];
	size_t size = strlen(queue) + sizeof(".bad");
	char *bad = xmalloc(size);
	struct cause_text how = cause_describe(suspect->end);

	snprintf(bad, size, "%s.bad", queue);
	queue_link_publish(&receiver->link, bad, buffer_span(&suspect->body), suspect->id);
	bool is_safe = await_confirm(suspects);
	if (is_safe) {
		queue_link_acknowledge(&receiver->link, suspect->tag, false);
		receiver->set_aside++;
		log_warning("set a message aside: COMMAND fails on it", {"queue", bad},
			{"id", suspect->id}, {how.key, how.value},
			{"bytes", log_number((int64_t)suspect->body.length).text});
	} else {
		*suspects->outcome = (struct session_outcome){.kind = SESSION_LOST};
	}
	free(bad);
	return is_safe;
}

static bool try_all(struct suspects *suspects)
{
	size_t failing = 0;

	for (size_t i = 0; i < suspects->count; i++) {
		struct suspect *suspect = &suspects->items[i];
		if (!try_one(suspects, suspect))
			return false;
		failing += suspect->failures > 0;
		if (!suspects->passed && failing >= UNPROVEN_MAX)
			break;
	}
	for (size_t i = 0; i < suspects->count; i++) {
		struct suspect *suspect = &suspects->items[i];
		while (suspect->failures > 0 && suspect->failures < ATTEMPTS) {
			if (!try_one(suspects, suspect))
				return false;
		}
	}
	return true;
}

static void find_culprits(struct suspects *suspects)
{
	struct session_outcome *outcome = suspects->outcome;

	if (!try_all(suspects))
		return;
	if (!suspects->passed) {
		log_error("every message fails: assuming that COMMAND is at fault",
			{"messages", log_number((int64_t)suspects->count).text});
		outcome->kind = SESSION_OUTSIDE;
		return;
	}
	outcome->kind = SESSION_DONE;
	for (size_t i = 0; i < suspects->count; i++) {
		if (suspects->items[i].failures >= ATTEMPTS &&
			!set_aside(suspects, &suspects->items[i]))
			return;
	}
}

void probe(struct receiver *receiver, struct session_outcome *outcome)
{
	struct suspects *suspects = xcalloc(1, sizeof(*suspects));

	*outcome = (struct session_outcome){.kind = SESSION_DONE};
	suspects->receiver = receiver;
	suspects->outcome = outcome;
	log_warning("COMMAND fails repeatedly: looking for the message",
		{"queue", receiver->queue.names[0]});
	if (gather(suspects))
		find_culprits(suspects);
	for (size_t i = 0; i < suspects->count; i++) {
		free(suspects->items[i].id);
		buffer_release(&suspects->items[i].body);
	}
	free(suspects);
}
