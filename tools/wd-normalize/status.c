/* The table `system_health`: the kit's own position and load, flat as kits send it by HTTP and,
 * with other names, by MQTT, or in the older nested form. */
#include "common/base/array.h"
#include "tools/wd-normalize/mapping.h"
#include "tools/wd-normalize/value.h"

enum {
	GPS = 1,
	CPU,
	MEMORY,
	DISK,
	TEMPS,
};

static const struct map_rule percent_rules[] = {
	{WHEN_BELOW, 0, .then = THEN_DROP, .why = "not within 0..100"},
	{WHEN_ABOVE, 100, .then = THEN_DROP, .why = "not within 0..100"},
	{0},
};
static const struct map_rule uptime_rules[] = {
	{WHEN_BELOW, 0, .then = THEN_DROP, .why = "negative"},
	{0},
};

/* Over MQTT an unknown value is 0. */
static const struct map_rule unknown_rules[] = {
	{WHEN_IS, 0, .then = THEN_DROP, .why = "0 is unknown"},
	{0},
};

#define FREE_OF(total) .share = SHARE_FREE, .of = total, .why = "part that is not available"
#define USED_OF(total) .share = SHARE_USED, .of = total, .why = "part of the total"

static const struct map_column columns[] = {
	{"time", KIND_TIME,
		FROM({"observed_at"}, {"last_update_time"}, {"updated"},
			{"timestamp", .read = value_date})},
	{"kit_id", KIND_KIT_ID},
	{"lat", KIND_LATITUDE, FROM({"lat"}, {"latitude"}, {"lat", .in = GPS})},
	{"lon", KIND_LONGITUDE, FROM({"lon"}, {"longitude"}, {"lon", .in = GPS})},
	{"alt", KIND_ALTITUDE, FROM({"alt"}, {"hae", .rules = unknown_rules}, {"alt", .in = GPS})},
	{"cpu_percent", KIND_NUMBER, .rules = percent_rules,
		FROM({"cpu_percent"}, {"cpu_usage", .except = VARIANT_MQTT},
			{"cpu_usage", .only = VARIANT_MQTT, .rules = unknown_rules},
			{"percent", .in = CPU})},
	{"memory_percent", KIND_NUMBER, .rules = percent_rules,
		FROM({"memory_percent"}, {"memory_available", FREE_OF("memory_total")},
			{"memory_available_mb", FREE_OF("memory_total_mb")},
			{"percent", .in = MEMORY}, {"available", .in = MEMORY, FREE_OF("total")})},
	{"disk_percent", KIND_NUMBER, .rules = percent_rules,
		FROM({"disk_percent"}, {"disk_used", USED_OF("disk_total")},
			{"disk_used_mb", USED_OF("disk_total_mb")}, {"percent", .in = DISK},
			{"used", .in = DISK, USED_OF("total")})},
	{"uptime_hours", KIND_NUMBER, .rules = uptime_rules,
		FROM({"uptime_hours"}, {"uptime", .per = 3600, .why = "s to h"},
			{"uptime_s", .per = 3600, .why = "s to h"})},
	{"temp_cpu", KIND_NUMBER,
		FROM({"temp_cpu"}, {"temperature"}, {"temperature_c", .rules = unknown_rules},
			{"cpu", .in = TEMPS})},
	{"temp_gpu", KIND_NUMBER, FROM({"temp_gpu"}, {"gpu", .in = TEMPS})},
	{"pluto_temp", KIND_NUMBER, FROM({"pluto_temp"}, {"pluto_temp_c", .rules = unknown_rules})},
	{"zynq_temp", KIND_NUMBER, FROM({"zynq_temp"}, {"zynq_temp_c", .rules = unknown_rules})},
	{"speed", KIND_NUMBER, FROM({"speed"}, {"speed_mps"}, {"speed", .in = GPS})},
	{"track", KIND_NUMBER, FROM({"track"}, {"track_deg"}, {"track", .in = GPS})},
	{"gps_fix", KIND_BOOLEAN, FROM({"gps_fix"}, {"fix", .in = GPS})},
	{"time_source", KIND_TEXT, .limit = TEXT_MAX, FROM({"time_source"})},
	{"gpsd_time_utc", KIND_TEXT, .limit = TEXT_MAX, FROM({"gpsd_time_utc"})},
	{"kit_updated_epoch", KIND_EPOCH,
		FROM({"kit_updated_epoch"}, {"last_update_time"}, {"updated"})},
	{"clock_offset_s", KIND_OFFSET},
};

const struct map_table status_table = {
	.name = "system_health",
	.lacking = REJECT_NO_FIELDS,
	.groups = {[GPS] = "gps",
		[CPU] = "cpu",
		[MEMORY] = "memory",
		[DISK] = "disk",
		[TEMPS] = "temps"},
	.columns = columns,
	.count = ARRAY_SIZE(columns),
};
