/* Lines that more than one stage reads or writes. */
#include "common/record.h"

#include "common/json.h"

/* The beginning of `raw`, not ending inside a UTF-8 character. */
static struct span cut(struct span raw)
{
	if (raw.length <= RECORD_RAW_MAX)
		return raw;
	size_t length = RECORD_RAW_MAX;
	while (length > RECORD_RAW_MAX - 4 && ((unsigned char)raw.data[length] & 0xc0) == 0x80)
		length--;
	return (struct span){raw.data, length};
}

void record_put_reject(struct buffer *out, const struct record_reject *reject)
{
	json_open(out, "reject");
	json_text(out, "stage", span_of(reject->stage));
	json_text(out, "reason", span_of(reject->reason));
	json_text(out, "kit_id", reject->kit_id);
	if (reject->time)
		json_time(out, "time", reject->time);
	json_text(out, "raw", cut(reject->raw));
	json_close(out);
}
