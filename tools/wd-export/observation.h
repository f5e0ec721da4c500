/* One record, as the formats look at it. */
#ifndef WD_EXPORT_OBSERVATION
#define WD_EXPORT_OBSERVATION

#include "common/clock.h"
#include "common/record.h"
#include "common/scan/scan.h"

enum kind {
	KIND_DRONE,
	KIND_AIRCRAFT,
	KIND_SIGNAL,
	KIND_KIT, /* its health and position, its name, its state */
	KIND_COUNT,
};

const char *kind_name(enum kind kind);

/* The keys that formats read. Those from FIELD_KEPT on are what is known of a thing besides where
 * it is: the newest of each is kept. */
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
	FIELD_SPEED,
	FIELD_HEADING,
	FIELD_PILOT_LAT,
	FIELD_PILOT_LON,
	FIELD_HOME_LAT,
	FIELD_HOME_LON,
	FIELD_UA_TYPE,
	FIELD_KEPT,
	FIELD_NAME = FIELD_KEPT,
	FIELD_LOCATION,
	FIELD_STATUS,
	FIELD_LAST_SEEN,
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
	FIELD_HEIGHT,
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

/* The name of a field, which is the name of its column. */
const char *field_name(enum field field);

/* A position on the WGS 84 ellipsoid, in degrees. */
struct place {
	double lat, lon;
};

struct observation {
	enum kind kind;
	clock_us time; /* 0 for lines that name a kit or its state: they are of no moment */
	bool placed;
	struct place place;
	char kit_id[RECORD_ID_MAX + 1];
	char id[RECORD_ID_MAX + 1]; /* of the drone, the aircraft, the signal or the kit */
	struct scan_member members[FIELD_COUNT];
};

enum observed {
	OBSERVED,
	OBSERVED_OTHER,  /* a record of a type that no format shows */
	OBSERVED_BROKEN, /* no record, or one without time or id */
};

/* Reads a line. The members are spans into it. */
enum observed observation_read(struct span line, struct observation *observation);

/* The value of a field as a number; NAN where it is none. */
double observation_number(const struct observation *observation, enum field field);

/* The place that two fields give; false where one is missing or out of range. */
bool observation_place(
	const struct observation *observation, enum field lat, enum field lon, struct place *place);

/* How strong it came in, in dBm; NAN where that is not known. An aircraft's rssi is relative to
 * full scale (dBFS) and none. */
double observation_power_dbm(const struct observation *observation);

#endif
