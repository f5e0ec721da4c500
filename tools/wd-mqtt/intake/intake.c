/* What becomes of each message. */
#include "tools/wd-mqtt/intake/intake.h"

#include "common/base/hash.h"
#include "common/log/log.h"
#include "common/record/reply_error.h"
#include "tools/wd-mqtt/intake/intake_lines.h"
#include "tools/wd-mqtt/intake/payload.h"

#include <stdio.h>

static const enum endpoint endpoints[] = {
	[TOPIC_DRONES] = ENDPOINT_DRONES,
	[TOPIC_AIRCRAFT] = ENDPOINT_DRONES,
	[TOPIC_SIGNALS] = ENDPOINT_SIGNALS,
	[TOPIC_STATUS] = ENDPOINT_STATUS,
};

void intake_init(struct intake *intake, int64_t now_us)
{
	intake->kits.seed = intake->seed;
	intake->tick_due_us = now_us;
}

void intake_release(struct intake *intake)
{
	kit_table_release(&intake->kits);
	batch_release(&intake->batch);
	buffer_release(&intake->scratch);
}

/* A message about the use of a kit's payloads, within the limit. */
static void warn(struct intake *intake, const char *message, const char *kit, const char *hint,
	int64_t now_us)
{
	uint64_t suppressed;

	if (!log_limit_allows(&intake->limit, now_us, &suppressed))
		return;
	struct log_text count = log_number((int64_t)suppressed);
	log_warning(message, {"kit", kit}, {"hint", hint},
		{"suppressed", suppressed ? count.text : NULL});
}

/* A kit that is not configured. NULL if it is not to be used. */
static struct mqtt_kit *add_kit(struct intake *intake, const char *name, int64_t now_us)
{
	struct mqtt_kit *kit;

	if (intake->settings.known_only) {
		intake->counts.unused++;
		warn(intake, "payloads of an unknown kit are not used", name,
			"add it to kits.yaml, or omit --known-only", now_us);
		return NULL;
	}
	if (kit_table_find_id(&intake->kits, name)) {
		intake->counts.unused++;
		warn(intake, "a kit uses the id of another kit", name,
			"set mqtt_id in kits.yaml to what each kit calls itself", now_us);
		return NULL;
	}
	kit = kit_table_add(&intake->kits, name, name);
	if (!kit) {
		intake->counts.limited++;
		warn(intake, "no room for another kit", name, "use --known-only", now_us);
		return NULL;
	}
	return kit;
}

static bool is_kit_name(const char *name)
{
	for (const char *at = name; *at; at++) {
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			return false;
	}
	return *name != '\0';
}

/* The kit that has published a payload, or NULL: there is none, or it is not to be used. */
static struct mqtt_kit *find_kit(struct intake *intake, const char *topic, struct span raw,
	const struct payload *payload, struct moment now)
{
	char reason[REJECT_REASON_SIZE];
	struct mqtt_kit *kit =
		*payload->kit ? kit_table_find(&intake->kits, payload->kit) : intake->default_kit;

	if (!kit && !is_kit_name(payload->kit)) {
		reject_reason(reason, REJECT_NO_KIT, "a payload that does not name its kit");
		intake_reject(intake, topic, reason, raw, now);
		return NULL;
	}
	if (!kit || (!kit->is_configured && intake->settings.known_only))
		return add_kit(intake, payload->kit, now.mono_us);
	if (kit->use != USE_NOTHING)
		return kit;
	intake->counts.unused++;
	if (!kit->was_ignored)
		warn(intake, "a kit that is polled by HTTP also publishes", kit->id,
			"set source: both in kits.yaml", now.mono_us);
	kit->was_ignored = true;
	return NULL;
}

static void hear(struct intake *intake, struct mqtt_kit *kit)
{
	kit->heard_in = intake->connection;
	if (!kit->is_announced && !kit->is_configured)
		intake_put_kit(intake, kit);
	kit->is_announced = true;
}

static uint64_t hash_span(uint64_t hash, struct span bytes)
{
	return hash_bytes(hash, bytes.data, bytes.length);
}

/* Observations that are published repeatedly are recognized by all their bytes, which include their
 * time. A payload without a time is recognized by the latest payload of the same aircraft or drone. */
static bool repeats(
	struct intake *intake, const struct mqtt_kit *kit, const struct payload *payload)
{
	uint64_t kit_hash = hash_span(intake->seed, span_of(kit->name));
	uint64_t hash = hash_span(kit_hash, payload->json) | 1;

	if (payload->has_time || !payload->subject.data)
		return repeat_check(&intake->observations, hash, hash);
	return repeat_check(&intake->latest, hash_span(kit_hash, payload->subject) | 1, hash);
}

static struct clock_survey survey_clocks(const struct intake *intake)
{
	struct clock_survey survey = {0};

	for (size_t i = 0; i < intake->kits.count; i++) {
		const struct mqtt_kit *kit = intake->kits.items[i];
		if (kit->clock.count >= CLOCK_SAMPLES && kit->heard_in == intake->connection)
			clock_survey_add(&survey, kit->clock.offset_us, false);
	}
	return survey;
}

/* A kit has published a status. Until others have had the time to publish theirs, it cannot be
 * known whether its clock is wrong, or ours. */
static void check_own_clock(struct intake *intake, const struct mqtt_kit *kit)
{
	struct clock_survey survey = survey_clocks(intake);
	enum own_clock before = intake->own_clock, verdict = clock_survey_verdict(&survey);

	if (verdict == OWN_CLOCK_UNDECIDED)
		verdict = before;
	if (verdict == OWN_CLOCK_UNDECIDED && kit->clock.count >= CLOCK_SAMPLES + 2)
		verdict = OWN_CLOCK_TRUSTED;
	intake->own_clock = verdict;
	if (verdict != before && (verdict == OWN_CLOCK_SUSPECT || before == OWN_CLOCK_SUSPECT))
		clock_survey_log(&survey, verdict);
}

static void take_clock(struct intake *intake, struct mqtt_kit *kit, const struct payload *payload,
	struct moment now)
{
	bool changed;

	if (!payload->has_updated)
		return;
	changed = clock_estimate_add(&kit->clock, payload->updated_s, now.wall);
	intake->clocks_changed |= changed;
	if (changed || intake->own_clock == OWN_CLOCK_UNDECIDED)
		check_own_clock(intake, kit);
}

/* Return whether the payload will be in a line. */
static bool use_payload(struct intake *intake, struct mqtt_kit *kit, enum topic_kind kind,
	const struct payload *payload, struct moment now)
{
	int64_t rate = intake->settings.payload_rate;

	if (kit->use == USE_LIVENESS)
		return false;
	if (repeats(intake, kit, payload)) {
		intake->counts.repeated++;
		return false;
	}
	if (rate > 0 && !rate_take(&kit->rate, rate, now.mono_us)) {
		intake->counts.limited++;
		warn(intake, "a kit publishes too much: payloads are dropped", kit->id,
			"--payload-rate", now.mono_us);
		return false;
	}
	if (kind == TOPIC_STATUS)
		take_clock(intake, kit, payload, now);
	batch_add(&intake->batch, kit, endpoints[kind], payload->json, now.mono_us);
	if (intake->batch.is_full)
		intake_flush(intake, now);
	return true;
}

static bool is_silent(const struct mqtt_kit *kit, struct moment now)
{
	return kit->line_us == 0 || now.mono_us - kit->line_us >= INTAKE_ALIVE_US;
}

static void take_payload(struct intake *intake, enum topic_kind kind, const char *topic,
	struct span raw, struct moment now)
{
	char reason[REJECT_REASON_SIZE];
	struct payload payload;

	if (!payload_parse(&payload, kind, raw, &intake->scratch, reason)) {
		intake_reject(intake, topic, reason, raw, now);
		return;
	}
	struct mqtt_kit *kit = find_kit(intake, topic, raw, &payload, now);
	if (!kit)
		return;
	hear(intake, kit);
	bool is_used = use_payload(intake, kit, kind, &payload, now);
	/* A kit that was reported as lost is back at once; one whose payloads are repeats, or are
	 * not stored, is shown to be alive from time to time. */
	if (kit->is_lost || (!is_used && is_silent(kit, now)))
		intake_put_alive(intake, kit, now);
}

/* The kit of an availability topic: by its slug; of the older topic, which has none, the only one
 * that it can be. A kit whose slug is unknown has published nothing that we could take back. */
static struct mqtt_kit *kit_of_slug(const struct intake *intake, struct span slug)
{
	if (slug.data)
		return kit_table_find_slug(&intake->kits, slug);
	if (intake->default_kit || intake->kits.count != 1)
		return intake->default_kit;
	return intake->kits.items[0];
}

/* The last will, or what the kit publishes there itself. */
static void take_availability(struct intake *intake, struct span slug, struct span payload,
	bool is_retained, struct moment now)
{
	struct mqtt_kit *kit = kit_of_slug(intake, slug);

	if (!kit || kit->use == USE_NOTHING)
		return;
	if (span_equals(payload, "online") && !is_retained) {
		hear(intake, kit);
		if (kit->is_lost || is_silent(kit, now))
			intake_put_alive(intake, kit, now);
	}
	if (!span_equals(payload, "offline"))
		return;
	/* The broker's memory may be older than what the kit has published since. */
	if (is_retained && kit->heard_in == intake->connection)
		return;
	intake_flush(intake, now);
	intake_put_failure(intake, kit, REPLY_CONNECT,
		"the kit's connection to the broker is lost (its last will)", now);
}

void intake_message(struct intake *intake, const char *topic, struct span payload, bool is_retained,
	struct moment now)
{
	struct topic_match match;

	intake->counts.received++;
	if (!topics_match(&intake->topics, topic, &match))
		return;
	if (match.kind == TOPIC_AVAILABILITY)
		take_availability(intake, match.slug, payload, is_retained, now);
	else if (is_retained)
		intake->counts.retained++;
	else
		take_payload(intake, match.kind, topic, payload, now);
}
