#define _GNU_SOURCE /* memmem */
#include "common/pipeline/acknowledge.h"

#include "common/base/array.h"
#include "common/scan/scan.h"
#include "common/time/clock.h"

#include <inttypes.h>
#include <limits.h>

/* No control line is longer, so that longer lines need no second look. */
#define CONTROL_LENGTH_MAX 256

_Static_assert(CONTROL_LENGTH_MAX <= PIPE_BUF, "a line is written with one write");

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static bool mark_is_valid(struct span text)
{
	size_t i = 0;

	if (text.length < 16 + 1 + 1 || text.length >= MARK_TEXT_SIZE)
		return false;
	while (i < 16 && is_hex(text.data[i]))
		i++;
	if (i != 16 || text.data[i++] != '.')
		return false;
	while (i < text.length && text.data[i] >= '0' && text.data[i] <= '9')
		i++;
	return i == text.length;
}

static bool may_be_control(struct span line)
{
	static const char *const types[] = {"\"mark\"", "\"ack\"", "\"busy\""};

	if (line.length > CONTROL_LENGTH_MAX)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (memmem(line.data, line.length, types[i], strlen(types[i])))
			return true;
	}
	return false;
}

enum control_line control_parse(struct span line, struct mark *mark)
{
	static const char *const names[] = {"type", "mark", "flush"};
	struct scan_keys keys;
	struct scan_member members[ARRAY_SIZE(names)];
	struct scan_error error;

	if (!may_be_control(line))
		return CONTROL_NONE;
	scan_keys_init(&keys, names, ARRAY_SIZE(names));
	if (!scan_object(line, &keys, members, &error))
		return CONTROL_NONE;
	struct span type = members[0].value;
	if (scan_text_is(type, "ack") || scan_text_is(type, "busy"))
		return CONTROL_REPLY;
	if (!scan_text_is(type, "mark") || scan_kind(members[1].value) != SCAN_TEXT)
		return CONTROL_NONE;
	struct span text = {members[1].value.data + 1, members[1].value.length - 2};
	if (!mark_is_valid(text))
		return CONTROL_NONE;
	memcpy(mark->text, text.data, text.length);
	mark->text[text.length] = '\0';
	mark->flush = scan_kind(members[2].value) == SCAN_TRUE;
	return CONTROL_MARK;
}

void ack_format(struct buffer *out, const struct mark *mark, const struct reply_counts *counts)
{
	buffer_printf(out,
		"{\"type\":\"ack\",\"mark\":\"%s\",\"read\":%" PRId64 ",\"stored\":%" PRId64
		",\"unchanged\":%" PRId64 ",\"rejected\":%" PRId64 ",\"ignored\":%" PRId64 "}\n",
		mark->text, counts->read, counts->stored, counts->unchanged, counts->rejected,
		counts->ignored);
}

void busy_format(struct buffer *out, const char *reason, int64_t since_us)
{
	char time[CLOCK_TEXT_SIZE];

	clock_format(since_us, time);
	buffer_printf(
		out, "{\"type\":\"busy\",\"reason\":\"%s\",\"since\":\"%s\"}\n", reason, time);
}
