/* Show the progress of a long run at a terminal. */
#include "common/cli/progress.h"

#include "common/log/log.h"

#include <stdio.h>

#define DELAY_US  (2 * CLOCK_SECOND_US) /* shorter runs show nothing */
#define REDRAW_US (CLOCK_SECOND_US / 5)

void progress_open(struct progress *progress, const char *unit, bool shown)
{
	int64_t now_us = clock_mono_us();

	*progress = (struct progress){
		.unit = unit,
		.began_us = now_us,
		.due_us = shown && log_is_interactive() ? now_us + DELAY_US : INT64_MAX,
	};
}

static void format_bytes(char *text, size_t size, double bytes)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
	size_t unit = 0;

	while (bytes >= 1000 && unit < 4) {
		bytes /= 1000;
		unit++;
	}
	snprintf(text, size, bytes < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
}

static void format_share(char *text, size_t size, double done, uint64_t total)
{
	char bytes[16];

	format_bytes(bytes, sizeof(bytes), (double)total);
	snprintf(text, size, "%.0f%% of %s, ", 100 * done, bytes);
}

/* Format the remaining time, assuming a constant rate. */
static void format_rest(char *text, size_t size, double done, double elapsed_s)
{
	int64_t left_s = done > 0 ? (int64_t)(elapsed_s / done - elapsed_s) : 0;

	snprintf(text, size, ", %lld:%02lld left", (long long)left_s / 60, (long long)left_s % 60);
}

static void format_reached(char *text, size_t size, clock_us reached)
{
	char time[CLOCK_TEXT_SIZE];

	clock_format(reached, time);
	snprintf(text, size, ", at %.*sZ", (int)sizeof("2026-11-23T17:59:18") - 1, time);
}

void progress_format(char *text, size_t size, const struct progress *progress, double elapsed_s)
{
	char before[40] = "", after[40] = "";
	double done = 0;

	if (progress->total) {
		/* The file may grow while it is read. */
		done = (double)progress->bytes / (double)progress->total;
		done = done > 1 ? 1 : done;
		format_share(before, sizeof(before), done, progress->total);
		format_rest(after, sizeof(after), done, elapsed_s);
	} else if (progress->reached) {
		format_reached(after, sizeof(after), progress->reached);
	}
	snprintf(text, size, "%s%llu %s, %.0f %s/s%s", before, (unsigned long long)progress->count,
		progress->unit, (double)progress->count / elapsed_s, progress->unit, after);
}

void progress_show(struct progress *progress)
{
	char text[160];

	if (progress->due_us == INT64_MAX)
		return;
	int64_t now_us = clock_mono_us();
	if (now_us < progress->due_us)
		return;
	progress->due_us = now_us + REDRAW_US;
	progress->drawn = true;
	progress_format(text, sizeof(text), progress,
		(double)(now_us - progress->began_us) / (double)CLOCK_SECOND_US);
	log_status(text);
}

void progress_close(struct progress *progress)
{
	if (progress->drawn)
		log_status("");
	progress->drawn = false;
}
