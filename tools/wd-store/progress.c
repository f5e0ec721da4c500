/* How far an import of files has come, on a terminal. */
#include "tools/wd-store/progress.h"

#include "common/clock.h"
#include "common/log.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REDRAW_US (CLOCK_SECOND_US / 5)

/* Adds the size of a regular file; what has none makes the total unknown. */
static bool add_size(uint64_t *total, const struct stat *file, int status)
{
	if (status != 0 || !S_ISREG(file->st_mode))
		return false;
	*total += (uint64_t)file->st_size;
	return true;
}

static bool measure(uint64_t *total, char *const *files)
{
	struct stat file;
	bool known = true;

	if (!*files)
		return add_size(total, &file, fstat(STDIN_FILENO, &file));
	for (; *files; files++) {
		bool is_stdin = strcmp(*files, "-") == 0;
		int status = is_stdin ? fstat(STDIN_FILENO, &file) : stat(*files, &file);
		known = add_size(total, &file, status) && known;
	}
	return known;
}

void progress_open(struct progress *progress, char *const *files)
{
	*progress = (struct progress){.began_us = clock_mono_us()};
	progress->shown = log_watched() && measure(&progress->total, files) && progress->total > 0;
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

void progress_format(char *text, size_t size, const struct progress *progress, double elapsed_s)
{
	double done = (double)progress->bytes / (double)progress->total;
	double left_s = done > 0 ? elapsed_s / done - elapsed_s : 0;
	char total[16];

	if (done > 1)
		done = 1;
	if (left_s < 0)
		left_s = 0;
	format_bytes(total, sizeof(total), (double)progress->total);
	snprintf(text, size, "%.0f%% of %s, %llu lines, %.0f lines/s, %.0f:%02.0f left", 100 * done,
		total, (unsigned long long)progress->lines, (double)progress->lines / elapsed_s,
		(double)((int64_t)left_s / 60), (double)((int64_t)left_s % 60));
}

void progress_show(struct progress *progress)
{
	int64_t now_us = clock_mono_us();
	char text[112];

	if (!progress->shown || now_us - progress->drawn_us < REDRAW_US ||
		now_us <= progress->began_us)
		return;
	progress->drawn_us = now_us;
	progress_format(text, sizeof(text), progress, (double)(now_us - progress->began_us) / 1e6);
	log_status(text);
}

void progress_close(struct progress *progress)
{
	if (progress->shown)
		log_status("");
}
