/* One record, decoded as far as the formats need it. */
#ifndef WD_MAP_OBSERVATION_H
#define WD_MAP_OBSERVATION_H

#include "common/map/geodesy.h"
#include "common/record/record.h"
#include "common/scan/scan.h"
#include "common/time/clock.h"

enum track_kind {
	KIND_DRONE,
	KIND_ENCRYPTED, /* drones whose identity the kit cannot decode: one placeholder for all */
	KIND_EMITTER,   /* a signal that carries the position of its transmitter */
	KIND_AIRCRAFT,
	KIND_SIGNAL,
	KIND_KIT, /* health, position, name and state of a kit */
	KIND_COUNT,
};

const char *track_kind_name(enum track_kind kind);

/* The keys that formats read. Fields from FIELD_FACTS on describe a subject rather than its
 * position: a track keeps the newest value of each. */
enum field {
	FIELD_TYPE,
	FIELD_TIME,
	FIELD_KIT_ID,
	FIELD_DRONE_ID,
	FIELD_UID,
	FIELD_TRACK_TYPE,
	FIELD_LAT,
	FIELD_LON,
	FIELD_ALT,
	FIELD_HEIGHT,
	FIELD_SPEED,
	FIELD_HEADING,
	FIELD_PILOT_LAT,
	FIELD_PILOT_LON,
	FIELD_HOME_LAT,
	FIELD_HOME_LON,
	FIELD_EMITTER_LAT,
	FIELD_EMITTER_LON,
	FIELD_EMITTER_ALT,
	FIELD_UA_TYPE,
	FIELD_FACTS,
	FIELD_NAME = FIELD_FACTS,
	FIELD_LOCATION,
	FIELD_STATUS,
	FIELD_LAST_SEEN,
	FIELD_RECEIVERS,
	FIELD_CALLSIGN,
	FIELD_REGISTRATION,
	FIELD_SQUAWK,
	FIELD_CATEGORY,
	FIELD_RID_MAKE,
	FIELD_RID_MODEL,
	FIELD_UA_TYPE_NAME,
	FIELD_DESCRIPTION,
	FIELD_OPERATOR_ID,
	FIELD_CAA_ID,
	FIELD_ID_TYPE,
	FIELD_MAC,
	FIELD_OP_STATUS,
	FIELD_HEIGHT_TYPE,
	FIELD_VSPEED,
	FIELD_ON_GROUND,
	FIELD_GPS_ACCURACY,
	FIELD_RSSI,
	FIELD_TRANSPORT,
	FIELD_FREQ_MHZ,
	FIELD_BANDWIDTH_MHZ,
	FIELD_POWER_DBM,
	FIELD_POWER_LINEAR,
	FIELD_DETECTION_TYPE,
	FIELD_SIGNAL_TYPE,
	FIELD_SOURCE,
	FIELD_CPU_PERCENT,
	FIELD_MEMORY_PERCENT,
	FIELD_DISK_PERCENT,
	FIELD_TEMP_CPU,
	FIELD_UPTIME_HOURS,
	FIELD_GPS_FIX,
	FIELD_CLOCK_OFFSET_S,
	FIELD_COUNT,
};

/* Return the name of a field, which is the name of its column. */
const char *field_name(enum field field);

struct observation {
	enum track_kind kind;
	clock_us time; /* 0 for `kit` and `kit_status` lines, which describe no moment */
	bool has_place;
	struct position place; /* of an emitter its own, of another signal the sensor's */
	double alt_m;          /* NAN if unknown */
	char kit_id[RECORD_ID_MAX + 1];
	char id[RECORD_ID_MAX +
		1]; /* of the subject; an encrypted drone: "drone-alert 5756.5 MHz" */
	struct scan_member members[FIELD_COUNT];
};

enum observation_result {
	OBSERVED,
	OBSERVED_IGNORED,   /* a line of a type that no format exports */
	OBSERVED_MALFORMED, /* not a record, or a record without time or id */
};

/* Decode a line. `observation->members` are spans into it. */
enum observation_result observation_read(struct span line, struct observation *observation);

/* Return the value of a field as a number, NAN if it is absent or not a number. */
double observation_number(const struct observation *observation, enum field field);

/* Read a position from two fields. Return false if one is absent or out of range, or if both are 0,
 * which kits send for "unknown". */
bool observation_place(const struct observation *observation, enum field lat, enum field lon,
	struct position *place);

/* Return the received power in dBm, NAN if it is unknown. The rssi of an aircraft is relative to
 * full scale (dBFS) and therefore never returned. */
double observation_power_dbm(const struct observation *observation);

#endif
