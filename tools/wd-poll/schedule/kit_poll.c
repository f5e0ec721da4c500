/* A kit that is polled: its schedule, its name, its clock, and the lines made from its replies. */
#include "tools/wd-poll/schedule/kit_poll.h"

#include "common/log/log.h"
#include "common/record/reply_line.h"
#include "tools/wd-poll/http/body.h"
#include "tools/wd-poll/http/retry_after.h"
#include "tools/wd-poll/schedule/receivers.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

/* DragonSync counts the requests of the last minute. */
static const double rate_limit_wait_s = 60;

static void set_name(struct kit_poll *poll, const char *name, enum kit_name_source source)
{
	snprintf(poll->name, sizeof(poll->name), "%s", name);
	poll->name_source = source;
}

struct kit_poll *kit_poll_new(
	struct kit_config *kit, const struct schedule_phase *phase, bool once, int64_t now_us)
{
	struct kit_poll *poll = calloc(1, sizeof(*poll));
	struct schedule_phase at_once;

	if (!poll)
		return NULL;
	poll->kit = kit;
	set_name(poll, kit_label(kit), kit->id ? KIT_NAME_CONFIGURED : KIT_NAME_PENDING);
	poll->schedule.once = once;
	for (unsigned i = 0; i < ENDPOINT_INTERVAL_COUNT; i++)
		at_once.at_us[i] = now_us;
	schedule_start(&poll->schedule, kit, kit->enabled ? ENDPOINT_BIT(ENDPOINT_STATUS) : 0,
		once ? &at_once : phase, now_us);
	poll->turn = (struct queue_item){schedule_next_us(&poll->schedule), 0, poll};
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
	/* A duplicate may wait for a retry, which is never sent. */
	return poll->is_duplicate || (!poll->schedule.wanted && schedule_idle(&poll->schedule));
}

void kit_poll_put_kit(const struct kit_poll *poll, bool enabled, struct kit_poll_context *context)
{
	if (poll->name_source == KIT_NAME_PENDING)
		return;
	kit_format(context->out, poll->kit, poll->name, enabled);
	context->kits_changed = true;
}

void kit_poll_disable(struct kit_poll *poll, const char *id, struct kit_poll_context *context)
{
	log_error("duplicate kit id: not polled", {"kit", poll->name}, {"id", id},
		{"url", poll->kit->api_url}, {"hint", "remove one of the two from kits.yaml"});
	poll->schedule.wanted = 0;
	poll->polls_all = true;
	poll->is_duplicate = true;
	/* The `kit` line of a name that is `id` is the other kit's. */
	if (strcmp(poll->name, id) != 0)
		kit_poll_put_kit(poll, false, context);
	/* A name that it had before a restart is no longer polled. */
	context->kits_changed = true;
}

void kit_poll_use_reported_id(struct kit_poll *poll, struct kit_poll_context *context)
{
	bool is_own_name = strcmp(poll->name, poll->reported.id) == 0;

	if (!is_own_name && context->has_name(context->set, poll->reported.id)) {
		kit_poll_disable(poll, poll->reported.id, context);
		return;
	}
	if (poll->name_source != KIT_NAME_PENDING)
		log_info("kit id known: its data continue under it", {"kit", poll->reported.id},
			{"previous", poll->name}, {"url", poll->kit->api_url});
	kit_poll_put_kit(poll, false, context);
	set_name(poll, poll->reported.id, KIT_NAME_REPORTED);
	memcpy(poll->first_id, poll->reported.id, sizeof(poll->first_id));
	poll->reports_another_id = false;
	kit_poll_put_kit(poll, poll->kit->enabled, context);
}

static void use_address(
	struct kit_poll *poll, enum reply_error error, struct kit_poll_context *context)
{
	log_warning("kit id unknown: its data are stored under its address", {"kit", poll->name},
		{"reason", error == REPLY_OK ? "no id in /status" : reply_error_code(error)},
		{"hint", "set its id in kits.yaml"});
	set_name(poll, poll->kit->address, KIT_NAME_ADDRESS);
	kit_poll_put_kit(poll, poll->kit->enabled, context);
}

/* The name stays until a reload, so that the data of the kit stay together. */
static void log_changed_id(struct kit_poll *poll, const char *id, int64_t now_us)
{
	uint64_t suppressed;

	if (!*poll->first_id)
		memcpy(poll->first_id, id, strlen(id) + 1);
	if (!*poll->reported.id || strcmp(poll->reported.id, id) == 0)
		return;
	poll->reports_another_id = strcmp(poll->first_id, id) != 0;
	if (!log_limit_allows(&poll->log_limit, now_us, &suppressed))
		return;
	if (!poll->reports_another_id) {
		log_info("kit reports its first id again", {"kit", poll->name}, {"id", id});
		return;
	}
	log_warning("kit reports another id: its data keep the name", {"kit", poll->name},
		{"id", id}, {"previous", poll->reported.id},
		{"hint", poll->name_source == KIT_NAME_CONFIGURED ? NULL
								  : "reload (SIGHUP) to use it"});
}

/* An attempt to poll /status has ended: `body` is what the kit reports, or absent. Return whether
 * the kit's clock counts differently now. */
static bool handle_status(struct kit_poll *poll, struct span body, enum reply_error error,
	int64_t now_us, struct kit_poll_context *context)
{
	struct kit_identity identity = poll->reported;

	if (body.data) {
		kit_identity_parse(body, &identity);
		if (!*identity.id)
			memcpy(identity.id, poll->reported.id, sizeof(identity.id));
		log_changed_id(poll, identity.id, now_us);
	}
	bool changed = !poll->tried_status || identity.has_gps_fix != poll->reported.has_gps_fix;
	poll->reported = identity;
	poll->tried_status = true;
	if (poll->name_source <= KIT_NAME_ADDRESS && *identity.id)
		kit_poll_use_reported_id(poll, context);
	else if (poll->name_source == KIT_NAME_PENDING)
		use_address(poll, error, context);
	return changed;
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
	bool asks_to_wait = limited || (reply->http_status == 503 && *retry_after);
	clock_us kit_now = reply->time;
	struct attempt_result result = {
		.answered = reply_error_table[reply->error].answered,
		.timed_out = reply->error == REPLY_TIMEOUT,
		.hold_whole_kit = limited,
	};

	if (poll->offset.known)
		kit_now += poll->offset.estimate_us;
	if (asks_to_wait)
		result.hold_s = retry_after_parse(retry_after, kit_now, rate_limit_wait_s);
	return result;
}

static void log_reply(struct kit_poll *poll, const struct reply_line *reply, int64_t now_us)
{
	const char *endpoint = endpoint_name(reply->endpoint);
	uint64_t suppressed;

	/* Older kits have no /config; other endpoints show that a kit does not answer. */
	if (endpoint_is_optional(reply->endpoint))
		return;
	if (!log_condition_changed(&poll->conditions[reply->endpoint], &poll->log_limit,
		    (int)reply->error, now_us, &suppressed))
		return;
	struct log_text count = log_number((int64_t)suppressed);
	struct log_text retry = log_seconds(reply->retry_in_s);
	const char *suppressed_text = suppressed ? count.text : NULL;
	if (reply->error == REPLY_OK)
		log_info("kit answers again", {"kit", poll->name}, {"endpoint", endpoint},
			{"suppressed", suppressed_text});
	else
		log_warning("poll failed", {"kit", poll->name}, {"endpoint", endpoint},
			{"error", reply_error_code(reply->error)}, {"message", reply->message},
			{"retry_in", reply->retry_in_s > 0 ? retry.text : NULL},
			{"suppressed", suppressed_text},
			{"hint", reply_error_table[reply->error].hint});
}

/* Return whether it is not known yet if the kit's clock is wrong, or ours: then the kit is asked
 * again, because no observation may be stored under two times. */
static bool waits_for_survey(const struct kit_poll *poll, const struct kit_poll_context *context)
{
	return context->own_clock == OWN_CLOCK_UNDECIDED && clock_offset_matters(&poll->offset);
}

static void poll_all(struct kit_poll *poll, int64_t now_us)
{
	if (!poll->polls_all)
		schedule_add_all(&poll->schedule, now_us);
	poll->polls_all = true;
}

/* The time of a request with retries is counted from its first attempt. */
static int64_t elapsed_us(struct kit_poll *poll, const struct fetched *fetched)
{
	int64_t *first_us = &poll->first_attempt_us[fetched->endpoint];

	if (!*first_us)
		*first_us = fetched->started_us;
	return fetched->started_us - *first_us + fetched->elapsed_us;
}

/* `*new_offset` is whether the estimate of the kit's clock has changed. */
static struct reply_line reply_of(
	struct kit_poll *poll, const struct fetched *fetched, bool *new_offset)
{
	struct reply_line reply = {
		.endpoint = fetched->endpoint,
		.time = fetched->finished,
		.elapsed_us = elapsed_us(poll, fetched),
		.http_status = fetched->http_status,
		.error = fetched->error,
		.message = fetched->message,
		.raw = fetched->body,
	};

	reply.has_date = read_date(fetched->date, &reply.kit_date);
	*new_offset = reply.has_date && clock_offset_update(&poll->offset, reply.kit_date,
						fetched->asked, fetched->answered);
	return reply;
}

static void check_body(struct kit_poll *poll, struct reply_line *reply,
	struct kit_poll_context *context, char reason[BODY_REASON_SIZE])
{
	if (reply->error != REPLY_OK)
		return;
	reply->error = body_compact(reply->raw, &context->scratch, reason);
	reply->message = reason;
	if (reply->error != REPLY_OK)
		return;
	reply->body = buffer_span(&context->scratch);
	poll->seen_good |= !endpoint_is_optional(reply->endpoint);
}

/* /config describes more than the receivers, such as the kit's other servers: nothing else of it
 * leaves this program. */
static void keep_receivers_only(struct reply_line *reply, char receivers[RECEIVERS_SIZE])
{
	if (reply->body.data && receivers_format(reply->body, receivers))
		reply->receivers = span_of(receivers);
	reply->body = reply->raw = (struct span){0};
}

static void put_reply(struct kit_poll *poll, struct reply_line *reply,
	const struct attempt_verdict *verdict, const struct kit_poll_context *context)
{
	poll->first_attempt_us[reply->endpoint] = 0;
	reply->kit_id = poll->name;
	reply->poller = context->poller;
	if (reply->endpoint == ENDPOINT_STATUS && poll->reports_another_id)
		reply->reported_id = poll->reported.id;
	reply->attempts = verdict->attempts;
	reply->failures = poll->schedule.failures;
	reply->retry_in_s = verdict->retry_in_s;
	if (poll->offset.known && context->own_clock == OWN_CLOCK_TRUSTED)
		reply->clock_offset_us = poll->offset.estimate_us;
	reply_line_format(context->out, reply);
}

void kit_poll_handle(struct kit_poll *poll, const struct fetched *fetched, int64_t now_us,
	struct kit_poll_context *context)
{
	char reason[BODY_REASON_SIZE], receivers[RECEIVERS_SIZE];
	bool clock_changed;
	struct reply_line reply = reply_of(poll, fetched, &clock_changed);

	check_body(poll, &reply, context, reason);
	if (reply.endpoint == ENDPOINT_CONFIG)
		keep_receivers_only(&reply, receivers);
	if (reply.endpoint == ENDPOINT_STATUS)
		clock_changed |= handle_status(poll, reply.body, reply.error, now_us, context);
	if (clock_changed || context->own_clock == OWN_CLOCK_UNDECIDED)
		context->check_clocks(context->set, now_us);
	struct attempt_result result = result_of(poll, &reply, fetched->retry_after);
	result.again = result.hold_s == 0 && waits_for_survey(poll, context);
	if (poll->tried_status && !result.again)
		poll_all(poll, now_us);
	struct attempt_verdict verdict =
		schedule_finish(&poll->schedule, reply.endpoint, &result, now_us);
	poll->is_responsive = result.answered;
	if (result.again)
		poll->first_attempt_us[reply.endpoint] = 0;
	if (verdict.retry) {
		log_debug("retry", {"kit", poll->name}, {"endpoint", endpoint_name(reply.endpoint)},
			{"error", reply_error_code(reply.error)});
		return;
	}
	/* Neither the other kit's name nor an address without a `kit` line may get its data. */
	if (poll->is_duplicate)
		return;
	put_reply(poll, &reply, &verdict, context);
	log_reply(poll, &reply, now_us);
}
