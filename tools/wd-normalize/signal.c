/* The table `signals`: FPV video links and radio modems. */
#include "common/array.h"
#include "common/record.h"
#include "tools/wd-normalize/table.h"
#include "tools/wd-normalize/value.h"

static const struct rule freq_rules[] = {
	{WHEN_ABOVE, 1e5, .then = THEN_DIVIDE, .by = 1e6, .why = "Hz to MHz"},
	{0},
};
/* An FPV receiver's rssi is its linear power, 0..1; a SiK radio's is in dBm, below 0. */
static const struct rule dbm_rules[] = {
	{WHEN_WITHIN, 0, 1, THEN_DROP, .why = "0..1 is linear power"},
	{WHEN_ABOVE, 1, .then = THEN_DROP, .why = "neither dBm nor linear power"},
	{0},
};
static const struct rule linear_rules[] = {
	{WHEN_BELOW, 0, .then = THEN_DROP, .why = "below 0 is dBm"},
	{WHEN_ABOVE, 1, .then = THEN_DROP, .why = "neither dBm nor linear power"},
	{0},
};

static const struct choice detections[] = {
	{"analog", "analog"},
	{"dji", "dji"},
	{"fpv", "analog"},
	{0},
};

#define HERTZ .per = 1e6, .why = "Hz to MHz"

static const struct map_column columns[] = {
	{"time", KIND_TIME,
		.from = {{"observed_at"}, {"last_update_time"}, {"timestamp", .read = value_date}}},
	{"kit_id", KIND_KIT_ID},
	{"freq_mhz", KIND_NUMBER, .required = true,
		.from = {{"freq_mhz", .rules = freq_rules}, {"center_hz", HERTZ},
			{"freq", .rules = freq_rules}}},
	{"power_dbm", KIND_NUMBER,
		.from = {{"power_dbm"}, {"power"}, {"rssi", .rules = dbm_rules}}},
	{"bandwidth_mhz", KIND_NUMBER,
		.from = {{"bandwidth_mhz"}, {"bandwidth"}, {"bandwidth_hz", HERTZ}}},
	{"lat", KIND_LATITUDE, .from = {{"sensor_lat"}, {"lat"}}},
	{"lon", KIND_LONGITUDE, .from = {{"sensor_lon"}, {"lon"}}},
	{"alt", KIND_NUMBER, .from = {{"sensor_alt"}, {"alt"}}},
	{"detection_type", KIND_TEXT, .limit = TEXT_MAX, .choices = detections,
		.from = {{"type"}, {"signal_type"}}},
	{"pal_conf", KIND_NUMBER, .from = {{"pal_conf"}}},
	{"ntsc_conf", KIND_NUMBER, .from = {{"ntsc_conf"}}},
	{"source", KIND_TEXT, .limit = TEXT_MAX, .from = {{"source"}}},
	{"signal_type", KIND_TEXT, .limit = TEXT_MAX, .from = {{"signal_type"}}},
	{"uid", KIND_TEXT, .limit = RECORD_ID_MAX, .from = {{"uid"}}},
	{"power_linear", KIND_NUMBER, .from = {{"rssi", .rules = linear_rules}}},
};

const struct map_table signal_table = {
	.name = "signal",
	.list = "signals",
	.lacking = "no_freq: a signal without a frequency",
	.columns = columns,
	.count = ARRAY_SIZE(columns),
};
