/* wd-health in the pipe: lines in, lines out, timers, files. */
#ifndef WD_HEALTH_FILTER_H
#define WD_HEALTH_FILTER_H

#include <stdbool.h>
#include <stdint.h>

struct filter_settings {
	int64_t threshold_us; /* how long a kit may be without a good reply */
	bool replay;          /* time passes by lines only */
	const char *state;    /* paths, or NULL */
	const char *prometheus;
};

/* Passes stdin, or the named files, to stdout until they end. Returns an exit status. */
int filter_run(char *const *files, const struct filter_settings *settings);

#endif
