#include "tools/wd-serve/coverage.h"

#include "common/base/array.h"
#include "common/base/xalloc.h"
#include "common/lines/json.h"
#include "common/scan/scan.h"

#include <stdlib.h>

enum {
	COVERAGE_TYPE,
	COVERAGE_TIME,
	COVERAGE_KIT,
	COVERAGE_STATE,
	COVERAGE_OK,
	COVERAGE_FIELDS,
};

static const char *const coverage_names[COVERAGE_FIELDS] = {
	[COVERAGE_TYPE] = "type",
	[COVERAGE_TIME] = "time",
	[COVERAGE_KIT] = "kit_id",
	[COVERAGE_STATE] = "state",
	[COVERAGE_OK] = "ok",
};

void coverage_release(struct coverage *coverage)
{
	for (size_t i = 0; i < coverage->count; i++)
		free(coverage->kits[i]);
	free(coverage->kits);
	*coverage = (struct coverage){0};
}

/* Return the kit, which is added if it is new; NULL if there are too many. */
static struct kit_coverage *open_kit(struct coverage *coverage, const char *id)
{
	size_t low = 0, high = coverage->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(coverage->kits[middle]->kit_id, id);
		if (order == 0)
			return coverage->kits[middle];
		*(order < 0 ? &low : &high) = order < 0 ? middle + 1 : middle;
	}
	if (coverage->count == COVERAGE_KITS_MAX)
		return NULL;
	coverage->kits =
		xrealloc(coverage->kits, (coverage->count + 1) * sizeof(struct kit_coverage *));
	memmove(&coverage->kits[low + 1], &coverage->kits[low],
		(coverage->count - low) * sizeof(struct kit_coverage *));
	struct kit_coverage *kit = xcalloc(1, sizeof(*kit));
	memcpy(kit->kit_id, id, strlen(id) + 1);
	coverage->kits[low] = kit;
	coverage->count++;
	return kit;
}

static void note_reply(struct kit_coverage *kit, clock_us time, bool is_ok)
{
	if (time < kit->replied)
		return;
	kit->replied = time;
	kit->is_ok = is_ok;
	kit->changed = true;
}

static size_t slot_of(clock_us minute)
{
	return (size_t)(minute / CLOCK_MINUTE_US) % COVERAGE_MINUTES;
}

/* Minutes between the newest one and this one are unknown. */
static void note_minute(struct kit_coverage *kit, clock_us minute, const char *state)
{
	if (minute <= kit->minute - COVERAGE_MINUTES * CLOCK_MINUTE_US)
		return;
	if (minute - kit->minute >= COVERAGE_MINUTES * CLOCK_MINUTE_US)
		memset(kit->states, 0, sizeof(kit->states));
	else
		for (clock_us m = kit->minute + CLOCK_MINUTE_US; m < minute; m += CLOCK_MINUTE_US)
			kit->states[slot_of(m)][0] = '\0';
	memcpy(kit->states[slot_of(minute)], state, COVERAGE_STATE_SIZE);
	if (minute > kit->minute)
		kit->minute = minute;
	kit->changed = kit->minutes_changed = true;
}

void coverage_add(struct coverage *coverage, struct span line)
{
	static struct scan_keys keys;
	struct scan_member members[COVERAGE_FIELDS];
	struct scan_error error;
	char id[RECORD_ID_MAX + 1];
	char state[COVERAGE_STATE_SIZE] = "";
	clock_us time;

	if (!keys.count)
		scan_keys_init(&keys, coverage_names, COVERAGE_FIELDS);
	if (!scan_object(line, &keys, members, &error) ||
		!scan_text(members[COVERAGE_KIT].value, id, sizeof(id)))
		return;
	if (!scan_time(members[COVERAGE_TIME].value, &time) || time <= 0)
		return;
	struct kit_coverage *kit = open_kit(coverage, id);
	if (kit && scan_text_is(members[COVERAGE_TYPE].value, "reply"))
		note_reply(kit, time, scan_kind(members[COVERAGE_OK].value) == SCAN_TRUE);
	else if (kit && scan_text_is(members[COVERAGE_TYPE].value, "coverage") &&
		 scan_text(members[COVERAGE_STATE].value, state, sizeof(state)))
		note_minute(kit, time - time % CLOCK_MINUTE_US, state);
}

/* Runs of minutes with one state, as [state, number], oldest first. */
static void put_minutes(struct buffer *out, const struct kit_coverage *kit)
{
	clock_us minute = kit->minute - (COVERAGE_MINUTES - 1) * CLOCK_MINUTE_US;
	const char *separator = "";

	buffer_add_text(out, ",\"minutes\":[");
	while (minute <= kit->minute) {
		const char *state = kit->states[slot_of(minute)];
		int count = 0;
		do {
			count++;
			minute += CLOCK_MINUTE_US;
		} while (minute <= kit->minute && strcmp(kit->states[slot_of(minute)], state) == 0);
		buffer_printf(out, "%s[", separator);
		json_put_text(out, span_of(state));
		buffer_printf(out, ",%d]", count);
		separator = ",";
	}
	buffer_add_char(out, ']');
}

static void put_kit(struct buffer *out, const struct kit_coverage *kit, bool with_minutes)
{
	buffer_add_text(out, "{\"kit\":");
	json_put_text(out, span_of(kit->kit_id));
	buffer_printf(out, ",\"replied\":%lld,\"ok\":%s", (long long)kit->replied / 1000,
		kit->is_ok ? "true" : "false");
	if (with_minutes && kit->minute)
		put_minutes(out, kit);
	buffer_add_char(out, '}');
}

void coverage_put(struct coverage *coverage, bool all, struct buffer *out)
{
	const char *separator = "";

	for (size_t i = 0; i < coverage->count; i++) {
		struct kit_coverage *kit = coverage->kits[i];
		if (!all && !kit->changed)
			continue;
		buffer_add_text(out, separator);
		put_kit(out, kit, all || kit->minutes_changed);
		separator = ",";
		if (!all)
			kit->changed = kit->minutes_changed = false;
	}
}
