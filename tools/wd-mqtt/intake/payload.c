/* One payload as a kit published it: checked, compact, and what we need to know of it. Pure. */
#include "tools/wd-mqtt/intake/payload.h"

#include "common/base/array.h"
#include "common/scan/scan.h"

#include <stdio.h>

/* What every unconfigured kit calls itself. */
static const char placeholder[] = "wardragon-unknown";

enum {
	SEEN_BY,
	ID,
	ICAO,
	HEX,
	UID,
	OBSERVED_AT,
	LAST_UPDATE_TIME,
	UPDATED,
	KEYS,
};

static const char *const keys[] = {
	[SEEN_BY] = "seen_by",
	[ID] = "id",
	[ICAO] = "icao",
	[HEX] = "hex",
	[UID] = "uid",
	[OBSERVED_AT] = "observed_at",
	[LAST_UPDATE_TIME] = "last_update_time",
	[UPDATED] = "updated",
};

/* Of the drone, aircraft or signal, in this order. */
static const int subject_keys[] = {ICAO, HEX, ID, UID};

static bool refuse(enum reject_code code, const char *detail, char reason[REJECT_REASON_SIZE])
{
	reject_reason(reason, code, detail);
	return false;
}

static bool compact(struct span raw, struct buffer *scratch, char reason[REJECT_REASON_SIZE])
{
	struct scan_error error;
	char detail[80];

	if (raw.length > PAYLOAD_MAX)
		return refuse(REJECT_TOO_LONG, "a payload of more than 64 KiB", reason);
	scratch->length = 0;
	char *out = buffer_reserve(scratch, SCAN_COMPACT_MAX(raw.length));
	if (!out)
		return refuse(REJECT_TOO_LONG, "out of memory", reason);
	if (!scan_compact(raw, SCAN_REPAIR, out, &scratch->length, &error)) {
		snprintf(detail, sizeof(detail), "%s at byte %zu", error.reason, error.at);
		return refuse(REJECT_NOT_JSON, detail, reason);
	}
	return *out == '{' ||
	       refuse(REJECT_NOT_AN_OBJECT, "a payload that is not an object", reason);
}

/* Whether a time or a name can be in it. */
static bool has_content(struct span value)
{
	enum scan_kind kind = scan_kind(value);

	return kind == SCAN_NUMBER || (kind == SCAN_TEXT && value.length > 2);
}

static void take_updated(struct payload *payload, struct span value)
{
	const double latest_s = 253402300799.0; /* the end of the year 9999 */
	double seconds;

	payload->has_updated = scan_number(value, &seconds) && seconds > 0 && seconds <= latest_s;
	if (payload->has_updated)
		payload->updated_s = (int64_t)seconds;
}

static void take_members(
	struct payload *payload, enum topic_kind kind, const struct scan_member *members)
{
	struct span kit = members[kind == TOPIC_STATUS ? ID : SEEN_BY].value;

	scan_text(kit, payload->kit, sizeof(payload->kit));
	if (strcmp(payload->kit, placeholder) == 0)
		*payload->kit = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(subject_keys) && !payload->subject.data; i++) {
		struct span value = members[subject_keys[i]].value;
		if (has_content(value))
			payload->subject = value;
	}
	payload->has_time = has_content(members[OBSERVED_AT].value) ||
			    has_content(members[LAST_UPDATE_TIME].value);
	if (kind == TOPIC_STATUS) {
		take_updated(payload, members[UPDATED].value);
		payload->has_time = payload->has_updated;
	}
}

bool payload_parse(struct payload *payload, enum topic_kind kind, struct span raw,
	struct buffer *scratch, char reason[REJECT_REASON_SIZE])
{
	struct scan_member members[KEYS];
	struct scan_keys index;

	*payload = (struct payload){0};
	if (!compact(raw, scratch, reason))
		return false;
	payload->json = buffer_span(scratch);
	scan_keys_init(&index, keys, KEYS);
	scan_members(payload->json, &index, members);
	take_members(payload, kind, members);
	return true;
}
