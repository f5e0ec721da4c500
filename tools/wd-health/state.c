/* The state file. */
#include "tools/wd-health/state.h"

#include "common/array.h"
#include "common/json.h"
#include "common/log.h"
#include "common/scan/scan.h"
#include "tools/wd-health/fields.h"
#include "tools/wd-health/replace.h"
#include "tools/wd-health/slurp.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sysexits.h>

#define FORMAT_VERSION 1

enum key {
	KEY_TYPE,
	KEY_VERSION,
	KEY_NOW,
	KEY_OPEN,
	KEY_TOLD,
	KEY_LINK_IS_DOWN,
	KEY_KITS,
	KEYS
};

static const char *const names[KEYS] = {
	[KEY_TYPE] = "type",
	[KEY_VERSION] = "version",
	[KEY_NOW] = "now",
	[KEY_OPEN] = "open_minute",
	[KEY_TOLD] = "told_minute",
	[KEY_LINK_IS_DOWN] = "link_is_down",
	[KEY_KITS] = "kits",
};

static struct scan_keys keys;

void state_open(void)
{
	scan_keys_init(&keys, names, KEYS);
	fields_open();
}

void state_format(struct buffer *out, const struct health *health)
{
	const struct timeline *timeline = &health->timeline;

	json_open(out, "health_state");
	json_integer(out, "version", FORMAT_VERSION);
	json_time(out, "now", timeline->now);
	json_integer(out, "open_minute", timeline->open);
	json_integer(out, "told_minute", timeline->told);
	json_bool(out, "link_is_down", health->fleet.link_is_down);
	json_integer(out, "kits", (int64_t)health->fleet.count);
	json_close(out);
	for (size_t i = 0; i < health->fleet.count; i++)
		fields_format(out, &health->fleet.kits[i], timeline_newest(timeline));
}

int state_write(const char *path, const struct health *health, struct buffer *scratch)
{
	state_format(scratch, health);
	return replace_file(path, scratch);
}

/* A version, a number of kits or a minute: those of the year 9999 have ten digits. */
static bool whole_number(struct span value, int64_t *number)
{
	double exact;

	if (!scan_number(value, &exact) || !(exact >= 0 && exact < 1e10))
		return false;
	*number = (int64_t)exact;
	return true;
}

static bool parse_head(struct span line, struct health *health, int64_t *kits)
{
	struct scan_member members[KEYS];
	struct scan_error error;
	char now[CLOCK_TEXT_SIZE];
	int64_t version;

	if (!scan_object(line, &keys, members, &error) ||
		!scan_text_is(members[KEY_TYPE].value, "health_state") ||
		!whole_number(members[KEY_VERSION].value, &version) || version != FORMAT_VERSION ||
		!whole_number(members[KEY_OPEN].value, &health->timeline.open) ||
		!whole_number(members[KEY_TOLD].value, &health->timeline.told) ||
		!whole_number(members[KEY_KITS].value, kits))
		return false;
	scan_text(members[KEY_NOW].value, now, sizeof(now));
	health->fleet.link_is_down = scan_kind(members[KEY_LINK_IS_DOWN].value) == SCAN_TRUE;
	return clock_parse(span_of(now), &health->timeline.now);
}

static bool next_line(struct span *rest, struct span *line)
{
	const char *newline = rest->length ? memchr(rest->data, '\n', rest->length) : NULL;

	if (!newline)
		return false;
	*line = (struct span){rest->data, (size_t)(newline - rest->data)};
	*rest = (struct span){newline + 1, rest->length - line->length - 1};
	return true;
}

static clock_us latest_reply(const struct watch *watch)
{
	clock_us latest = 0;

	for (size_t i = 0; i < WATCH_ENDPOINTS; i++) {
		if (watch->endpoints[i].time > latest)
			latest = watch->endpoints[i].time;
	}
	return latest;
}

static bool parse_kit(struct span line, struct health *health)
{
	struct kit kit;

	if (!fields_parse(line, timeline_newest(&health->timeline), &kit))
		return false;
	clock_us latest = latest_reply(&kit.watch);
	if (latest && latest < health->timeline.now - STATE_FORGET_US)
		return true;
	struct kit *added = fleet_add(&health->fleet, kit.id);
	if (!added)
		return false;
	*added = kit;
	return true;
}

bool state_parse(struct span text, struct health *health)
{
	struct span line;
	int64_t kits;

	if (!next_line(&text, &line) || !parse_head(line, health, &kits))
		return false;
	for (; kits > 0; kits--) {
		if (!next_line(&text, &line) || !parse_kit(line, health))
			return false;
	}
	return text.length == 0;
}

static void empty(struct health *health)
{
	fleet_release(&health->fleet);
	health->timeline = (struct timeline){0};
	health->fleet.link_is_down = false;
}

enum found {
	NOTHING,
	RUBBISH,
	STATE
};

static int read_file(const char *path, struct health *health, clock_us *written, enum found *found)
{
	struct buffer content = {0};
	bool there;
	int status = slurp(path, &content, written, &there);

	*found = there ? STATE : NOTHING;
	if (!status && there && !state_parse(buffer_span(&content), health)) {
		empty(health);
		*found = RUBBISH;
	}
	health->next_silence = 0;
	buffer_release(&content);
	return status;
}

static int set_aside(const char *path)
{
	char aside[PATH_MAX];

	snprintf(aside, sizeof(aside), "%s.bad", path);
	if (rename(path, aside))
		return fail(EX_NOINPUT, "not a state file, and it cannot be renamed",
			{"file", path}, {"reason", strerror(errno)});
	log_warning("not a whole state file: set aside", {"file", path}, {"as", aside});
	return 0;
}

int state_read(const char *path, struct health *health)
{
	clock_us written;
	enum found found;
	int status = read_file(path, health, &written, &found);

	return !status && found == RUBBISH ? set_aside(path) : status;
}

int state_look(const char *path, struct health *health, clock_us *written)
{
	enum found found;
	int status = read_file(path, health, written, &found);

	if (!status && found == NOTHING)
		return fail(EX_NOINPUT, "no such state file", {"file", path});
	if (!status && found == RUBBISH)
		return fail(EX_DATAERR, "not a whole state file", {"file", path});
	return status;
}
