/* A kit that is being polled: its schedule, its clock, its name, and what its replies become. */
#include "tools/wd-poll/polled.h"

#include "common/log.h"
#include "tools/wd-poll/body.h"
#include "tools/wd-poll/retry_after.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

/* DragonSync counts the requests of the last minute. */
static const double rate_limit_wait_s = 60;

static void name_it(struct polled *polled, const char *id, bool known)
{
	snprintf(polled->id, sizeof(polled->id), "%s", id);
	polled->known = known;
}

struct polled *polled_new(struct kit *kit, struct due_place place, bool once, int64_t now_us)
{
	struct polled *polled = calloc(1, sizeof(*polled));
	unsigned wanted = kit->id ? DUE_ALL : DUE_BIT(ENDPOINT_STATUS);

	if (!polled)
		return NULL;
	polled->kit = kit;
	name_it(polled, kit_label(kit), kit->id != NULL);
	polled->due.once = once;
	if (once)
		place = (struct due_place){now_us, now_us};
	due_begin(&polled->due, kit, kit->enabled ? wanted : 0, place, now_us);
	polled->turn = (struct queue_item){due_next_us(&polled->due), 0, polled};
	return polled;
}

void polled_free(struct polled *polled)
{
	kit_release(polled->kit);
	free(polled->kit);
	free(polled);
}

bool polled_finished(const struct polled *polled)
{
	return !polled->due.wanted && due_idle(&polled->due);
}

void polled_refuse(struct polled *polled, const char *id)
{
	log_error("this kit tells the id of another and is not polled", {"kit", polled->id},
		{"id", id});
	polled->due.wanted = 0;
}

/* A kit whose name is not configured tells it in /status. A single run does not wait for a name:
 * whoever looks at one kit by hand knows which it is. */
static void learn(struct polled *polled, struct span body, int64_t now_us,
	const struct polled_context *context)
{
	struct due *due = &polled->due;
	char id[IDENTITY_SIZE];
	bool told = body.data && identity_read(body, id);

	if (told && context->taken(context->self, id)) {
		polled_refuse(polled, id);
		return;
	}
	if (told) {
		name_it(polled, id, true);
		kit_put_line(context->out, polled->kit, polled->id);
	}
	if (due->once)
		due_begin(due, polled->kit, DUE_ALL & ~DUE_BIT(ENDPOINT_STATUS),
			(struct due_place){now_us, now_us}, now_us);
	else if (told)
		due_begin(due, polled->kit, DUE_ALL, due->place, now_us);
}

static bool read_date(const char *text, clock_us *date)
{
	time_t seconds = *text ? curl_getdate(text, NULL) : -1;

	return seconds != -1 && clock_from_epoch((double)seconds, date);
}

static struct due_result result_of(
	const struct polled *polled, const struct reply *reply, const char *retry_after)
{
	bool limited = reply->error == REPLY_RATE_LIMITED;
	bool asked_to_wait = limited || (reply->http_status == 503 && *retry_after);
	clock_us kit_now = reply->time;
	struct due_result result = {
		.answered = reply_error_table[reply->error].answered,
		.timed_out = reply->error == REPLY_TIMEOUT,
		.hold_whole_kit = limited,
	};

	if (polled->offset.known)
		kit_now += polled->offset.estimate_us;
	if (asked_to_wait)
		result.hold_s = retry_after_s(retry_after, kit_now, rate_limit_wait_s);
	return result;
}

static void complain(struct polled *polled, const struct reply *reply, int64_t now_us)
{
	const char *endpoint = endpoint_name(reply->endpoint);
	uint64_t suppressed;

	if (!log_condition_changed(&polled->conditions[reply->endpoint], &polled->log_limit,
		    (int)reply->error, now_us, &suppressed))
		return;
	struct log_text count = log_number((int64_t)suppressed);
	struct log_text retry = log_seconds(reply->retry_in_s);
	const char *suppressed_text = suppressed ? count.text : NULL;
	if (reply->error == REPLY_OK)
		log_info("kit answers again", {"kit", polled->id}, {"endpoint", endpoint},
			{"suppressed", suppressed_text});
	else
		log_warning("poll failed", {"kit", polled->id}, {"endpoint", endpoint},
			{"error", reply_error_code(reply->error)}, {"message", reply->message},
			{"retry_in", reply->retry_in_s > 0 ? retry.text : NULL},
			{"suppressed", suppressed_text});
}

static struct reply reply_of(struct polled *polled, const struct fetched *fetched)
{
	struct reply reply = {
		.kit_id = polled->id,
		.endpoint = fetched->endpoint,
		.time = fetched->finished,
		.elapsed_us = fetched->elapsed_us,
		.http_status = fetched->http_status,
		.offset = &polled->offset,
		.error = fetched->error,
		.message = fetched->message,
		.raw = fetched->body,
	};

	reply.dated = read_date(fetched->date, &reply.kit_date);
	if (reply.dated)
		offset_note(&polled->offset, reply.kit_date, fetched->asked, fetched->answered);
	return reply;
}

void polled_take(struct polled *polled, const struct fetched *fetched, int64_t now_us,
	struct polled_context *context)
{
	char reason[BODY_REASON_SIZE];
	struct reply reply = reply_of(polled, fetched);

	if (reply.error == REPLY_OK) {
		reply.error = body_compact(fetched->body, &context->scratch, reason);
		reply.message = reason;
	}
	if (reply.error == REPLY_OK) {
		reply.body = buffer_span(&context->scratch);
		polled->seen_good = true;
	}
	struct due_result result = result_of(polled, &reply, fetched->retry_after);
	struct due_verdict verdict = due_done(&polled->due, reply.endpoint, &result, now_us);
	if (verdict.again) {
		log_debug("trying again", {"kit", polled->id},
			{"endpoint", endpoint_name(reply.endpoint)},
			{"error", reply_error_code(reply.error)});
		return;
	}
	if (reply.endpoint == ENDPOINT_STATUS && !polled->known)
		learn(polled, reply.body, now_us, context);
	reply.attempts = verdict.attempts;
	reply.failures = polled->due.failures;
	reply.retry_in_s = verdict.retry_in_s;
	reply_put(context->out, &reply);
	complain(polled, &reply, now_us);
}
