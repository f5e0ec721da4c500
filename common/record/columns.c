/* The tables and their columns. */
#include "common/record/columns.h"

#include "common/base/array.h"

#include <float.h>
#include <string.h>

#define KEY_TIME                                                                                   \
	{                                                                                          \
		"time", COLUMN_TIME, "UTC", .key = true                                            \
	}
#define KEY_KIT                                                                                    \
	{                                                                                          \
		"kit_id", COLUMN_TEXT, .key = true                                                 \
	}
#define PERCENT .min = 0, .max = 100
#define DEGREES "deg WGS 84"

static const char *const track_types[] = {"drone", "aircraft", NULL};
static const char *const detection_types[] = {"analog", "dji", NULL};
static const char *const states[] = {"unknown", "online", "offline", "error", "stale", NULL};
static const char *const sources[] = {"http", "mqtt", "both", NULL};
static const char *const coverages[] = {
	"listening", "kit_down", "link_down", "rate_limited", "poller_down", NULL};

static const struct column drones[] = {
	KEY_TIME,
	KEY_KIT,
	{"drone_id", COLUMN_TEXT, .key = true},
	{"lat", COLUMN_REAL, DEGREES},
	{"lon", COLUMN_REAL, DEGREES},
	{"alt", COLUMN_REAL, "m WGS 84; aircraft: m barometric"},
	{"speed", COLUMN_REAL, "m/s"},
	{"heading", COLUMN_REAL, "deg true"},
	{"pilot_lat", COLUMN_REAL, DEGREES},
	{"pilot_lon", COLUMN_REAL, DEGREES},
	{"home_lat", COLUMN_REAL, DEGREES},
	{"home_lon", COLUMN_REAL, DEGREES},
	{"mac", COLUMN_TEXT},
	{"rssi", COLUMN_INTEGER, "dBm; aircraft: dBFS"},
	{"freq", COLUMN_REAL, "MHz"},
	{"ua_type", COLUMN_TEXT},
	{"operator_id", COLUMN_TEXT},
	{"caa_id", COLUMN_TEXT},
	{"rid_make", COLUMN_TEXT},
	{"rid_model", COLUMN_TEXT},
	{"rid_source", COLUMN_TEXT},
	{"track_type", COLUMN_TEXT, .among = track_types},
	{"vspeed", COLUMN_REAL, "m/s"},
	{"height", COLUMN_REAL, "m"},
	{"direction", COLUMN_REAL, "deg true"},
	{"op_status", COLUMN_TEXT},
	{"runtime", COLUMN_INTEGER, "s"},
	{"id_type", COLUMN_TEXT},
	{"transport", COLUMN_TEXT},
	{"description", COLUMN_TEXT},
	{"freq_mhz", COLUMN_REAL},
	{"rid_status", COLUMN_TEXT},
	{"rid_tracking", COLUMN_TEXT},
	{"rid_lookup_attempted", COLUMN_BOOLEAN},
	{"rid_lookup_success", COLUMN_BOOLEAN},
	{"ua_type_name", COLUMN_TEXT},
	{"operator_id_type", COLUMN_TEXT},
	{"height_type", COLUMN_TEXT},
	{"ew_dir", COLUMN_TEXT},
	{"pressure_altitude", COLUMN_REAL, "m barometric"},
	{"gps_accuracy", COLUMN_REAL, "m"},
	{"observed_at", COLUMN_REAL, "s since 1970 UTC"},
	{"callsign", COLUMN_TEXT},
	{"squawk", COLUMN_TEXT},
	{"registration", COLUMN_TEXT},
	{"category", COLUMN_TEXT},
	{"on_ground", COLUMN_BOOLEAN},
};

static const struct column signals[] = {
	KEY_TIME,
	KEY_KIT,
	{"freq_mhz", COLUMN_REAL, .key = true},
	{"power_dbm", COLUMN_REAL},
	{"bandwidth_mhz", COLUMN_REAL},
	{"lat", COLUMN_REAL, DEGREES},
	{"lon", COLUMN_REAL, DEGREES},
	{"alt", COLUMN_REAL, "m WGS 84"},
	{"detection_type", COLUMN_TEXT, .among = detection_types},
	{"pal_conf", COLUMN_REAL},
	{"ntsc_conf", COLUMN_REAL},
	{"source", COLUMN_TEXT},
	{"signal_type", COLUMN_TEXT},
	{"uid", COLUMN_TEXT},
	{"power_linear", COLUMN_REAL},
	{"emitter_lat", COLUMN_REAL, DEGREES, .since = 2},
	{"emitter_lon", COLUMN_REAL, DEGREES, .since = 2},
	{"emitter_alt", COLUMN_REAL, "m WGS 84", .since = 2},
};

static const struct column system_health[] = {
	KEY_TIME,
	KEY_KIT,
	{"lat", COLUMN_REAL, DEGREES},
	{"lon", COLUMN_REAL, DEGREES},
	{"alt", COLUMN_REAL, "m WGS 84"},
	{"cpu_percent", COLUMN_REAL, PERCENT},
	{"memory_percent", COLUMN_REAL, PERCENT},
	{"disk_percent", COLUMN_REAL, PERCENT},
	{"uptime_hours", COLUMN_REAL, .min = 0, .max = DBL_MAX},
	{"temp_cpu", COLUMN_REAL, "deg C"},
	{"temp_gpu", COLUMN_REAL, "deg C"},
	{"pluto_temp", COLUMN_REAL, "deg C"},
	{"zynq_temp", COLUMN_REAL, "deg C"},
	{"speed", COLUMN_REAL, "m/s"},
	{"track", COLUMN_REAL, "deg true"},
	{"gps_fix", COLUMN_BOOLEAN},
	{"time_source", COLUMN_TEXT},
	{"gpsd_time_utc", COLUMN_TEXT},
	{"kit_updated_epoch", COLUMN_BIGINT, "s since 1970 UTC"},
	{"clock_offset_s", COLUMN_REAL},
};

/* A kit as kits.yaml describes it. Its row has one more column, which no line has: created_at
 * (wd-store's SQL). */
static const struct column kits[] = {
	KEY_KIT,
	{"name", COLUMN_TEXT},
	{"location", COLUMN_TEXT},
	{"api_url", COLUMN_TEXT},
	{"enabled", COLUMN_BOOLEAN, .absent = ABSENT_TRUE},
	{"source", COLUMN_TEXT, .absent = ABSENT_FIRST, .among = sources},
	{"tags", COLUMN_TAGS},
};

static const struct column kit_status[] = {
	KEY_KIT,
	{"status", COLUMN_TEXT, .absent = ABSENT_REFUSED, .merge = MERGE_CLOCKED, .among = states,
		.initial = "unknown"},
	{"last_seen", COLUMN_TIME, "UTC", .merge = MERGE_LATEST},
	{"status_time", COLUMN_TIME, "UTC", .absent = ABSENT_REFUSED, .merge = MERGE_LATEST,
		.from = "time"},
	{"receivers", COLUMN_TAGS, .merge = MERGE_CLOCKED, .since = 2},
};

static const struct column rejects[] = {
	[REJECT_DIGEST] = {"digest", COLUMN_DIGEST, .key = true},
	[REJECT_TIME] = {"time", COLUMN_TIME, "UTC", .absent = ABSENT_NOW, .merge = MERGE_FIRST},
	[REJECT_KIT] = {"kit_id", COLUMN_TEXT, .digested = true, .merge = MERGE_FIRST},
	[REJECT_STAGE] = {"stage", COLUMN_TEXT, .digested = true, .absent = ABSENT_REFUSED,
		.merge = MERGE_FIRST},
	[REJECT_REASON] = {"reason", COLUMN_TEXT, .merge = MERGE_FIRST},
	[REJECT_RAW] = {"raw", COLUMN_TEXT, .digested = true, .merge = MERGE_FIRST},
};

/* Whether a kit was listened to in the minute that starts at `time`. */
static const struct column coverage[] = {
	KEY_TIME,
	KEY_KIT,
	{"state", COLUMN_TEXT, .among = coverages},
	{"requests", COLUMN_INTEGER},
	{"ok", COLUMN_INTEGER},
	{"failed", COLUMN_INTEGER},
};

/* What wd-watch raised. */
static const struct column events[] = {
	KEY_TIME,
	{"rule", COLUMN_TEXT, .key = true},
	{"zone", COLUMN_TEXT, .key = true},
	{"subject", COLUMN_TEXT, .key = true},
	{"event", COLUMN_TEXT, .key = true},
	{"kit_ids", COLUMN_TAGS},
	{"level", COLUMN_TEXT},
	{"lat", COLUMN_REAL, DEGREES},
	{"lon", COLUMN_REAL, DEGREES},
	{"alt", COLUMN_REAL, "m"},
	{"distance_m", COLUMN_REAL},
	{"pilot_distance_m", COLUMN_REAL},
	{"since", COLUMN_TIME},
	{"why", COLUMN_TEXT},
	{"text", COLUMN_TEXT},
};

static const struct column_group first_position = {"first_pos_time", .oldest = true};
static const struct column_group last_position = {"last_pos_time"};
static const struct column_group pilot = {"pilot_time"};
static const struct column_group home = {"home_time"};
static const struct column_group identity = {"identity_time", .any = true};

#define LOWEST(name, column)                                                                       \
	{                                                                                          \
		name, COLUMN_REAL, .from = column, .merge = MERGE_MINIMUM                          \
	}
#define HIGHEST(name, column)                                                                      \
	{                                                                                          \
		name, COLUMN_REAL, .from = column, .merge = MERGE_MAXIMUM                          \
	}
#define GROUPED(name, kind, column, of)                                                            \
	{                                                                                          \
		name, kind, .from = column, .merge = MERGE_GROUP, .group = &of                     \
	}
#define OLDEST_TIME(name, of)                                                                      \
	{                                                                                          \
		name, COLUMN_TIME, "UTC", .from = "time", .merge = MERGE_MINIMUM, .group = of      \
	}
#define NEWEST_TIME(name, of)                                                                      \
	{                                                                                          \
		name, COLUMN_TIME, "UTC", .from = "time", .merge = MERGE_MAXIMUM, .group = of      \
	}

/* What a kit received of a drone or aircraft in a bucket of time; `from` names columns of `drones`.
 * wd-store keeps it equal to the aggregate of the rows. */
static const struct column sightings[] = {
	{"bucket", COLUMN_TIME, "UTC", .key = true, .from = "time"},
	KEY_KIT,
	{"drone_id", COLUMN_TEXT, .key = true},
	OLDEST_TIME("first", NULL),
	NEWEST_TIME("last", NULL),
	[SIGHTING_POINTS] = {"points", COLUMN_BIGINT, .merge = MERGE_SUM},
	LOWEST("min_alt", "alt"),
	HIGHEST("max_alt", "alt"),
	HIGHEST("max_speed", "speed"),
	HIGHEST("max_height", "height"),
	LOWEST("min_lat", "lat"),
	HIGHEST("max_lat", "lat"),
	LOWEST("min_lon", "lon"),
	HIGHEST("max_lon", "lon"),
	{"rssi", COLUMN_INTEGER, .merge = MERGE_MAXIMUM},
	{"track_type", COLUMN_TEXT, .merge = MERGE_MAXIMUM},
	GROUPED("first_lat", COLUMN_REAL, "lat", first_position),
	GROUPED("first_lon", COLUMN_REAL, "lon", first_position),
	OLDEST_TIME("first_pos_time", &first_position),
	GROUPED("last_lat", COLUMN_REAL, "lat", last_position),
	GROUPED("last_lon", COLUMN_REAL, "lon", last_position),
	NEWEST_TIME("last_pos_time", &last_position),
	GROUPED("pilot_lat", COLUMN_REAL, NULL, pilot),
	GROUPED("pilot_lon", COLUMN_REAL, NULL, pilot),
	NEWEST_TIME("pilot_time", &pilot),
	GROUPED("home_lat", COLUMN_REAL, NULL, home),
	GROUPED("home_lon", COLUMN_REAL, NULL, home),
	NEWEST_TIME("home_time", &home),
	GROUPED("description", COLUMN_TEXT, NULL, identity),
	GROUPED("rid_make", COLUMN_TEXT, NULL, identity),
	GROUPED("rid_model", COLUMN_TEXT, NULL, identity),
	GROUPED("operator_id", COLUMN_TEXT, NULL, identity),
	GROUPED("callsign", COLUMN_TEXT, NULL, identity),
	NEWEST_TIME("identity_time", &identity),
};

static const struct column flights[] = {
	[FLIGHT_STARTED] = {"started", COLUMN_TIME, "UTC", .key = true, .from = "time"},
	[FLIGHT_DRONE] = {"drone_id", COLUMN_TEXT, .key = true},
	[FLIGHT_ENDED] = {"ended", COLUMN_TIME, "UTC"},
	[FLIGHT_DURATION] = {"duration_s", COLUMN_REAL},
	[FLIGHT_KITS] = {"kit_ids", COLUMN_TAGS},
	[FLIGHT_PATH] = {"path_m", COLUMN_REAL},
	[FLIGHT_MERGED] = {"points", COLUMN_BIGINT},
	{"track_type", COLUMN_TEXT, .among = track_types},
	{"max_alt", COLUMN_REAL, "m WGS 84; aircraft: m barometric"},
	{"max_height", COLUMN_REAL, "m"},
	{"max_speed", COLUMN_REAL, "m/s"},
	{"rssi", COLUMN_INTEGER, "dBm; aircraft: dBFS"},
	{"first_lat", COLUMN_REAL, DEGREES},
	{"first_lon", COLUMN_REAL, DEGREES},
	{"last_lat", COLUMN_REAL, DEGREES},
	{"last_lon", COLUMN_REAL, DEGREES},
	{"pilot_lat", COLUMN_REAL, DEGREES},
	{"pilot_lon", COLUMN_REAL, DEGREES},
	{"home_lat", COLUMN_REAL, DEGREES},
	{"home_lon", COLUMN_REAL, DEGREES},
	{"description", COLUMN_TEXT},
	{"rid_make", COLUMN_TEXT},
	{"rid_model", COLUMN_TEXT},
	{"operator_id", COLUMN_TEXT},
	{"callsign", COLUMN_TEXT},
};

#define TABLE(type, name, keep, columns)                                                           \
	{                                                                                          \
		type, name, keep, NULL, columns, ARRAY_SIZE(columns)                               \
	}

const struct table tables[TABLE_COUNT] = {
	[TABLE_OWN_REJECTS] = TABLE(NULL, "rejects", KEEP_HEALTH, rejects),
	[TABLE_DRONE] = TABLE("drone", "drones", KEEP_ROWS, drones),
	[TABLE_SIGNAL] = TABLE("signal", "signals", KEEP_ROWS, signals),
	[TABLE_SYSTEM_HEALTH] = TABLE("system_health", "system_health", KEEP_HEALTH, system_health),
	[TABLE_KIT] = TABLE("kit", "kits", KEEP_ALWAYS, kits),
	[TABLE_KIT_STATUS] = {"kit_status", "kits", KEEP_ALWAYS, "status_time", kit_status,
		ARRAY_SIZE(kit_status)},
	[TABLE_COVERAGE] = TABLE("coverage", "coverage", KEEP_HEALTH, coverage),
	[TABLE_EVENT] = TABLE("event", "events", KEEP_SIGHTINGS, events),
	[TABLE_REJECT] = TABLE("reject", "rejects", KEEP_HEALTH, rejects),
	[TABLE_SIGHTING] = TABLE(NULL, "sightings", KEEP_SIGHTINGS, sightings),
};

const struct table flight_table = TABLE("flight", "flights", KEEP_SIGHTINGS, flights);

_Static_assert(ARRAY_SIZE(drones) <= COLUMNS_MAX, "the widest table");

const struct table *table_find(const char *type)
{
	for (size_t t = 0; t < TABLE_COUNT; t++) {
		if (tables[t].type && strcmp(tables[t].type, type) == 0)
			return &tables[t];
	}
	return NULL;
}

size_t table_column(const struct table *table, const char *name)
{
	size_t c = 0;

	while (c < table->count && strcmp(table->columns[c].name, name) != 0)
		c++;
	return c;
}

const char *column_source(const struct column *column)
{
	return column->from ? column->from : column->name;
}
