#include "common/map/observation.h"

#include "common/base/array.h"

#include <math.h>
#include <stdio.h>

static const char *const names[FIELD_COUNT] = {
	[FIELD_TYPE] = "type",
	[FIELD_TIME] = "time",
	[FIELD_KIT_ID] = "kit_id",
	[FIELD_DRONE_ID] = "drone_id",
	[FIELD_UID] = "uid",
	[FIELD_TRACK_TYPE] = "track_type",
	[FIELD_LAT] = "lat",
	[FIELD_LON] = "lon",
	[FIELD_ALT] = "alt",
	[FIELD_SPEED] = "speed",
	[FIELD_HEADING] = "heading",
	[FIELD_PILOT_LAT] = "pilot_lat",
	[FIELD_PILOT_LON] = "pilot_lon",
	[FIELD_HOME_LAT] = "home_lat",
	[FIELD_HOME_LON] = "home_lon",
	[FIELD_EMITTER_LAT] = "emitter_lat",
	[FIELD_EMITTER_LON] = "emitter_lon",
	[FIELD_EMITTER_ALT] = "emitter_alt",
	[FIELD_UA_TYPE] = "ua_type",
	[FIELD_NAME] = "name",
	[FIELD_LOCATION] = "location",
	[FIELD_STATUS] = "status",
	[FIELD_LAST_SEEN] = "last_seen",
	[FIELD_RECEIVERS] = "receivers",
	[FIELD_CALLSIGN] = "callsign",
	[FIELD_REGISTRATION] = "registration",
	[FIELD_SQUAWK] = "squawk",
	[FIELD_CATEGORY] = "category",
	[FIELD_RID_MAKE] = "rid_make",
	[FIELD_RID_MODEL] = "rid_model",
	[FIELD_UA_TYPE_NAME] = "ua_type_name",
	[FIELD_DESCRIPTION] = "description",
	[FIELD_OPERATOR_ID] = "operator_id",
	[FIELD_CAA_ID] = "caa_id",
	[FIELD_ID_TYPE] = "id_type",
	[FIELD_MAC] = "mac",
	[FIELD_OP_STATUS] = "op_status",
	[FIELD_HEIGHT] = "height",
	[FIELD_HEIGHT_TYPE] = "height_type",
	[FIELD_VSPEED] = "vspeed",
	[FIELD_ON_GROUND] = "on_ground",
	[FIELD_GPS_ACCURACY] = "gps_accuracy",
	[FIELD_RSSI] = "rssi",
	[FIELD_TRANSPORT] = "transport",
	[FIELD_FREQ_MHZ] = "freq_mhz",
	[FIELD_BANDWIDTH_MHZ] = "bandwidth_mhz",
	[FIELD_POWER_DBM] = "power_dbm",
	[FIELD_POWER_LINEAR] = "power_linear",
	[FIELD_DETECTION_TYPE] = "detection_type",
	[FIELD_SIGNAL_TYPE] = "signal_type",
	[FIELD_SOURCE] = "source",
	[FIELD_CPU_PERCENT] = "cpu_percent",
	[FIELD_MEMORY_PERCENT] = "memory_percent",
	[FIELD_DISK_PERCENT] = "disk_percent",
	[FIELD_TEMP_CPU] = "temp_cpu",
	[FIELD_UPTIME_HOURS] = "uptime_hours",
	[FIELD_GPS_FIX] = "gps_fix",
	[FIELD_CLOCK_OFFSET_S] = "clock_offset_s",
};

/* The exported types of line. */
static const struct {
	const char *type;
	enum track_kind kind;
	bool timed; /* false: the line holds until the next one of its type */
} types[] = {
	{"drone", KIND_DRONE, true},
	{"signal", KIND_SIGNAL, true},
	{"system_health", KIND_KIT, true},
	{"kit", KIND_KIT, false},
	{"kit_status", KIND_KIT, false},
};

const char *track_kind_name(enum track_kind kind)
{
	static const char *const kinds[KIND_COUNT] = {
		[KIND_DRONE] = "drone",
		[KIND_ENCRYPTED] = "encrypted",
		[KIND_EMITTER] = "emitter",
		[KIND_AIRCRAFT] = "aircraft",
		[KIND_SIGNAL] = "signal",
		[KIND_KIT] = "kit",
	};

	return kinds[kind];
}

const char *field_name(enum field field)
{
	return names[field];
}

static size_t text_of(const struct observation *o, enum field field, char *out, size_t size)
{
	return scan_text(o->members[field].value, out, size);
}

/* A signal without a uid is identified by its frequency. */
static bool read_id(struct observation *o)
{
	double freq_mhz;

	switch (o->kind) {
	case KIND_KIT:
		memcpy(o->id, o->kit_id, sizeof(o->id));
		return true;
	case KIND_SIGNAL:
	case KIND_EMITTER:
		if (text_of(o, FIELD_UID, o->id, sizeof(o->id)))
			return true;
		freq_mhz = observation_number(o, FIELD_FREQ_MHZ);
		snprintf(o->id, sizeof(o->id), "%.6g MHz", freq_mhz);
		return !isnan(freq_mhz);
	default:
		return text_of(o, FIELD_DRONE_ID, o->id, sizeof(o->id)) > 0;
	}
}

static void read_place(struct observation *o)
{
	bool is_emitter = o->kind == KIND_SIGNAL &&
			  observation_place(o, FIELD_EMITTER_LAT, FIELD_EMITTER_LON, &o->place);

	if (is_emitter)
		o->kind = KIND_EMITTER;
	o->has_place = is_emitter || observation_place(o, FIELD_LAT, FIELD_LON, &o->place);
	o->alt_m = observation_number(o, is_emitter ? FIELD_EMITTER_ALT : FIELD_ALT);
}

/* Name an encrypted drone by its frequency, too, which distinguishes those on different channels.
 */
static void read_placeholder(struct observation *o)
{
	double freq_mhz = observation_number(o, FIELD_FREQ_MHZ);
	char name[32] = "";

	if (o->kind != KIND_DRONE || !record_id_is_placeholder(o->id))
		return;
	o->kind = KIND_ENCRYPTED;
	if (isnan(freq_mhz))
		return;
	memcpy(name, o->id, sizeof(name) - 1);
	snprintf(o->id, sizeof(o->id), "%s %.6g MHz", name, freq_mhz);
}

static enum observation_result read_members(struct observation *o, bool timed)
{
	if (scan_text_is(o->members[FIELD_TRACK_TYPE].value, "aircraft") && o->kind == KIND_DRONE)
		o->kind = KIND_AIRCRAFT;
	read_place(o);
	o->time = 0;
	if (timed && !scan_time(o->members[FIELD_TIME].value, &o->time))
		return OBSERVED_MALFORMED;
	if (!text_of(o, FIELD_KIT_ID, o->kit_id, sizeof(o->kit_id)) || !read_id(o))
		return OBSERVED_MALFORMED;
	read_placeholder(o);
	return OBSERVED;
}

enum observation_result observation_read(struct span line, struct observation *observation)
{
	static struct scan_keys keys;
	struct scan_error error;

	if (!keys.count)
		scan_keys_init(&keys, names, FIELD_COUNT);
	if (!scan_object(line, &keys, observation->members, &error))
		return OBSERVED_MALFORMED;
	struct span type = observation->members[FIELD_TYPE].value;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (scan_text_is(type, types[i].type)) {
			observation->kind = types[i].kind;
			return read_members(observation, types[i].timed);
		}
	}
	return type.data ? OBSERVED_IGNORED : OBSERVED_MALFORMED;
}

double observation_number(const struct observation *observation, enum field field)
{
	double number;

	return scan_number(observation->members[field].value, &number) ? number : NAN;
}

bool observation_place(const struct observation *observation, enum field lat, enum field lon,
	struct position *place)
{
	place->lat = observation_number(observation, lat);
	place->lon = observation_number(observation, lon);
	return fabs(place->lat) <= 90 && fabs(place->lon) <= 180 &&
	       (place->lat != 0 || place->lon != 0);
}

double observation_power_dbm(const struct observation *observation)
{
	switch (observation->kind) {
	case KIND_DRONE:
	case KIND_ENCRYPTED:
		return observation_number(observation, FIELD_RSSI);
	case KIND_SIGNAL:
	case KIND_EMITTER:
		return observation_number(observation, FIELD_POWER_DBM);
	default:
		return NAN;
	}
}
