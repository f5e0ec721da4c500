#include "tools/wd-watch/engine/line.h"

#include "common/base/array.h"
#include "common/base/xalloc.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const key_names[WATCH_KEY_COUNT] = {
	[WATCH_KEY_TYPE] = "type",
	[WATCH_KEY_TIME] = "time",
	[WATCH_KEY_KIT_ID] = "kit_id",
	[WATCH_KEY_DRONE_ID] = "drone_id",
	[WATCH_KEY_UID] = "uid",
	[WATCH_KEY_TRACK_TYPE] = "track_type",
	[WATCH_KEY_LAT] = "lat",
	[WATCH_KEY_LON] = "lon",
	[WATCH_KEY_ALT] = "alt",
	[WATCH_KEY_HEIGHT] = "height",
	[WATCH_KEY_PILOT_LAT] = "pilot_lat",
	[WATCH_KEY_PILOT_LON] = "pilot_lon",
	[WATCH_KEY_FREQ_MHZ] = "freq_mhz",
	[WATCH_KEY_STATUS] = "status",
	[WATCH_KEY_POLLER] = "poller",
	[WATCH_KEY_MARK] = "mark",
	[WATCH_KEY_SAVE] = "save",
	[WATCH_KEY_OPERATOR_ID] = "operator_id",
	[WATCH_KEY_MAC] = "mac",
};

static const struct {
	const char *name;
	enum watch_line_type type;
} types[] = {
	{"drone", WATCH_LINE_DRONE},
	{"signal", WATCH_LINE_SIGNAL},
	{"system_health", WATCH_LINE_HEALTH},
	{"kit_status", WATCH_LINE_STATUS},
	{"reply", WATCH_LINE_TIME},
	{"coverage", WATCH_LINE_TIME},
	{"tick", WATCH_LINE_TICK},
	{"mark", WATCH_LINE_MARK},
};

void watch_keys_init(struct watch_keys *keys)
{
	*keys = (struct watch_keys){.count = WATCH_KEY_COUNT};
	memcpy(keys->names, key_names, sizeof(key_names));
}

void watch_keys_release(struct watch_keys *keys)
{
	for (size_t i = WATCH_KEY_COUNT; i < keys->count; i++)
		free((char *)keys->names[i]);
	free(keys->scan);
	keys->scan = NULL;
	keys->count = 0;
}

static bool is_plain(const char *name)
{
	if (!*name)
		return false;
	for (; *name; name++) {
		if (!isalnum((unsigned char)*name) && *name != '_')
			return false;
	}
	return true;
}

int watch_keys_add(struct watch_keys *keys, const char *name)
{
	for (size_t i = 0; i < keys->count; i++) {
		if (strcmp(keys->names[i], name) == 0)
			return (int)i;
	}
	if (keys->count == WATCH_KEYS_MAX || !is_plain(name))
		return -1;
	keys->names[keys->count] = xstrdup(name);
	return (int)keys->count++;
}

void watch_keys_close(struct watch_keys *keys)
{
	if (!keys->scan)
		keys->scan = xmalloc(sizeof(*keys->scan));
	scan_keys_init(keys->scan, keys->names, keys->count);
}

double watch_line_number(const struct watch_line *line, size_t key)
{
	double number;

	return scan_number(line->members[key].value, &number) ? number : NAN;
}

static bool read_position(
	const struct watch_line *line, size_t lat, size_t lon, struct position *position)
{
	position->lat = watch_line_number(line, lat);
	position->lon = watch_line_number(line, lon);
	return fabs(position->lat) <= 90 && fabs(position->lon) <= 180;
}

static bool read_time(struct watch_line *line)
{
	return scan_time(line->members[WATCH_KEY_TIME].value, &line->time) && line->time > 0 &&
	       line->time < WATCH_TIME_MAX;
}

static bool read_id(struct watch_line *line, enum watch_key key)
{
	return scan_text(line->members[key].value, line->id, sizeof(line->id)) > 0;
}

/* A signal that has no id of its own is known by its frequency. */
static bool read_signal_id(struct watch_line *line)
{
	double freq_mhz = watch_line_number(line, WATCH_KEY_FREQ_MHZ);

	if (read_id(line, WATCH_KEY_UID))
		return true;
	snprintf(line->id, sizeof(line->id), "%.6g MHz", freq_mhz);
	return !isnan(freq_mhz);
}

static bool read_members(struct watch_line *line)
{
	if (line->type == WATCH_LINE_MARK) {
		line->save = scan_kind(line->members[WATCH_KEY_SAVE].value) == SCAN_TRUE;
		return true;
	}
	if (!read_time(line))
		return false;
	if (line->type == WATCH_LINE_TICK)
		return true;
	if (!scan_text(line->members[WATCH_KEY_KIT_ID].value, line->kit_id, WATCH_ID_SIZE))
		return false;
	line->has_position = read_position(line, WATCH_KEY_LAT, WATCH_KEY_LON, &line->position);
	line->has_pilot =
		read_position(line, WATCH_KEY_PILOT_LAT, WATCH_KEY_PILOT_LON, &line->pilot);
	line->alt_m = watch_line_number(line, WATCH_KEY_ALT);
	line->height_m = watch_line_number(line, WATCH_KEY_HEIGHT);
	line->is_aircraft = scan_text_is(line->members[WATCH_KEY_TRACK_TYPE].value, "aircraft");
	if (line->type == WATCH_LINE_DRONE)
		return read_id(line, WATCH_KEY_DRONE_ID);
	return line->type != WATCH_LINE_SIGNAL || read_signal_id(line);
}

static enum watch_line_type type_of(struct span type)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (scan_text_is(type, types[i].name))
			return types[i].type;
	}
	return WATCH_LINE_OTHER;
}

void watch_line_read(const struct watch_keys *keys, struct span text, struct watch_line *line)
{
	struct scan_error error;

	line->type = WATCH_LINE_OTHER;
	if (!scan_object(text, keys->scan, line->members, &error))
		return;
	line->type = type_of(line->members[WATCH_KEY_TYPE].value);
	if (line->type != WATCH_LINE_OTHER && !read_members(line))
		line->type = WATCH_LINE_OTHER;
}
