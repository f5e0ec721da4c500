/* Why input was rejected. */
#include "common/record/reject.h"

#include "common/base/span.h"
#include "common/base/utf8.h"

#include <stdio.h>

#define MQTT      "wd-mqtt"
#define NORMALIZE "wd-normalize"
#define STORE     "wd-store"

/* clang-format off */
const struct reject_code_info reject_code_table[REJECT_CODE_COUNT] = {
	[REJECT_NOT_JSON] = {"not_json", "not JSON", MQTT ", " NORMALIZE ", " STORE,
		"The line is not JSON; the reason names the fault and its byte.",
		"Look for the program that wrote or cut the line."},
	[REJECT_NO_TYPE] = {"no_type", "not an object with a type", NORMALIZE ", " STORE,
		"The line is JSON, but not an object with a type.",
		"Feed lines of wd-poll or wd-normalize, not bare bodies."},
	[REJECT_TOO_LONG] = {"too_long", "line longer than 16 MiB",
		MQTT ", " NORMALIZE ", wd-health, " STORE ", wd-send",
		"The line, the payload, or a reply without its body, is longer than the limit.",
		"Look at what the kit sends; a usable reply is never that long."},
	[REJECT_NO_TIME] = {"no_time", "a reply without a time", NORMALIZE,
		"The reply has no valid time.",
		"Write replies with a time, as wd-poll does."},
	[REJECT_NO_KIT] = {"no_kit", "a reply without a kit_id", MQTT ", " NORMALIZE,
		"The reply, or the payload, does not name its kit.",
		"Write replies with a kit_id, or give wd-mqtt a default kit."},
	[REJECT_NO_ENDPOINT] = {"no_endpoint", "unknown endpoint", NORMALIZE,
		"The reply is of none of the endpoints that have a table.",
		"Remove such lines, or ignore the rejects."},
	[REJECT_NO_LIST] = {"no_list", "a body without its list", NORMALIZE,
		"The body holds no list of records under the name of its endpoint.",
		"Check that the address in kits.yaml is that of a kit."},
	[REJECT_NOT_AN_OBJECT] = {"not_an_object", "a record that is not an object",
		MQTT ", " NORMALIZE,
		"The payload, or an item of the list, is not an object.",
		"Report it to the author of the kit's software."},
	[REJECT_TOO_MANY] = {"too_many", "more than 2000 records", NORMALIZE,
		"The reply has more records than the limit; the first ones were used.",
		"Look at the kit: a receiver does not see that many drones."},
	[REJECT_NO_ID] = {"no_id", "a drone without any id", NORMALIZE,
		"No key that names the drone has a usable value.",
		"Report it to the author of the kit's software."},
	[REJECT_NO_FREQ] = {"no_freq", "a signal without a frequency", NORMALIZE,
		"No key that holds the frequency has a value above 0.",
		"Report it to the author of the kit's software."},
	[REJECT_NO_FIELDS] = {"no_fields", "a status without any known field", NORMALIZE,
		"The status has no key that a column is made from.",
		"Check that the address in kits.yaml is that of a kit."},
	[REJECT_FILTER_FAILED] = {"filter_failed", "it halted", NORMALIZE,
		"The program of --filter failed on the record; the reason has its message.",
		"Correct the program and feed the rejects again."},
	[REJECT_FILTER_NO_OBJECT] = {"filter_no_object", "the result is not an object", NORMALIZE,
		"The program of --filter made something else than objects.",
		"Correct the program and feed the rejects again."},
	[REJECT_BAD_VALUE] = {"bad_value", "a value that its column cannot hold", STORE,
		"A value cannot be stored; the reason names the column and the fault.",
		"Feed lines of wd-normalize, which only writes what can be stored."},
	[REJECT_REFUSED] = {"refused", "refused by the database", STORE,
		"The database refused this row alone; the reason has its message.",
		"Look for a constraint or a trigger that is not of wd-store's schema."},
};
/* clang-format on */

const char *reject_reason(
	char reason[REJECT_REASON_SIZE], enum reject_code code, const char *detail)
{
	const struct reject_code_info *info = &reject_code_table[code];
	int prefix = snprintf(reason, REJECT_REASON_SIZE, "%s: ", info->code);
	struct span text = span_of(detail ? detail : info->text);
	size_t length = utf8_truncate(text, REJECT_REASON_SIZE - 1 - (size_t)prefix);

	memcpy(reason + prefix, text.data, length);
	reason[(size_t)prefix + length] = '\0';
	return reason;
}
