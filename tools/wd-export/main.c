/* wd-export: records in, something to look at out. */
#include "common/array.h"
#include "common/lines.h"
#include "common/log.h"
#include "common/opt.h"
#include "common/signals.h"
#include "tools/wd-export/format.h"

#include <sysexits.h>
#include <unistd.h>

static const struct format *const formats[] = {
	&format_geojson, &format_kml, &format_csv, &format_cot, &format_html};

static struct output output = {
	.type = "drone",
	.title = "WarDragon",
	.tiles_credit = "",
};
static const struct format *format;
static bool strict;
static double gap_s = 600, stale_s = 60;
static int64_t points_max;

static struct opt opts[] = {
	{"type", OPT_TEXT, &output.type, "TYPE", "csv: the records that become rows (drone)"},
	{"raw", OPT_FLAG, &output.raw, NULL, "csv: for programs: plain names, no guard"},
	{"title", OPT_TEXT, &output.title, "TEXT", "kml, html: what it is called (WarDragon)"},
	{"gap", OPT_SECONDS, &gap_s, "SECONDS",
		"geojson, kml, html: a silence so long ends a leg (600)", 1, 1e8},
	{"max-points", OPT_NUMBER, &points_max, "N",
		"geojson, kml (1000000), html (200000): hold about so\n"
		"many points of 32 bytes; beyond, tracks are thinned",
		1000, 1e9},
	{"stale", OPT_SECONDS, &stale_s, "SECONDS", "cot: how long an event is good for (60)", 1,
		1e8},
	{"tiles", OPT_TEXT, &output.tiles_url, "URL",
		"html: a map below, from https://HOST/…/{z}/{x}/{y}.png"},
	{"tiles-credit", OPT_TEXT, &output.tiles_credit, "TEXT", "html: whose map that is"},
	{"strict", OPT_FLAG, &strict, NULL, "exit 65 at the end if a line was no record"},
};

static struct opt_tool tool = {
	.name = "wd-export",
	.operands = "FORMAT [FILE ...]",
	.purpose = "Turns records into a file to look at.",
	.opts = opts,
	.count = ARRAY_SIZE(opts),
	.notes = "FORMAT is one of:\n"
		 "  geojson  tracks with times, pilots, kits, signals, for maps\n"
		 "  kml      the same for Google Earth\n"
		 "  csv      a table of one type of records, for spreadsheets\n"
		 "  cot      Cursor on Target, for TAK: an event a line\n"
		 "  html     a map to look at, in one page that needs nothing else",
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
	output.unread++;
	return 0;
}

static int settle(void *self, bool idle)
{
	(void)self;
	return output_flush(&output, idle);
}

static const struct format *format_of(const char *name)
{
	for (size_t i = 0; name && i < ARRAY_SIZE(formats); i++) {
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	}
	return NULL;
}

/* Whatever is not in the file, and why. */
static void report(void)
{
	if (output.unread)
		log_warning("lines that are no records",
			{"lines", log_number((int64_t)output.unread).text});
	if (output.others && !output.shown)
		log_warning("nothing to show: no line is a record of a type that this shows",
			{"lines", log_number((int64_t)output.others).text},
			{"hint", "wd-normalize makes records of replies"});
	if (output.sky.stride > 1)
		log_warning("tracks are thinned",
			{"one_point_of", log_number((int64_t)output.sky.stride).text},
			{"hint", "--max-points"});
	if (output.sky.turned_away)
		log_warning("too many things: some are left out",
			{"records", log_number((int64_t)output.sky.turned_away).text},
			{"hint", "--max-points"});
	if (output.hidden)
		log_info("heard without a position of drone or kit: not on the map",
			{"detections", log_number((int64_t)output.hidden).text});
}

static int run(char *const *files)
{
	const struct line_handler user = {NULL, take_line, skip_line, settle};
	int status;

	sky_init(&output.sky, (size_t)(points_max ? points_max : (int64_t)format->points_max));
	status = format->begin ? format->begin(&output) : 0;
	if (!status)
		status = lines_run(files, &user);
	if (!status && format->end)
		status = format->end(&output);
	if (!status)
		status = output_flush(&output, true);
	if (!status)
		report();
	sky_release(&output.sky);
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
		return opt_usage(&tool, "which format? geojson, kml, csv, cot or html", *operands);
	output.gap_us = (int64_t)(gap_s * (double)CLOCK_SECOND_US);
	output.stale_us = (int64_t)(stale_s * (double)CLOCK_SECOND_US);
	status = run(operands + 1);
	return !status && strict && output.unread ? EX_DATAERR : status;
}
