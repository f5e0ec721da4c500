/* wd-health as a filter: lines in, lines out, timers, files. */
#ifndef WD_HEALTH_RUN_H
#define WD_HEALTH_RUN_H

#include <stdbool.h>
#include <stdint.h>

struct run_settings {
	int64_t threshold_us; /* how long a kit may be without a good reply */
	bool is_replay;       /* only lines move time */
	bool report_lines;    /* log a line for each kit every minute */
	const char *state;    /* paths, or NULL */
	const char *prometheus;
};

/* Pass stdin, or the named files, to stdout until they end. Return an exit status. */
int run_filter(char *const *files, const struct run_settings *settings);

#endif
