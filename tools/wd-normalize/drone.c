/* The table `drones`: Remote ID drones, and the aircraft that ADS-B hears. */
#include "common/array.h"
#include "common/record.h"
#include "tools/wd-normalize/table.h"
#include "tools/wd-normalize/value.h"

enum {
	RID = 1,
};

/* Exact by definition: the international knot is 1852 m/h, the foot 0.3048 m (ISO 80000-3). Whole
 * numbers, so that a whole number of feet is rounded once. */
#define KNOTS         .times = 1852, .per = 3600, .why = "kt to m/s"
#define FEET          .times = 3048, .per = 10000, .why = "ft to m"
#define FEET_A_MINUTE .times = 3048, .per = 600000, .why = "ft/min to m/s"

/* The Remote ID standard's (ASTM F3411-22a, Location/Vector message) codes for "invalid, no value,
 * or unknown", as they look when decoded to degrees, m/s and m. */
static const struct rule direction_rules[] = {
	{WHEN_IS, 361, .then = THEN_DROP, .track = TRACK_DRONE, .why = "361 is unknown"},
	{0},
};
static const struct rule speed_rules[] = {
	{WHEN_IS, 255, .then = THEN_DROP, .track = TRACK_DRONE, .why = "255 is unknown"},
	{0},
};
static const struct rule vspeed_rules[] = {
	{WHEN_IS, 63, .then = THEN_DROP, .track = TRACK_DRONE, .why = "63 is unknown"},
	{0},
};
static const struct rule height_rules[] = {
	{WHEN_IS, -1000, .then = THEN_DROP, .track = TRACK_DRONE, .why = "-1000 is unknown"},
	{0},
};
/* A few metres below 0, read as a number of 16 bits without a sign. */
static const struct rule alt_rules[] = {
	{WHEN_IS, -1000, .then = THEN_DROP, .track = TRACK_DRONE, .why = "-1000 is unknown"},
	{WHEN_WITHIN, 65531, 65535, THEN_ADD, -65536, TRACK_DRONE, "16 bits wrapped"},
	{0},
};
static const struct rule rssi_rules[] = {
	{WHEN_IS, 0, .then = THEN_DROP, .track = TRACK_DRONE, .why = "0 is unknown"},
	{0},
};
static const struct rule freq_rules[] = {
	{WHEN_ABOVE, 1e5, .then = THEN_DIVIDE, .by = 1e6, .why = "Hz to MHz"},
	{0},
};

#define TEXT(column, ...)                                                                          \
	{                                                                                          \
		column, KIND_TEXT, .limit = TEXT_MAX, .from = { __VA_ARGS__ }                      \
	}
#define FLAG(column, ...)                                                                          \
	{                                                                                          \
		column, KIND_BOOLEAN, .from = { __VA_ARGS__ }                                      \
	}

static const struct map_column columns[] = {
	{"time", KIND_TIME,
		.from = {{"observed_at"}, {"last_update_time"}, {"timestamp", .read = value_date}}},
	{"kit_id", KIND_KIT_ID},
	{"drone_id", KIND_TEXT, .limit = RECORD_ID_MAX, .required = true,
		.from = {{"drone_id"}, {"id"}, {"icao"}, {"hex"}, {"mac"}}},
	{"lat", KIND_LATITUDE, .from = {{"lat"}}},
	{"lon", KIND_LONGITUDE, .from = {{"lon"}}},
	{"alt", KIND_NUMBER, .rules = alt_rules,
		.from = {{"alt", .track = TRACK_AIRCRAFT, FEET}, {"alt", .track = TRACK_DRONE},
			{"altitude"}}},
	{"speed", KIND_NUMBER, .rules = speed_rules,
		.from = {{"ground_speed", .track = TRACK_AIRCRAFT, KNOTS}, {"speed"}}},
	{"heading", KIND_NUMBER, .rules = direction_rules,
		.from = {{"heading"}, {"direction"}, {"track"}}},
	{"pilot_lat", KIND_LATITUDE, .from = {{"pilot_lat"}}},
	{"pilot_lon", KIND_LONGITUDE, .from = {{"pilot_lon"}}},
	{"home_lat", KIND_LATITUDE, .from = {{"home_lat"}}},
	{"home_lon", KIND_LONGITUDE, .from = {{"home_lon"}}},
	TEXT("mac", {"mac"}),
	{"rssi", KIND_INTEGER, .from = {{"rssi"}}, .rules = rssi_rules},
	{"freq", KIND_NUMBER, .from = {{"freq"}, {"freq_mhz"}}, .rules = freq_rules},
	TEXT("ua_type", {"ua_type"}),
	TEXT("operator_id", {"operator_id"}),
	TEXT("caa_id", {"caa_id"}),
	TEXT("rid_make", {"make", .in = RID}, {"rid_make"}, {"make"}),
	TEXT("rid_model", {"model", .in = RID}, {"rid_model"}, {"model"}),
	TEXT("rid_source", {"source", .in = RID}, {"rid_source"}, {"source"}),
	{"track_type", KIND_TRACK,
		.from = {{"track_type", .read = value_aircraft}, {"icao", .read = value_present},
			{"hex", .read = value_present}}},
	{"vspeed", KIND_NUMBER, .rules = vspeed_rules,
		.from = {{"vertical_rate", .track = TRACK_AIRCRAFT, FEET_A_MINUTE}, {"vspeed"}}},
	{"height", KIND_NUMBER, .from = {{"height"}}, .rules = height_rules},
	{"direction", KIND_NUMBER, .from = {{"direction"}}, .rules = direction_rules},
	TEXT("op_status", {"op_status"}),
	{"runtime", KIND_INTEGER, .from = {{"runtime"}}},
	TEXT("id_type", {"id_type"}),
	TEXT("transport", {"transport"}),
	{"description", KIND_TEXT, .limit = DESCRIPTION_MAX, .from = {{"description"}}},
	{"freq_mhz", KIND_NUMBER, .from = {{"freq"}, {"freq_mhz"}}, .rules = freq_rules},
	TEXT("rid_status", {"status", .in = RID}, {"rid_status"}),
	TEXT("rid_tracking", {"tracking", .in = RID}, {"rid_tracking"}),
	FLAG("rid_lookup_attempted", {"lookup_attempted", .in = RID}, {"rid_lookup_attempted"}),
	FLAG("rid_lookup_success", {"lookup_success", .in = RID}, {"rid_lookup_success"}),
	TEXT("ua_type_name", {"ua_type_name"}),
	TEXT("operator_id_type", {"operator_id_type"}),
	TEXT("height_type", {"height_type"}),
	TEXT("ew_dir", {"ew_dir"}),
	{"pressure_altitude", KIND_NUMBER, .from = {{"pressure_altitude"}}, .rules = height_rules},
	{"gps_accuracy", KIND_NUMBER,
		.from = {{"gps_accuracy"},
			{"horizontal_accuracy", .read = value_accuracy, .why = "number in text"}}},
	{"observed_at", KIND_NUMBER, .from = {{"observed_at"}}},
	TEXT("callsign", {"flight", .track = TRACK_AIRCRAFT}),
	TEXT("squawk", {"squawk"}),
	TEXT("registration", {"reg"}, {"registration"}),
	TEXT("category", {"category"}),
	FLAG("on_ground",
		{"alt", .track = TRACK_AIRCRAFT, .read = value_ground, .why = "alt says ground"},
		{"on_ground"}),
};

const struct map_table drone_table = {
	.name = "drone",
	.list = "drones",
	.lacking = "no_id: a drone without any id",
	.groups = {[RID] = "rid"},
	.columns = columns,
	.count = ARRAY_SIZE(columns),
};
