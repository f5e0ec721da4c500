/* The table `signals`: video links of FPV drones, and radio modems. */
#include "common/base/array.h"
#include "common/record/record.h"
#include "tools/wd-normalize/row.h"
#include "tools/wd-normalize/value.h"

/* Columns that rules for the whole record need. */
enum {
	SIGNAL_TIME = 0,
	SIGNAL_FREQ = 2,
	SIGNAL_DETECTION_TYPE = 8,
	SIGNAL_UID = 13,
};

#define ABOVE_ZERO                                                                                 \
	{WHEN_IS, 0, .then = THEN_DROP, .why = "0 is unknown"},                                    \
	{                                                                                          \
		WHEN_BELOW, 0, .then = THEN_DROP, .why = "not above 0"                             \
	}

static const struct map_rule freq_rules[] = {
	ABOVE_ZERO,
	{WHEN_ABOVE, 1e5, .then = THEN_DIVIDE, .by = 1e6, .why = "Hz to MHz"},
	{0},
};
static const struct map_rule positive_rules[] = {
	ABOVE_ZERO,
	{0},
};
/* An FPV receiver's rssi is linear power, mostly 0..1; a SiK radio's is in dBm, below 0. Other
 * values above 1 (mLRS sends 15.0) are neither. */
static const struct map_rule dbm_rules[] = {
	{WHEN_WITHIN, 0, 1, THEN_DROP, .why = "0..1 is linear power"},
	{WHEN_ABOVE, 1, .then = THEN_DROP, .why = "not dBm"},
	{0},
};
static const struct map_rule linear_rules[] = {
	{WHEN_BELOW, 0, .then = THEN_DROP, .why = "below 0 is dBm"},
	{WHEN_ABOVE, 1, .then = THEN_DROP, .except = VARIANT_FPV,
		.why = "neither dBm nor linear power"},
	{0},
};

static const struct map_choice detections[] = {
	{"analog", "analog"},
	{"dji", "dji"},
	{"fpv", "analog"},
	{0},
};

#define HERTZ      .per = 1e6, .why = "Hz to MHz"
#define OF_SENSOR  .except = VARIANT_EMITTER
#define OF_EMITTER .only = VARIANT_EMITTER

static const struct map_column columns[] = {
	[SIGNAL_TIME] = {"time", KIND_TIME,
		FROM({"observed_at"}, {"last_update_time"}, {"timestamp", .read = value_date})},
	{"kit_id", KIND_KIT_ID},
	[SIGNAL_FREQ] = {"freq_mhz", KIND_NUMBER, .required = true,
		FROM({"freq_mhz", .rules = freq_rules},
			{"center_hz", HERTZ, .rules = positive_rules},
			{"freq", .rules = freq_rules})},
	{"power_dbm", KIND_NUMBER, FROM({"power_dbm"}, {"power"}, {"rssi", .rules = dbm_rules})},
	{"bandwidth_mhz", KIND_NUMBER, .rules = positive_rules,
		FROM({"bandwidth_mhz"}, {"bandwidth"}, {"bandwidth_hz", HERTZ})},
	{"lat", KIND_LATITUDE, FROM({"sensor_lat", OF_SENSOR}, {"lat", OF_SENSOR})},
	{"lon", KIND_LONGITUDE, FROM({"sensor_lon", OF_SENSOR}, {"lon", OF_SENSOR})},
	{"alt", KIND_ALTITUDE, FROM({"sensor_alt", OF_SENSOR}, {"alt", OF_SENSOR})},
	[SIGNAL_DETECTION_TYPE] = {"detection_type", KIND_TEXT, .limit = TEXT_MAX,
		.choices = detections, FROM({"type"}, {"signal_type"})},
	{"pal_conf", KIND_NUMBER, FROM({"pal_conf"}, {"pal"})},
	{"ntsc_conf", KIND_NUMBER, FROM({"ntsc_conf"}, {"ntsc"})},
	{"source", KIND_TEXT, .limit = TEXT_MAX, FROM({"source"})},
	{"signal_type", KIND_TEXT, .limit = TEXT_MAX, FROM({"signal_type"})},
	[SIGNAL_UID] = {"uid", KIND_ID, .limit = RECORD_ID_MAX, FROM({"uid"}, {"id"}, {"link_id"})},
	{"power_linear", KIND_NUMBER, FROM({"rssi", .rules = linear_rules})},
	{"emitter_lat", KIND_LATITUDE, FROM({"sensor_lat", OF_EMITTER}, {"lat", OF_EMITTER})},
	{"emitter_lon", KIND_LONGITUDE, FROM({"sensor_lon", OF_EMITTER}, {"lon", OF_EMITTER})},
	{"emitter_alt", KIND_ALTITUDE, FROM({"sensor_alt", OF_EMITTER}, {"alt", OF_EMITTER})},
};

/* Two radios may share a frequency, and the key of the table is time, kit and frequency. So the
 * time of a signal with a uid, unless it is video, is moved by 0..10 ms, always the same for that
 * uid: h = (h * 31 + byte) mod 10007 over the bytes of the uid, in microseconds (wd-record(5)). It
 * depends on nothing else, so that reading the signal again gives the same row. A signal that
 * becomes a reject keeps its time. */
static void separate_by_uid(struct map_row *row)
{
	struct map_cell *time = &row->cells[SIGNAL_TIME];
	struct span uid = cell_text(&row->cells[SIGNAL_UID]);
	unsigned offset_us = 0;

	if (!uid.data || row->cells[SIGNAL_FREQ].form == FORM_NONE ||
		row->cells[SIGNAL_DETECTION_TYPE].form != FORM_NONE)
		return;
	for (size_t i = 0; i < uid.length; i++)
		offset_us = (offset_us * 31 + (unsigned char)uid.data[i]) % 10007;
	time->time += offset_us;
	if (!time->rule)
		time->rule = "moved by the uid";
}

const struct map_table signal_table = {
	.name = "signal",
	.list = "signals",
	.lacking = REJECT_NO_FREQ,
	.variants = {{VARIANT_EMITTER, {{"source", .read = value_emitter}}},
		{VARIANT_FPV, {{"signal_type", .read = value_fpv}, {"type", .read = value_fpv}}}},
	.columns = columns,
	.count = ARRAY_SIZE(columns),
	.finish = separate_by_uid,
};
