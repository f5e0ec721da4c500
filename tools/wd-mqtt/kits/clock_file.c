/* The clock estimates of kits, kept in the spool's directory across restarts. */
#include "tools/wd-mqtt/kits/clock_file.h"

#include "common/lines/json.h"
#include "common/record/reply_line.h"
#include "common/scan/scan.h"
#include "common/spool/spool_file.h"

#define FILE_NAME "mqtt.clocks"

/* The kit need not be configured: it is then known by its name until it publishes. */
static struct mqtt_kit *find_or_add(struct intake *intake, const char *name)
{
	struct mqtt_kit *kit = kit_table_find(&intake->kits, name);

	return kit ? kit : kit_table_add(&intake->kits, name, name);
}

static void take_line(struct intake *intake, struct span line)
{
	static const char *const names[] = {"name", "clock_offset_s"};
	const double max_s = 1e10;
	struct scan_member members[2];
	struct scan_error error;
	struct scan_keys index;
	char name[KIT_NAME_SIZE];
	double offset_s;

	scan_keys_init(&index, names, 2);
	if (!scan_object(line, &index, members, &error) ||
		!scan_text(members[0].value, name, sizeof(name)) ||
		!scan_number(members[1].value, &offset_s) ||
		!(offset_s < max_s && offset_s > -max_s))
		return;
	struct mqtt_kit *kit = find_or_add(intake, name);
	if (!kit)
		return;
	/* It was decided before that the kit's clock is wrong, not ours. */
	intake->own_clock = OWN_CLOCK_TRUSTED;
	kit->clock.is_known = true;
	kit->clock.offset_us = (int64_t)offset_s * CLOCK_SECOND_US;
}

int clock_file_read(struct intake *intake, const struct spool *spool)
{
	struct buffer content = {0};

	if (!spool)
		return 0;
	int status = spool_file_read(spool, FILE_NAME, &content);
	struct span rest = buffer_span(&content), line;
	while (!status && (line = spool_file_next_line(&rest)).data)
		take_line(intake, line);
	buffer_release(&content);
	return status;
}

/* Kits whose clocks are right need no line. */
static void format(const struct intake *intake, struct buffer *out)
{
	for (size_t i = 0; i < intake->kits.count; i++) {
		const struct mqtt_kit *kit = intake->kits.items[i];
		if (!reply_offset_matters(kit->clock.offset_us))
			continue;
		json_open(out, "clock");
		json_text(out, "name", span_of(kit->name));
		json_integer(out, "clock_offset_s", kit->clock.offset_us / CLOCK_SECOND_US);
		json_close(out);
	}
}

void clock_file_write(const struct intake *intake, const struct spool *spool)
{
	struct buffer content = {0};

	if (!spool)
		return;
	format(intake, &content);
	spool_file_write(spool, FILE_NAME, &content);
	buffer_release(&content);
}
