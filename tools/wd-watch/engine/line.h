/* One line of the pipe, as rules look at it. */
#ifndef WD_WATCH_LINE_H
#define WD_WATCH_LINE_H

#include "common/map/geodesy.h"
#include "common/record/record.h"
#include "common/scan/scan.h"
#include "common/time/clock.h"

enum watch_line_type {
	WATCH_LINE_OTHER, /* of no interest here, or malformed */
	WATCH_LINE_DRONE,
	WATCH_LINE_SIGNAL,
	WATCH_LINE_HEALTH, /* system_health: where a kit is */
	WATCH_LINE_STATUS, /* kit_status: what state a kit is in */
	WATCH_LINE_TIME,   /* reply, coverage: a kit's time has come to `time` */
	WATCH_LINE_TICK,   /* the time of all kits of `poller` has come to `time` */
	WATCH_LINE_MARK,   /* a checkpoint if `save` */
};

/* The members that wd-watch reads whatever the rules are. Those that only rules name follow. */
enum watch_key {
	WATCH_KEY_TYPE,
	WATCH_KEY_TIME,
	WATCH_KEY_KIT_ID,
	WATCH_KEY_DRONE_ID,
	WATCH_KEY_UID,
	WATCH_KEY_TRACK_TYPE,
	WATCH_KEY_LAT,
	WATCH_KEY_LON,
	WATCH_KEY_ALT,
	WATCH_KEY_HEIGHT,
	WATCH_KEY_PILOT_LAT,
	WATCH_KEY_PILOT_LON,
	WATCH_KEY_FREQ_MHZ,
	WATCH_KEY_STATUS,
	WATCH_KEY_POLLER,
	WATCH_KEY_MARK,
	WATCH_KEY_SAVE,
	WATCH_KEY_OPERATOR_ID,
	WATCH_KEY_MAC,
	WATCH_KEY_COUNT,
	WATCH_KEYS_MAX = SCAN_KEYS_MAX,
};

/* All keys in use; the first WATCH_KEY_COUNT are those of enum watch_key. */
struct watch_keys {
	const char
		*names[WATCH_KEYS_MAX]; /* not owned, but for those that watch_keys_add() copied */
	size_t count;
	struct scan_keys *scan; /* which remembers the order of keys in the last line */
};

void watch_keys_init(struct watch_keys *keys);
void watch_keys_release(struct watch_keys *keys);

/* The index of `name`, which is added if it is new; -1: there are WATCH_KEYS_MAX already, or the
 * name is not plain ASCII. */
int watch_keys_add(struct watch_keys *keys, const char *name);

/* To be called once after the last watch_keys_add(). */
void watch_keys_close(struct watch_keys *keys);

/* Times are after 1970 and before the year 2255, so that a double holds them: in the state file they
 * are JSON numbers. */
#define WATCH_TIME_MAX INT64_C(9000000000000000)

#define WATCH_ID_SIZE (RECORD_ID_MAX + 1)

/* Members are spans into the line. Numbers are NAN where they are absent. */
struct watch_line {
	enum watch_line_type type;
	clock_us time;
	char kit_id[WATCH_ID_SIZE];
	char id[WATCH_ID_SIZE]; /* of the drone, aircraft or signal */
	bool is_aircraft;
	bool save;
	bool has_position, has_pilot;
	struct position position, pilot;
	double alt_m, height_m; /* above sea level; above the place of takeoff */
	struct scan_member members[WATCH_KEYS_MAX];
};

/* Read a line; a line without the members that its type needs is WATCH_LINE_OTHER. */
void watch_line_read(const struct watch_keys *keys, struct span text, struct watch_line *line);

/* The number of a member; NAN where it is absent or not a number. */
double watch_line_number(const struct watch_line *line, size_t key);

#endif
