/* The state file. */
#include "tools/wd-health/state/state.h"

#include "common/base/array.h"
#include "common/file/read_file.h"
#include "common/file/write_atomic.h"
#include "common/lines/json.h"
#include "common/log/log.h"
#include "common/scan/scan.h"
#include "tools/wd-health/state/fields.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sysexits.h>

/* Version 1 had one timeline for all kits. */
#define FORMAT_VERSION 2

enum state_key {
	KEY_TYPE,
	KEY_VERSION,
	KEY_NOW,
	KEY_OPEN,
	KEY_TOLD,
	KEY_LINK_IS_DOWN,
	KEY_LINK,
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
	[KEY_LINK] = "link",
	[KEY_KITS] = "kits",
};

static struct scan_keys keys;

void state_open(void)
{
	scan_keys_init(&keys, names, KEYS);
	fields_open();
}

/* The minutes in which any kit answered, as [minute,answers,…]. */
static void put_link(struct buffer *out, const struct health_link *link)
{
	const char *join = "";

	buffer_add_text(out, ",\"link\":[");
	for (size_t i = 0; i < LINK_MINUTES; i++) {
		if (!link->minutes[i].answered)
			continue;
		buffer_printf(out, "%s%lld,%llu", join, (long long)link->minutes[i].minute,
			(unsigned long long)link->minutes[i].answered);
		join = ",";
	}
	buffer_add_char(out, ']');
}

void state_format(struct buffer *out, const struct health *health)
{
	json_open(out, "health_state");
	json_integer(out, "version", FORMAT_VERSION);
	json_time(out, "now", health->now);
	json_integer(out, "open_minute", health->minute);
	json_bool(out, "link_is_down", health->link_is_down);
	put_link(out, &health->link);
	json_integer(out, "kits", (int64_t)health->fleet.count);
	json_close(out);
	for (size_t i = 0; i < health->fleet.count; i++)
		fields_format(out, &health->fleet.kits[i]);
}

int state_write(const char *path, const struct health *health, struct buffer *scratch)
{
	state_format(scratch, health);
	return write_atomic(path, scratch);
}

/* Read a version, a number of kits or a minute: those of the year 9999 have ten digits. */
static bool read_whole_number(struct span value, int64_t *number)
{
	double exact;

	if (!scan_number(value, &exact) || !(exact >= 0 && exact < 1e10))
		return false;
	*number = (int64_t)exact;
	return true;
}

static bool read_link(struct span array, struct health_link *link)
{
	struct span rest = scan_items(array), item;
	int64_t minute, answered;

	while (scan_next(&rest, &item)) {
		if (!read_whole_number(item, &minute) || !scan_next(&rest, &item) ||
			!read_whole_number(item, &answered))
			return false;
		link_add(link, minute, (uint64_t)answered);
	}
	return true;
}

/* Read the first line. `*shared` is the timeline of all kits in a file of version 1. */
static bool parse_head(
	struct span line, struct health *health, struct timeline *shared, int64_t *kits)
{
	struct scan_member members[KEYS];
	struct scan_error error;
	char now[CLOCK_TEXT_SIZE];
	int64_t version;

	if (!scan_object(line, &keys, members, &error) ||
		!scan_text_is(members[KEY_TYPE].value, "health_state") ||
		!read_whole_number(members[KEY_VERSION].value, &version) || version < 1 ||
		version > FORMAT_VERSION ||
		!read_whole_number(members[KEY_OPEN].value, &health->minute) ||
		!read_link(members[KEY_LINK].value, &health->link) ||
		!read_whole_number(members[KEY_KITS].value, kits))
		return false;
	scan_text(members[KEY_NOW].value, now, sizeof(now));
	health->link_is_down = scan_kind(members[KEY_LINK_IS_DOWN].value) == SCAN_TRUE;
	if (!clock_parse(span_of(now), &health->now))
		return false;
	*shared = (struct timeline){.now = health->now,
		.open = health->minute,
		.status = timeline_status_slot(health->now)};
	return version > 1 || read_whole_number(members[KEY_TOLD].value, &shared->told);
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

static bool parse_kit(struct span line, const struct timeline *shared, struct health *health)
{
	struct health_kit kit;

	if (!fields_parse(line, shared, &kit))
		return false;
	clock_us latest = latest_reply(&kit.watch);
	if (latest && latest < health->now - STATE_FORGET_US)
		return true;
	struct health_kit *added = fleet_add(&health->fleet, kit.id);
	if (!added)
		return false;
	*added = kit;
	health->link.unreachable += kit.watched && coverage_suspects_link(&kit.outlook);
	return true;
}

bool state_parse(struct span text, struct health *health)
{
	struct timeline shared;
	struct span line;
	int64_t kits;

	if (!next_line(&text, &line) || !parse_head(line, health, &shared, &kits))
		return false;
	for (; kits > 0; kits--) {
		if (!next_line(&text, &line) || !parse_kit(line, &shared, health))
			return false;
	}
	return text.length == 0;
}

static void empty(struct health *health)
{
	struct health fresh = {.threshold_us = health->threshold_us,
		.is_replay = health->is_replay,
		.report_lines = health->report_lines};

	health_release(health);
	*health = fresh;
}

enum found {
	FOUND_NOTHING,
	FOUND_INVALID,
	FOUND_STATE
};

static int read_state(const char *path, struct health *health, clock_us *written, enum found *found)
{
	struct buffer content = {0};
	bool there;
	int status = read_file(path, &content, written, &there);

	*found = there ? FOUND_STATE : FOUND_NOTHING;
	if (!status && there && !state_parse(buffer_span(&content), health)) {
		empty(health);
		*found = FOUND_INVALID;
	}
	health->next_due = 0;
	buffer_release(&content);
	return status;
}

static int rename_invalid(const char *path)
{
	char aside[PATH_MAX];

	snprintf(aside, sizeof(aside), "%s.bad", path);
	if (rename(path, aside))
		return fail(EX_NOINPUT, "not a complete state file, and it cannot be renamed",
			{"file", path}, LOG_ERRNO(errno));
	log_warning("not a complete state file: renamed", {"file", path}, {"as", aside});
	return 0;
}

int state_read(const char *path, struct health *health)
{
	clock_us written;
	enum found found;
	int status = read_state(path, health, &written, &found);

	return !status && found == FOUND_INVALID ? rename_invalid(path) : status;
}

int state_look(const char *path, struct health *health, clock_us *written)
{
	enum found found;
	int status = read_state(path, health, written, &found);

	if (!status && found == FOUND_NOTHING)
		return fail(EX_NOINPUT, "no such state file", {"file", path});
	if (!status && found == FOUND_INVALID)
		return fail(EX_DATAERR, "not a complete state file", {"file", path});
	return status;
}
