/* The table `drones`: Remote ID drones, and aircraft heard by ADS-B. */
#include "common/base/array.h"
#include "common/record/record.h"
#include "tools/wd-normalize/row.h"
#include "tools/wd-normalize/value.h"

enum {
	RID = 1,
};

/* Columns that rules for the whole record need. */
enum {
	DRONE_ID = 2,
	DRONE_ALT = 5,
	DRONE_SPEED = 6,
	DRONE_HEADING = 7,
	DRONE_DIRECTION = 24,
	DRONE_CALLSIGN = 42,
	DRONE_ON_GROUND = 46,
};

/* Exact by definition: the international knot is 1852 m/h, the foot 0.3048 m (ISO 80000-3). Whole
 * numbers, so that a whole number of feet is rounded once. */
#define KNOTS         .times = 1852, .per = 3600, .why = "kt to m/s"
#define FEET          .times = 3048, .per = 10000, .why = "ft to m"
#define FEET_A_MINUTE .times = 3048, .per = 600000, .why = "ft/min to m/s"
#define OF_AIRCRAFT   .only = VARIANT_AIRCRAFT
#define OF_DRONES     .except = VARIANT_AIRCRAFT

/* The codes of the Remote ID standard (ASTM F3411-22a, Location/Vector message) for "invalid, no
 * value, or unknown", decoded to degrees, m/s and m. */
static const struct map_rule direction_rules[] = {
	{WHEN_IS, 361, .then = THEN_DROP, .except = VARIANT_AIRCRAFT, .why = "361 is unknown"},
	{0},
};
static const struct map_rule speed_rules[] = {
	{WHEN_IS, 255, .then = THEN_DROP, .except = VARIANT_AIRCRAFT, .why = "255 is unknown"},
	{0},
};
static const struct map_rule vspeed_rules[] = {
	{WHEN_IS, 63, .then = THEN_DROP, .except = VARIANT_AIRCRAFT, .why = "63 is unknown"},
	{0},
};
static const struct map_rule height_rules[] = {
	{WHEN_IS, -1000, .then = THEN_DROP, .except = VARIANT_AIRCRAFT, .why = "-1000 is unknown"},
	{0},
};
/* A few metres below 0, read as an unsigned 16-bit number. */
static const struct map_rule alt_rules[] = {
	{WHEN_IS, -1000, .then = THEN_DROP, .except = VARIANT_AIRCRAFT, .why = "-1000 is unknown"},
	{WHEN_WITHIN, 65531, 65535, THEN_ADD, -65536, VARIANT_AIRCRAFT, "16 bits wrapped"},
	{0},
};
static const struct map_rule rssi_rules[] = {
	{WHEN_IS, 0, .then = THEN_DROP, .except = VARIANT_AIRCRAFT, .why = "0 is unknown"},
	{0},
};
static const struct map_rule freq_rules[] = {
	{WHEN_IS, 0, .then = THEN_DROP, .why = "0 is unknown"},
	{WHEN_BELOW, 0, .then = THEN_DROP, .why = "not above 0"},
	{WHEN_ABOVE, 1e5, .then = THEN_DIVIDE, .by = 1e6, .why = "Hz to MHz"},
	{0},
};
/* Over MQTT it is always 0. */
static const struct map_rule accuracy_rules[] = {
	{WHEN_IS, 0, .then = THEN_DROP, .why = "0 is unknown"},
	{0},
};

#define AIRCRAFT_KEYS                                                                              \
	{"track_type", .read = value_aircraft}, {"icao", .read = value_present},                   \
	{                                                                                          \
		"hex", .read = value_present                                                       \
	}
#define TEXT(column, ...)                                                                          \
	{                                                                                          \
		column, KIND_TEXT, .limit = TEXT_MAX, FROM(__VA_ARGS__)                            \
	}
#define ID(column, ...)                                                                            \
	{                                                                                          \
		column, KIND_ID, .limit = TEXT_MAX, FROM(__VA_ARGS__)                              \
	}
#define FLAG(column, ...)                                                                          \
	{                                                                                          \
		column, KIND_BOOLEAN, FROM(__VA_ARGS__)                                            \
	}

static const struct map_column columns[] = {
	{"time", KIND_TIME,
		FROM({"observed_at"}, {"last_update_time"}, {"timestamp", .read = value_date})},
	{"kit_id", KIND_KIT_ID},
	[DRONE_ID] = {"drone_id", KIND_ID, .limit = RECORD_ID_MAX, .required = true,
		FROM({"drone_id"}, {"id"}, {"icao"}, {"hex"}, {"mac"})},
	{"lat", KIND_LATITUDE, FROM({"lat"})},
	{"lon", KIND_LONGITUDE, FROM({"lon"})},
	[DRONE_ALT] = {"alt", KIND_NUMBER, .rules = alt_rules,
		FROM({"alt", OF_AIRCRAFT, FEET}, {"altitude_ft", OF_AIRCRAFT, FEET},
			{"alt", OF_DRONES}, {"altitude"})},
	[DRONE_SPEED] = {"speed", KIND_NUMBER, .rules = speed_rules,
		FROM({"ground_speed", OF_AIRCRAFT, KNOTS}, {"speed_kt", OF_AIRCRAFT, KNOTS},
			{"speed", OF_AIRCRAFT, .except = VARIANT_METRIC, KNOTS},
			{"speed", OF_DRONES}, {"speed", .only = VARIANT_METRIC})},
	[DRONE_HEADING] = {"heading", KIND_NUMBER, .rules = direction_rules,
		FROM({"heading"}, {"direction"}, {"track"})},
	{"pilot_lat", KIND_LATITUDE, FROM({"pilot_lat"})},
	{"pilot_lon", KIND_LONGITUDE, FROM({"pilot_lon"})},
	{"home_lat", KIND_LATITUDE, FROM({"home_lat"})},
	{"home_lon", KIND_LONGITUDE, FROM({"home_lon"})},
	ID("mac", {"mac"}),
	{"rssi", KIND_INTEGER, FROM({"rssi"}), .rules = rssi_rules},
	{"freq", KIND_NUMBER, FROM({"freq"}, {"freq_mhz"}), .rules = freq_rules},
	TEXT("ua_type", {"ua_type"}),
	ID("operator_id", {"operator_id"}),
	ID("caa_id", {"caa_id"}),
	TEXT("rid_make", {"make", .in = RID}, {"rid_make"}, {"make"}),
	TEXT("rid_model", {"model", .in = RID}, {"rid_model"}, {"model"}),
	TEXT("rid_source", {"source", .in = RID}, {"rid_source"}, {"source"}),
	{"track_type", KIND_TRACK, FROM(AIRCRAFT_KEYS)},
	{"vspeed", KIND_NUMBER, .rules = vspeed_rules,
		FROM({"vertical_rate", OF_AIRCRAFT, FEET_A_MINUTE}, {"vspeed"})},
	{"height", KIND_NUMBER, FROM({"height"}), .rules = height_rules},
	[DRONE_DIRECTION] = {"direction", KIND_NUMBER, FROM({"direction"}),
		.rules = direction_rules},
	TEXT("op_status", {"op_status"}),
	{"runtime", KIND_INTEGER, FROM({"runtime"})},
	TEXT("id_type", {"id_type"}),
	TEXT("transport", {"transport"}),
	{"description", KIND_TEXT, .limit = DESCRIPTION_MAX, FROM({"description"})},
	{"freq_mhz", KIND_NUMBER, FROM({"freq"}, {"freq_mhz"}), .rules = freq_rules},
	TEXT("rid_status", {"status", .in = RID}, {"rid_status"}),
	TEXT("rid_tracking", {"tracking", .in = RID}, {"rid_tracking"}),
	FLAG("rid_lookup_attempted", {"lookup_attempted", .in = RID}, {"rid_lookup_attempted"}),
	FLAG("rid_lookup_success", {"lookup_success", .in = RID}, {"rid_lookup_success"}),
	TEXT("ua_type_name", {"ua_type_name"}),
	TEXT("operator_id_type", {"operator_id_type"}),
	TEXT("height_type", {"height_type"}),
	TEXT("ew_dir", {"ew_dir"}),
	{"pressure_altitude", KIND_NUMBER, FROM({"pressure_altitude"}), .rules = height_rules},
	{"gps_accuracy", KIND_NUMBER,
		FROM({"gps_accuracy", .rules = accuracy_rules},
			{"horizontal_accuracy", .read = value_accuracy, .why = "number in text"})},
	{"observed_at", KIND_NUMBER, FROM({"observed_at"})},
	[DRONE_CALLSIGN] = ID("callsign", {"flight", OF_AIRCRAFT}, {"callsign", OF_AIRCRAFT}),
	ID("squawk", {"squawk"}),
	ID("registration", {"reg"}, {"registration"}),
	TEXT("category", {"category"}),
	/* Over MQTT, false also means unknown. */
	[DRONE_ON_GROUND] = FLAG("on_ground",
		{"alt", OF_AIRCRAFT, .read = value_ground, .why = "alt is \"ground\""},
		{"on_ground", .except = VARIANT_MQTT},
		{"on_ground", .only = VARIANT_MQTT, .read = value_true}),
};

static bool is_icao_address(struct span text)
{
	size_t at = text.length > 0 && text.data[0] == '~';

	if (text.length - at != 6)
		return false;
	for (; at < text.length; at++) {
		if (!memchr("0123456789abcdefABCDEF", text.data[at], 22))
			return false;
	}
	return true;
}

/* An aircraft has one id, whichever way it comes: `adsb-` and its 24-bit address in lower case.
 * HTTP sends that; MQTT and readsb send the address in upper case. */
static void make_canonical(struct map_row *row)
{
	static const struct span prefix = {"adsb-", 5};
	struct map_cell *id = &row->cells[DRONE_ID];
	struct text_arena *texts = &row->texts;
	struct span text = cell_text(id);
	char *out = texts->at + texts->used;

	if (!text.data || !is_icao_address(text) ||
		texts->size - texts->used < prefix.length + text.length)
		return;
	memcpy(out, prefix.data, prefix.length);
	for (size_t i = 0; i < text.length; i++) {
		char c = text.data[i];
		out[prefix.length + i] = c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c;
	}
	id->form = FORM_TEXT;
	id->span = (struct span){out, prefix.length + text.length};
	id->rule = "adsb- and the address in lower case";
	texts->used += id->span.length;
}

/* Over HTTP `callsign` is the id of the aircraft. */
static void drop_id_as_callsign(struct map_row *row)
{
	struct map_cell *callsign = &row->cells[DRONE_CALLSIGN];
	struct span id = cell_text(&row->cells[DRONE_ID]), text = cell_text(callsign);

	if (text.data && id.data && text.length == id.length &&
		memcmp(text.data, id.data, id.length) == 0)
		cell_drop(callsign, "the id, not the flight");
}

/* DragonSync fills unknown values of aircraft with 0. */
static void drop_filler_of_aircraft(struct map_row *row)
{
	static const char why[] = "all of alt, speed, heading 0: unknown";
	const struct map_cell *on_ground = &row->cells[DRONE_ON_GROUND];
	bool is_on_ground = on_ground->form == FORM_TOKEN && *on_ground->span.data == 't';

	if (is_on_ground || !cell_is_zero(&row->cells[DRONE_ALT]) ||
		!cell_is_zero(&row->cells[DRONE_SPEED]) ||
		!cell_is_zero(&row->cells[DRONE_HEADING]))
		return;
	cell_drop(&row->cells[DRONE_ALT], why);
	cell_drop(&row->cells[DRONE_SPEED], why);
	cell_drop(&row->cells[DRONE_HEADING], why);
}

/* Over MQTT an unknown direction is 0. */
static void drop_filler_of_mqtt(struct map_row *row)
{
	static const char why[] = "0 with speed 0: unknown";

	if (!cell_is_zero(&row->cells[DRONE_SPEED]))
		return;
	if (cell_is_zero(&row->cells[DRONE_HEADING]))
		cell_drop(&row->cells[DRONE_HEADING], why);
	if (cell_is_zero(&row->cells[DRONE_DIRECTION]))
		cell_drop(&row->cells[DRONE_DIRECTION], why);
}

static void finish(struct map_row *row)
{
	if (row->variant & VARIANT_AIRCRAFT) {
		make_canonical(row);
		drop_id_as_callsign(row);
		drop_filler_of_aircraft(row);
	} else if (row->variant & VARIANT_MQTT) {
		drop_filler_of_mqtt(row);
	}
}

const struct map_table drone_table = {
	.name = "drone",
	.list = "drones",
	.lacking = REJECT_NO_ID,
	.groups = {[RID] = "rid"},
	.variants = {{VARIANT_AIRCRAFT, {AIRCRAFT_KEYS}},
		{VARIANT_METRIC, {{"altitude", .read = value_present}}}},
	.columns = columns,
	.count = ARRAY_SIZE(columns),
	.finish = finish,
};
