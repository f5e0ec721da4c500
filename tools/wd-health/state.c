/* The state file. */
#include "tools/wd-health/state.h"

#include "common/array.h"
#include "common/json.h"
#include "common/log.h"
#include "common/scan.h"
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
	KEY_RUN,
	KEY_FIRST_REPLY,
	KEY_NOW,
	KEY_OPEN,
	KEY_NEWEST,
	KEY_LINK_IS_DOWN,
	KEY_KITS,
	KEYS
};

static const char *const names[KEYS] = {
	[KEY_TYPE] = "type",
	[KEY_VERSION] = "version",
	[KEY_RUN] = "run",
	[KEY_FIRST_REPLY] = "first_reply",
	[KEY_NOW] = "now",
	[KEY_OPEN] = "open_minute",
	[KEY_NEWEST] = "newest_minute",
	[KEY_LINK_IS_DOWN] = "link_is_down",
	[KEY_KITS] = "kits",
};

static struct scan_keys keys;

void state_open(void)
{
	scan_keys_init(&keys, names, KEYS);
	fields_open();
}

static void format(const struct state *state, const struct health *health, struct buffer *out)
{
	const struct timeline *timeline = &health->timeline;

	json_open(out, "health_state");
	json_integer(out, "version", FORMAT_VERSION);
	/* A run that has seen no reply yet, and found no file, has no number. */
	json_integer(out, "run", state->run ? (int64_t)state->run : 1);
	json_text(out, "first_reply", span_of(state->first_reply));
	json_time(out, "now", timeline->now);
	json_integer(out, "open_minute", timeline->open);
	json_integer(out, "newest_minute", timeline->newest);
	json_bool(out, "link_is_down", health->link_is_down);
	json_integer(out, "kits", (int64_t)health->fleet.count);
	json_close(out);
	for (size_t i = 0; i < health->fleet.count; i++)
		fields_format(out, &health->fleet.kits[i], timeline->newest);
}

int state_write(const struct state *state, const struct health *health, struct buffer *scratch)
{
	format(state, health, scratch);
	return replace_file(state->path, scratch);
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

static bool parse_head(struct span line, struct state *state, struct health *health, int64_t *kits)
{
	struct scan_member members[KEYS];
	struct scan_error error;
	char now[CLOCK_TEXT_SIZE];
	int64_t version, run;

	if (!scan_object(line, &keys, members, &error) ||
		!scan_text_is(members[KEY_TYPE].value, "health_state") ||
		!whole_number(members[KEY_VERSION].value, &version) || version != FORMAT_VERSION ||
		!whole_number(members[KEY_RUN].value, &run) ||
		!whole_number(members[KEY_OPEN].value, &health->timeline.open) ||
		!whole_number(members[KEY_NEWEST].value, &health->timeline.newest) ||
		!whole_number(members[KEY_KITS].value, kits))
		return false;
	scan_text(members[KEY_FIRST_REPLY].value, state->first_reply, sizeof(state->first_reply));
	scan_text(members[KEY_NOW].value, now, sizeof(now));
	health->link_is_down = scan_kind(members[KEY_LINK_IS_DOWN].value) == SCAN_TRUE;
	state->run = (uint64_t)run;
	return run > 0 && clock_parse(span_of(now), &health->timeline.now);
}

static bool next_line(struct span *rest, struct span *line)
{
	const char *newline = rest->length ? memchr(rest->at, '\n', rest->length) : NULL;

	if (!newline)
		return false;
	*line = (struct span){rest->at, (size_t)(newline - rest->at)};
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

	if (!fields_parse(line, health->timeline.newest, &kit))
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

static bool parse(struct span text, struct state *state, struct health *health)
{
	struct span line;
	int64_t kits;

	if (!next_line(&text, &line) || !parse_head(line, state, health, &kits))
		return false;
	for (; kits > 0; kits--) {
		if (!next_line(&text, &line) || !parse_kit(line, health))
			return false;
	}
	return text.length == 0;
}

static void empty(struct state *state, struct health *health)
{
	fleet_release(&health->fleet);
	health->timeline = (struct timeline){0};
	health->link_is_down = false;
	health->turned_away_said = 0;
	health->next_silence = 0;
	state->run = 0;
	state->first_reply[0] = '\0';
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

/* Reads the file. Not there: `*found` is false. No state file: `run` is 0. */
static int read_file(struct state *state, const char *path, struct health *health, bool *found)
{
	struct buffer content = {0};
	int status = slurp(path, &content, &state->written, found);

	empty(state, health);
	if (!status && *found && !parse(buffer_span(&content), state, health))
		empty(state, health);
	buffer_release(&content);
	return status;
}

int state_read(struct state *state, const char *path, struct health *health)
{
	bool found;
	int status = read_file(state, path, health, &found);

	return !status && found && !state->run ? set_aside(path) : status;
}

int state_look(struct state *state, const char *path, struct health *health)
{
	bool found;
	int status = read_file(state, path, health, &found);

	if (!status && !found)
		return fail(EX_NOINPUT, "no such state file", {"file", path});
	if (!status && !state->run)
		return fail(EX_DATAERR, "not a whole state file", {"file", path});
	return status;
}

/* Kits that this run's configuration has named must not get lost with the state that is replaced.
 */
static void carry_over(const struct fleet *from, struct fleet *to)
{
	for (size_t i = 0; i < from->count; i++) {
		struct kit *kit = from->kits[i].configured ? fleet_add(to, from->kits[i].id) : NULL;
		if (!kit)
			continue;
		kit->watched = from->kits[i].watched;
		kit->configured = true;
	}
}

/* Goes back to the state that the last run began with; the first run began with none. */
static int go_back(const struct state *state, struct health *health, const char *path)
{
	struct state older = {0};
	struct health before;
	int status = 0;

	health_init(&before, health->threshold_us);
	if (state->run > 1)
		status = state_read(&older, path, &before);
	if (status || older.run + 1 != state->run) {
		health_release(&before);
		log_warning("these lines were seen before, and the state before them is gone",
			{"first", health->first_reply}, {"file", path});
		return status;
	}
	log_info("these lines were seen before: starting from the state before them",
		{"first", health->first_reply});
	carry_over(&health->fleet, &before.fleet);
	fleet_release(&health->fleet);
	health->fleet = before.fleet;
	health->timeline = before.timeline;
	health->link_is_down = before.link_is_down;
	health->turned_away_said = 0;
	health->next_silence = 0;
	return 0;
}

/* Keeps the state that this run begins with. Where that fails (logged) the lines must flow all the
 * same. */
static void keep(const struct state *state, const struct health *health, const char *path)
{
	struct state kept = *state;
	struct buffer scratch = {0};

	kept.path = path;
	if (!replace_link(state->path, path))
		state_write(&kept, health, &scratch);
	buffer_release(&scratch);
}

int state_begin(struct state *state, struct health *health)
{
	char before[PATH_MAX];
	bool repeated = state->run && strcmp(state->first_reply, health->first_reply) == 0;

	if (snprintf(before, sizeof(before), "%s.before", state->path) >= (int)sizeof(before))
		return fail(EX_CANTCREAT, "cannot write", {"file", state->path},
			{"reason", strerror(ENAMETOOLONG)});
	if (repeated)
		return go_back(state, health, before);
	if (state->run)
		keep(state, health, before);
	state->run++;
	memcpy(state->first_reply, health->first_reply, sizeof(state->first_reply));
	return 0;
}
