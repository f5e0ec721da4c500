/* The map in one page that needs nothing else. */
#include "common/map/map_page.h"
#include "common/map/track_json.h"
#include "tools/wd-export/format.h"

static int begin(struct export_output *output)
{
	const struct map_page page = {
		.title = output->title,
		.tiles_url = output->tiles_url,
		.tiles_credit = output->tiles_credit,
		.zones_file = output->zones_file,
		.gap_us = output->gap_us,
	};

	return map_page_begin(&output->text, &page);
}

static int take_line(struct export_output *output, struct span line)
{
	return event_list_add(&output->events, line) ? 0 : export_collect(output, line);
}

static int put_tracks(struct export_output *output)
{
	const struct track_table *table = &output->tracks;
	struct buffer json = {0};
	int status = 0;

	for (size_t i = 0; i < table->count && !status; i++) {
		buffer_add_text(&json, i ? ",\n" : "\n");
		track_json(&json, table, table->tracks[i], 0, output->gap_us);
		map_page_add(&output->text, buffer_span(&json));
		output->text.failed |= json.failed;
		json.length = 0;
		status = export_flush(output, false);
	}
	buffer_release(&json);
	return status;
}

static int end(struct export_output *output)
{
	track_table_finish(&output->tracks);
	int status = put_tracks(output);
	struct buffer events = {0};
	event_list_put(&output->events, 0, INT64_MIN, &events);
	map_page_end(&output->text, buffer_span(&events));
	output->text.failed |= events.failed;
	buffer_release(&events);
	event_list_release(&output->events);
	return status;
}

const struct format format_html = {"html", begin, take_line, end, 200000};
