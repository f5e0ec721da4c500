/* Lines that more than one stage writes. */
#include "common/record/record.h"

#include "common/base/utf8.h"
#include "common/lines/json.h"
#include "common/log/log.h"
#include "common/record/reject.h"

#include <inttypes.h>
#include <stdio.h>

bool record_id_is_placeholder(const char *id)
{
	size_t length = sizeof(RECORD_PLACEHOLDER) - 1;

	return strncmp(id, RECORD_PLACEHOLDER, length) == 0 &&
	       (id[length] == '\0' || id[length] == '-');
}

void record_put_reject(struct buffer *out, const struct record_reject *reject)
{
	json_open(out, "reject");
	json_text(out, "stage", span_of(reject->stage));
	json_text(out, "reason", span_of(reject->reason));
	json_text(out, "kit_id", reject->kit_id);
	if (reject->time)
		json_time(out, "time", reject->time);
	json_text(out, "raw",
		(struct span){reject->raw.data, utf8_truncate(reject->raw, RECORD_RAW_MAX)});
	json_close(out);
}

void record_put_overlong(struct buffer *out, const char *stage, struct span beginning)
{
	char reason[REJECT_REASON_SIZE];

	record_put_reject(out, &(struct record_reject){.stage = stage,
				       .reason = reject_reason(reason, REJECT_TOO_LONG, NULL),
				       .raw = beginning});
}

void record_warn_not_normalized(uint64_t count)
{
	char text[80];

	snprintf(text, sizeof(text), "replies that were not normalized: %" PRIu64 ";", count);
	log_warning(text, {"hint", "wd-normalize"});
}
