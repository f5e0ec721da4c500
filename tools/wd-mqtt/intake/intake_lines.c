/* The lines of wd-mqtt that hold no payload, and when they are due. */
#include "tools/wd-mqtt/intake/intake_lines.h"

#include "common/lines/json.h"
#include "common/log/log.h"
#include "common/record/reply_line.h"

enum {
	REJECTS_PER_SECOND = 10
};

void intake_put_alive(struct intake *intake, struct mqtt_kit *kit, struct moment now)
{
	struct reply_line line = {
		.kit_id = kit->id,
		.via = "mqtt",
		.endpoint = ENDPOINT_STATUS,
		.time = now.wall,
	};

	reply_line_format(intake->out, &line);
	kit->line_us = now.mono_us;
	kit->is_lost = false;
}

void intake_put_failure(struct intake *intake, struct mqtt_kit *kit, enum reply_error error,
	const char *message, struct moment now)
{
	struct reply_line line = {
		.kit_id = kit->id,
		.via = "mqtt",
		.endpoint = ENDPOINT_STATUS,
		.time = now.wall,
		.error = error,
		.message = message,
		.failures = 1,
	};

	reply_line_format(intake->out, &line);
	kit->line_us = now.mono_us;
	kit->is_lost = true;
}

void intake_put_kit(struct intake *intake, const struct mqtt_kit *kit)
{
	json_open(intake->out, "kit");
	json_text(intake->out, "kit_id", span_of(kit->id));
	json_text(intake->out, "source", SPAN("mqtt"));
	json_close(intake->out);
	log_info("a kit that is not configured publishes", {"kit", kit->id});
}

void intake_reject(struct intake *intake, const char *topic, const char *reason, struct span raw,
	struct moment now)
{
	struct record_reject reject = {"wd-mqtt", reason, {0}, now.wall, raw};
	uint64_t suppressed;

	intake->counts.rejected++;
	if (log_limit_allows(&intake->limit, now.mono_us, &suppressed)) {
		struct log_text count = log_number((int64_t)suppressed);
		log_warning("a payload cannot be used", {"topic", topic}, {"reason", reason},
			{"suppressed", suppressed ? count.text : NULL});
	}
	if (rate_take(&intake->reject_rate, REJECTS_PER_SECOND, now.mono_us))
		record_put_reject(intake->out, &reject);
}

void intake_connected(struct intake *intake)
{
	intake->connection++;
	intake->broker_is_lost = false;
}

/* Of the kits that are only seen through the broker. */
static void put_broker_failures(struct intake *intake, const char *message, struct moment now)
{
	for (size_t i = 0; i < intake->kits.count; i++) {
		struct mqtt_kit *kit = intake->kits.items[i];
		if (kit->use == USE_ALL && kit->is_announced)
			intake_put_failure(intake, kit, REPLY_BROKER, message, now);
	}
	intake->broker_due_us = now.mono_us + INTAKE_BROKER_US;
}

void intake_broker_lost(struct intake *intake, const char *reason, struct moment now)
{
	if (intake->broker_is_lost)
		return;
	intake_flush(intake, now);
	intake->broker_is_lost = true;
	put_broker_failures(intake, reason, now);
}

static void put_tick(struct intake *intake, struct moment now)
{
	json_open(intake->out, "tick");
	json_time(intake->out, "time", now.wall);
	json_text(intake->out, "poller", SPAN("mqtt"));
	json_close(intake->out);
	intake->tick_due_us = now.mono_us + INTAKE_TICK_US;
}

void intake_flush(struct intake *intake, struct moment now)
{
	intake->batch.corrects_times = intake->own_clock == OWN_CLOCK_TRUSTED;
	batch_write(&intake->batch, intake->out, now.wall, now.mono_us);
}

void intake_tick(struct intake *intake, struct moment now)
{
	if (now.mono_us >= batch_next_us(&intake->batch))
		intake_flush(intake, now);
	if (now.mono_us >= intake->tick_due_us)
		put_tick(intake, now);
	if (intake->broker_is_lost && now.mono_us >= intake->broker_due_us)
		put_broker_failures(intake, "the connection to the broker is lost", now);
}

int64_t intake_next_us(const struct intake *intake)
{
	int64_t next_us = batch_next_us(&intake->batch);

	if (intake->tick_due_us < next_us)
		next_us = intake->tick_due_us;
	if (intake->broker_is_lost && intake->broker_due_us < next_us)
		next_us = intake->broker_due_us;
	return next_us;
}
