#include "common/pipeline/reply.h"

#include "common/base/array.h"
#include "common/scan/scan.h"

#include <stdlib.h>

void reply_counts_add(struct reply_counts *sum, const struct reply_counts *more)
{
	sum->read += more->read;
	sum->stored += more->stored;
	sum->unchanged += more->unchanged;
	sum->rejected += more->rejected;
	sum->ignored += more->ignored;
}

enum key {
	KEY_TYPE,
	KEY_MARK,
	KEY_REASON,
	KEY_READ,
	KEY_STORED,
	KEY_UNCHANGED,
	KEY_REJECTED,
	KEY_IGNORED,
	KEYS
};

static struct scan_keys *known_keys(void)
{
	static const char *const names[KEYS] = {
		[KEY_TYPE] = "type",
		[KEY_MARK] = "mark",
		[KEY_REASON] = "reason",
		[KEY_READ] = "read",
		[KEY_STORED] = "stored",
		[KEY_UNCHANGED] = "unchanged",
		[KEY_REJECTED] = "rejected",
		[KEY_IGNORED] = "ignored",
	};
	static struct scan_keys keys;

	if (keys.count == 0)
		scan_keys_init(&keys, names, KEYS);
	return &keys;
}

static bool parse_mark(struct span value, const char *nonce, uint64_t *mark)
{
	char text[MARK_SIZE + 1];
	size_t prefix = strlen(nonce);
	char *end;

	if (scan_kind(value) != SCAN_TEXT || scan_text(value, text, sizeof(text)) >= MARK_SIZE)
		return false;
	if (strncmp(text, nonce, prefix) != 0 || text[prefix] != '.' || text[prefix + 1] < '0' ||
		text[prefix + 1] > '9')
		return false;
	*mark = strtoull(text + prefix + 1, &end, 10);
	return *end == '\0';
}

/* Sums of these must not overflow, whatever a command writes. */
#define COUNT_MAX 1e15

static int64_t parse_count(struct span value)
{
	double number;

	if (!scan_number(value, &number) || number < 0 || number > COUNT_MAX)
		return 0;
	return (int64_t)number;
}

static struct reply_counts parse_counts(const struct scan_member *members)
{
	return (struct reply_counts){
		.read = parse_count(members[KEY_READ].value),
		.stored = parse_count(members[KEY_STORED].value),
		.unchanged = parse_count(members[KEY_UNCHANGED].value),
		.rejected = parse_count(members[KEY_REJECTED].value),
		.ignored = parse_count(members[KEY_IGNORED].value),
	};
}

struct sink_reply reply_parse(struct span line, const char *nonce)
{
	struct sink_reply reply = {.kind = REPLY_OTHER};
	struct scan_member members[KEYS];
	struct scan_error error;

	if (!scan_object(line, known_keys(), members, &error))
		return reply;
	if (scan_text_is(members[KEY_TYPE].value, "busy")) {
		reply.kind = REPLY_BUSY;
		scan_text(members[KEY_REASON].value, reply.reason, sizeof(reply.reason));
		return reply;
	}
	if (!parse_mark(members[KEY_MARK].value, nonce, &reply.mark))
		return reply;
	if (scan_text_is(members[KEY_TYPE].value, "ack")) {
		reply.kind = REPLY_ACK;
		reply.counts = parse_counts(members);
	} else if (scan_text_is(members[KEY_TYPE].value, "mark")) {
		reply.kind = REPLY_MARK;
	}
	return reply;
}

bool reply_is_reserved(struct span line)
{
	static const char *const names[] = {"type"};
	static struct scan_keys keys;
	struct scan_member type;
	struct scan_error error;
	char text[8];

	if (keys.count == 0)
		scan_keys_init(&keys, names, ARRAY_SIZE(names));
	struct scan_pick pick = {&keys, &type, NULL, 0};
	if (!scan_pick(line, SCAN_REPAIR, &pick, &error))
		return false;
	scan_text(type.value, text, sizeof(text));
	return strcmp(text, "mark") == 0 || strcmp(text, "ack") == 0;
}
