/* A kit that is being polled: its schedule, its clock, its name, and what its replies become. */
#include "tools/wd-poll/schedule/kit_poll.h"

#include "common/log.h"
#include "tools/wd-poll/http/body.h"
#include "tools/wd-poll/http/retry_after.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

/* DragonSync counts the requests of the last minute. */
static const double rate_limit_wait_s = 60;

static void name_it(struct kit_poll *poll, const char *id, bool known)
{
	snprintf(poll->id, sizeof(poll->id), "%s", id);
	poll->known = known;
}

struct kit_poll *kit_poll_new(
	struct kit_config *kit, struct schedule_phase phase, bool once, int64_t now_us)
{
	struct kit_poll *poll = calloc(1, sizeof(*poll));
	unsigned wanted = kit->id ? ENDPOINT_ALL : ENDPOINT_BIT(ENDPOINT_STATUS);

	if (!poll)
		return NULL;
	poll->kit = kit;
	name_it(poll, kit_label(kit), kit->id != NULL);
	poll->schedule.once = once;
	if (once)
		phase = (struct schedule_phase){now_us, now_us};
	schedule_start(&poll->schedule, kit, kit->enabled ? wanted : 0, phase, now_us);
	poll->iterate = (struct queue_item){schedule_next_us(&poll->schedule), 0, poll};
	return poll;
}

void kit_poll_free(struct kit_poll *poll)
{
	kit_release(poll->kit);
	free(poll->kit);
	free(poll);
}

bool kit_poll_finished(const struct kit_poll *poll)
{
	return !poll->schedule.wanted && schedule_idle(&poll->schedule);
}

void kit_poll_disable(struct kit_poll *poll, const char *id)
{
	log_error("this kit tells the id of another and is not polled", {"kit", poll->id},
		{"id", id});
	poll->schedule.wanted = 0;
}

/* A kit whose name is not configured tells it in /status. A single run does not wait for a name:
 * whoever looks at one kit by hand knows which it is. */
static void learn(struct kit_poll *poll, struct span body, int64_t now_us,
	const struct kit_poll_context *context)
{
	struct schedule *schedule = &poll->schedule;
	char id[KIT_IDENTITY_SIZE];
	bool told = body.data && kit_identity_parse(body, id);

	if (told && context->taken(context->self, id)) {
		kit_poll_disable(poll, id);
		return;
	}
	if (told) {
		name_it(poll, id, true);
		kit_format(context->out, poll->kit, poll->id);
	}
	if (schedule->once)
		schedule_start(schedule, poll->kit, ENDPOINT_ALL & ~ENDPOINT_BIT(ENDPOINT_STATUS),
			(struct schedule_phase){now_us, now_us}, now_us);
	else if (told)
		schedule_start(schedule, poll->kit, ENDPOINT_ALL, schedule->phase, now_us);
}

static bool read_date(const char *text, clock_us *date)
{
	time_t seconds = *text ? curl_getdate(text, NULL) : -1;

	return seconds != -1 && clock_from_epoch((double)seconds, date);
}

static struct attempt_result result_of(
	const struct kit_poll *poll, const struct reply_line *reply, const char *retry_after)
{
	bool limited = reply->error == REPLY_RATE_LIMITED;
	bool asked_to_wait = limited || (reply->http_status == 503 && *retry_after);
	clock_us kit_now = reply->time;
	struct attempt_result result = {
		.answered = reply_error_table[reply->error].answered,
		.timed_out = reply->error == REPLY_TIMEOUT,
		.hold_whole_kit = limited,
	};

	if (poll->offset.known)
		kit_now += poll->offset.estimate_us;
	if (asked_to_wait)
		result.hold_s = retry_after_parse(retry_after, kit_now, rate_limit_wait_s);
	return result;
}

static void log_problem(struct kit_poll *poll, const struct reply_line *reply, int64_t now_us)
{
	const char *endpoint = endpoint_name(reply->endpoint);
	uint64_t suppressed;

	if (!log_condition_changed(&poll->conditions[reply->endpoint], &poll->log_limit,
		    (int)reply->error, now_us, &suppressed))
		return;
	struct log_text count = log_number((int64_t)suppressed);
	struct log_text retry = log_seconds(reply->retry_in_s);
	const char *suppressed_text = suppressed ? count.text : NULL;
	if (reply->error == REPLY_OK)
		log_info("kit answers again", {"kit", poll->id}, {"endpoint", endpoint},
			{"suppressed", suppressed_text});
	else
		log_warning("poll failed", {"kit", poll->id}, {"endpoint", endpoint},
			{"error", reply_error_code(reply->error)}, {"message", reply->message},
			{"retry_in", reply->retry_in_s > 0 ? retry.text : NULL},
			{"suppressed", suppressed_text});
}

static struct reply_line reply_of(struct kit_poll *poll, const struct fetched *fetched)
{
	struct reply_line reply = {
		.kit_id = poll->id,
		.endpoint = fetched->endpoint,
		.time = fetched->finished,
		.elapsed_us = fetched->elapsed_us,
		.http_status = fetched->http_status,
		.error = fetched->error,
		.message = fetched->message,
		.raw = fetched->body,
	};

	reply.dated = read_date(fetched->date, &reply.kit_date);
	if (reply.dated)
		clock_offset_update(
			&poll->offset, reply.kit_date, fetched->asked, fetched->answered);
	if (poll->offset.known)
		reply.clock_offset_us = poll->offset.estimate_us;
	return reply;
}

void kit_poll_handle(struct kit_poll *poll, const struct fetched *fetched, int64_t now_us,
	struct kit_poll_context *context)
{
	char reason[BODY_REASON_SIZE];
	struct reply_line reply = reply_of(poll, fetched);

	if (reply.error == REPLY_OK) {
		reply.error = body_compact(fetched->body, &context->scratch, reason);
		reply.message = reason;
	}
	if (reply.error == REPLY_OK) {
		reply.body = buffer_span(&context->scratch);
		poll->seen_good = true;
	}
	struct attempt_result result = result_of(poll, &reply, fetched->retry_after);
	struct attempt_verdict verdict =
		schedule_finish(&poll->schedule, reply.endpoint, &result, now_us);
	if (verdict.again) {
		log_debug("trying again", {"kit", poll->id},
			{"endpoint", endpoint_name(reply.endpoint)},
			{"error", reply_error_code(reply.error)});
		return;
	}
	if (reply.endpoint == ENDPOINT_STATUS && !poll->known)
		learn(poll, reply.body, now_us, context);
	reply.attempts = verdict.attempts;
	reply.failures = poll->schedule.failures;
	reply.retry_in_s = verdict.retry_in_s;
	reply_line_format(context->out, &reply);
	log_problem(poll, &reply, now_us);
}
