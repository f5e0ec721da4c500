/* wd-watch in the pipe. */
#ifndef WD_WATCH_FILTER_H
#define WD_WATCH_FILTER_H

#include "tools/wd-watch/rules/rules.h"

struct watch_settings {
	const char *state; /* a file, or NULL */
	bool only_events;  /* write events alone, not the input */
	int64_t late_us;
};

/* Read stdin, or `files`, to the end. Return as lines_run(), or the status of the state file. */
int filter_run(
	char *const *files, const struct rules *rules, const struct watch_settings *settings);

#endif
