/* wd-export: convert records to a map, a table or Cursor on Target. */
#include "common/base/array.h"
#include "common/cli/opt.h"
#include "common/cli/spelling.h"
#include "common/lines/lines.h"
#include "common/log/log.h"
#include "common/process/signals.h"
#include "tools/wd-export/format.h"

#include <sysexits.h>
#include <unistd.h>

static const struct format *const formats[] = {
	&format_geojson, &format_kml, &format_csv, &format_cot, &format_html};

static struct export_output output = {
	.type = "drone",
	.title = "WarDragon",
	.tiles_credit = "",
};
static const struct format *format;
static bool strict;
static double gap_s = 600, stale_s = 60;
static int64_t points_max;

static struct opt opts[] = {
	{"type", OPT_TEXT, &output.type, "TYPE", "csv: type of the exported records"},
	{"raw", OPT_FLAG, &output.raw, NULL, "csv: plain column names, values unchanged"},
	{"title", OPT_TEXT, &output.title, "TEXT", "kml, html: title"},
	{"gap", OPT_SECONDS, &gap_s, "SECONDS", "geojson, kml, html: a longer gap splits a track",
		1, 1e8},
	{"max-points", OPT_NUMBER, &points_max, "N",
		"keep at most about N points, 40 bytes each, and thin\n"
		"tracks beyond (default geojson, kml 1000000, html 200000)",
		1000, 1e9},
	{"stale", OPT_SECONDS, &stale_s, "SECONDS", "cot: time until an event is stale", 1, 1e8},
	{"tiles", OPT_TEXT, &output.tiles_url, "URL",
		"html: base map, https://HOST/…/{z}/{x}/{y}.png"},
	{"tiles-credit", OPT_TEXT, &output.tiles_credit, "TEXT",
		"html: attribution of the base map"},
	{"zones", OPT_TEXT, &output.zones_file, "FILE",
		"html: show zones and known drones, as\nwd-watch --zones prints them"},
	{"strict", OPT_FLAG, &strict, NULL, "exit with 65 at the end if a line is not a record"},
};

static struct opt_tool tool = {
	.name = "wd-export",
	.operands = "FORMAT [FILE ...]",
	.purpose = "Converts records to a map, a table or Cursor on Target events.",
	.opts = opts,
	.count = ARRAY_SIZE(opts),
	.notes = "FORMAT is one of:\n"
		 "  geojson  tracks with times, pilots, kits and signals\n"
		 "  kml      the same for Google Earth\n"
		 "  csv      the records of one type, for spreadsheets\n"
		 "  cot      Cursor on Target for TAK, one event per line\n"
		 "  html     an interactive map in one self-contained page",
};

static int take_line(void *self, struct span line)
{
	(void)self;
	return format->line(&output, line);
}

static int skip_line(void *self, struct span beginning)
{
	(void)self;
	(void)beginning;
	output.malformed++;
	return 0;
}

static int settle(void *self, bool idle)
{
	(void)self;
	return export_flush(&output, idle);
}

static const struct format *format_of(const char *name)
{
	for (size_t i = 0; name && i < ARRAY_SIZE(formats); i++) {
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	}
	return NULL;
}

/* Return the name of the format that was probably meant by `name`, or NULL. */
static const char *closest_format(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		if (one_edit_apart(name, formats[i]->name))
			return formats[i]->name;
	}
	return NULL;
}

/* Log what is missing from the output, and why. */
static void report(void)
{
	if (output.malformed)
		log_warning("lines that are not records",
			{"lines", log_number((int64_t)output.malformed).text});
	if (output.not_normalized)
		record_warn_not_normalized(output.not_normalized);
	else if (output.flights_ignored)
		log_warning("flights are not exported",
			{"lines", log_number((int64_t)output.flights_ignored).text},
			{"hint", "wd-export geojson, kml, or csv --type flight"});
	else if (output.ignored && !output.shown)
		log_warning("no line has a type that this format exports",
			{"lines", log_number((int64_t)output.ignored).text});
	if (output.tracks.stride > 1)
		log_warning("tracks thinned",
			{"stride", log_number((int64_t)output.tracks.stride).text},
			{"hint", "--max-points"});
	if (output.tracks.dropped)
		log_warning("too many tracks: some are missing",
			{"records", log_number((int64_t)output.tracks.dropped).text},
			{"hint", "--max-points"});
	if (output.unplaced)
		log_info("detections without a position of drone or kit are not on the map",
			{"detections", log_number((int64_t)output.unplaced).text});
}

static int run(char *const *files)
{
	const struct line_handler handler = {NULL, take_line, skip_line, settle};
	int status;

	track_table_init(
		&output.tracks, (size_t)(points_max ? points_max : (int64_t)format->points_max));
	status = format->begin ? format->begin(&output) : 0;
	if (!status)
		status = lines_run(files, &handler);
	if (!status && format->end)
		status = format->end(&output);
	if (!status)
		status = export_flush(&output, true);
	if (!status)
		report();
	track_table_release(&output.tracks);
	buffer_release(&output.text);
	return status;
}

int main(int argc, char **argv)
{
	int status = signals_open();

	if (status)
		return status;
	char **operands = argv + opt_parse(&tool, argc, argv);
	format = format_of(*operands);
	if (!format)
		return opt_usage_closest(&tool,
			"missing or unknown format: expected geojson, kml, csv, cot or html",
			*operands, *operands ? closest_format(*operands) : NULL);
	output.gap_us = (int64_t)(gap_s * (double)CLOCK_SECOND_US);
	output.stale_us = (int64_t)(stale_s * (double)CLOCK_SECOND_US);
	status = run(operands + 1);
	return !status && strict && output.malformed ? EX_DATAERR : status;
}
