/* What wd-drain knows while it runs, and the one place where it waits. */
#ifndef WD_DRAIN_DRAIN_H
#define WD_DRAIN_DRAIN_H

#include "common/pipeline/pipeline.h"
#include "tools/wd-drain/spool/release.h"
#include "tools/wd-drain/spool/unreadable.h"
#include "tools/wd-drain/spool/window.h"
#include "tools/wd-drain/state.h"

#include <poll.h>

struct settings {
	const char *spool;
	const char *keep, *state, *prometheus; /* NULL: not given */
	const char *rules, *events;            /* of wd-watch; NULL: not given */
	const char *copy;                      /* a socket; NULL: not given */
	const char *health_file;               /* NULL: none */
	int64_t batch;                         /* the most unreleased segments */
	int64_t deadline_us;
	bool once;
};

struct drain {
	struct settings settings;
	struct command_list commands;
	struct command_list trial; /* for runs that are not committed */
	struct spool_reader spool;
	struct state state;
	struct release release;
	struct unreadable unreadable;

	struct segment_names queue; /* to be fed, oldest first, from `queue_first` on */
	size_t queue_first, queue_total;
	bool queue_is_stale;         /* new/ may hold more */
	const struct window *window; /* of the pipeline that runs; its segments are not queued */
	int inotify_fd;              /* -1: new/ is looked at every second */
	int64_t check_us;            /* when to look whether the spool is still there */
	bool spool_lost;

	int64_t stop_us; /* when SIGTERM or SIGINT came; 0: they did not */
	bool woken;      /* SIGHUP came */

	int64_t report_us; /* when to log the next status line */
	int64_t reported;  /* release.released then */
	int64_t reserved;  /* lines dropped from segments since the last status line */
	struct reply_counts counts;
	int64_t began_us;
};

/* Open the spool. Return 0; EX_NOINPUT, without a message, where there is none; or another exit
 * status. */
int drain_open_spool(struct drain *drain);
void drain_close_spool(struct drain *drain);

/* Open the state and the folder for kept segments. Return 0 or an exit status. */
int drain_open_state(struct drain *drain);

/* Call after both: finish a release that was interrupted and list the segments. Return 0 or an exit
 * status. */
int drain_begin(struct drain *drain);

/* Before anything is opened, and after the end. */
void drain_init(struct drain *drain);
void drain_close(struct drain *drain);

/* Wait until one of `fds[0..count)` is ready, a signal comes, the spool changes or `until_us` (of
 * the monotonic clock) has come; does what is due meanwhile: signals, releases, status line,
 * watchdog, look after the spool. Return the time. */
int64_t drain_poll(struct drain *drain, struct pollfd *fds, size_t count, int64_t until_us);

/* List the spool again if it may have changed. Return 0 or an exit status. */
int drain_refresh(struct drain *drain);

/* The next segment to be fed, or NULL. */
const char *drain_next(const struct drain *drain);

/* Put the segments of a pipeline that has ended back to the front of the queue. Return 0 or
 * EX_OSERR. */
int drain_requeue(struct drain *drain, const struct window *window);

static inline bool drain_is_stopping(const struct drain *drain)
{
	return drain->stop_us != 0;
}

#endif
