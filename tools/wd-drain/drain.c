#include "tools/wd-drain/drain.h"

#include "common/base/array.h"
#include "common/log/log.h"
#include "common/process/notify.h"
#include "common/process/signals.h"
#include "tools/wd-drain/report.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sysexits.h>
#include <unistd.h>

/* How often to look whether the spool is still there; without inotify also for new segments. */
#define CHECK_US           (5 * CLOCK_SECOND_US)
#define CHECK_UNWATCHED_US CLOCK_SECOND_US

/* The longest sleep: the watchdog is fed after each. */
#define SLEEP_US (5 * CLOCK_SECOND_US)

void drain_init(struct drain *drain)
{
	drain->inotify_fd = -1;
	drain->spool.fd = drain->spool.new_fd = -1;
	drain->state.fd = -1;
	(void)release_open(&drain->release, &drain->spool, NULL);
	unreadable_init(&drain->unreadable);
	drain->began_us = drain->check_us = clock_mono_us();
}

int drain_open_state(struct drain *drain)
{
	int status = state_open(&drain->state, drain->settings.state);

	if (!status)
		status = release_open(&drain->release, &drain->spool, drain->settings.keep);
	return status;
}

void drain_close(struct drain *drain)
{
	release_close(&drain->release);
	drain_close_spool(drain);
	state_close(&drain->state);
	command_list_release(&drain->commands);
	command_list_release(&drain->trial);
}

/* Not being able to watch costs some latency only. */
static void watch_spool(struct drain *drain)
{
	char folder[64];

	drain->inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	snprintf(folder, sizeof(folder), "/proc/self/fd/%d", drain->spool.new_fd);
	if (drain->inotify_fd >= 0 &&
		inotify_add_watch(drain->inotify_fd, folder,
			IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE_SELF | IN_MOVE_SELF) >= 0)
		return;
	log_warning("cannot watch the spool: looking every second",
		{"spool", drain->settings.spool}, {"reason", strerror(errno)},
		{"hint", errno == ENOSPC ? "sysctl fs.inotify.max_user_watches=65536" : NULL});
	if (drain->inotify_fd >= 0)
		close(drain->inotify_fd);
	drain->inotify_fd = -1;
}

/* The segments of the current checkpoint are stored; those that are still there were not released
 * before wd-drain ended. */
static int finish_release(struct drain *drain)
{
	struct segment_names covers = {0};
	int status = state_read_covers(&drain->state, &drain->spool, &covers);

	for (size_t i = 0; !status && i < covers.count; i++)
		status = release_add(&drain->release, covers.names[i]);
	segment_names_release(&covers);
	if (!status)
		release_continue(&drain->release, clock_mono_us());
	return status;
}

int drain_open_spool(struct drain *drain)
{
	int status = spool_reader_open(&drain->spool, drain->settings.spool);

	if (status)
		return status;
	watch_spool(drain);
	drain->check_us = clock_mono_us() + CHECK_US;
	drain->spool_lost = false;
	drain->queue_is_stale = true;
	return 0;
}

void drain_close_spool(struct drain *drain)
{
	/* The names mean nothing in another folder. */
	release_clear(&drain->release);
	unreadable_release(&drain->unreadable);
	segment_names_release(&drain->queue);
	drain->queue_first = 0;
	if (drain->inotify_fd >= 0)
		close(drain->inotify_fd);
	drain->inotify_fd = -1;
	spool_reader_close(&drain->spool);
}

/* Names in new/ that must not be fed: they are in the pipeline, stored already, or cannot be
 * read. */
static int find_excluded(const struct drain *drain, struct segment_names *excluded)
{
	int status = segment_names_add_all(excluded, &drain->release.waiting);

	if (!status)
		status = segment_names_add_all(excluded, &drain->unreadable.names);
	for (size_t i = 0; !status && drain->window && i < drain->window->count; i++)
		status = segment_names_add(excluded, drain->window->segments[i].name);
	segment_names_sort(excluded);
	return status;
}

static int list_segments(struct drain *drain)
{
	struct segment_names listed = {0}, excluded = {0};
	int status = spool_reader_list(&drain->spool, &listed);

	if (!status)
		status = find_excluded(drain, &excluded);
	drain->queue.count = drain->queue_first = 0;
	for (size_t i = 0; !status && i < listed.count; i++) {
		if (!segment_names_contain(&excluded, listed.names[i]))
			status = segment_names_add(&drain->queue, listed.names[i]);
	}
	segment_names_release(&listed);
	segment_names_release(&excluded);
	return status;
}

/* With --once the first list is the only one. */
int drain_refresh(struct drain *drain)
{
	if (!drain->queue_is_stale || drain_next(drain))
		return 0;
	if (drain->settings.once && drain->queue_total > 0)
		return 0;
	drain->queue_is_stale = false;
	int status = list_segments(drain);
	if (status == EX_IOERR) {
		drain->spool_lost = true;
		return 0;
	}
	if (drain->queue_total == 0)
		drain->queue_total = drain->queue.count;
	return status;
}

const char *drain_next(const struct drain *drain)
{
	if (drain->queue_first >= drain->queue.count)
		return NULL;
	return drain->queue.names[drain->queue_first];
}

int drain_requeue(struct drain *drain, const struct window *window)
{
	struct segment_names queue = {0};
	int status = 0;

	for (size_t i = 0; !status && i < window->count; i++)
		status = segment_names_add(&queue, window->segments[i].name);
	for (size_t i = drain->queue_first; !status && i < drain->queue.count; i++)
		status = segment_names_add(&queue, drain->queue.names[i]);
	segment_names_release(&drain->queue);
	drain->queue = queue;
	drain->queue_first = 0;
	return status;
}

int drain_begin(struct drain *drain)
{
	int status = finish_release(drain);

	return status ? status : drain_refresh(drain);
}

/* SIGHUP ends all waiting. */
static void wake(struct drain *drain)
{
	drain->woken = true;
	unreadable_wake(&drain->unreadable);
}

static void handle_signals(struct drain *drain, int64_t now_us)
{
	int signal_number;

	while ((signal_number = signals_next()) != 0) {
		if (signal_is_stop(signal_number) && !drain->stop_us)
			drain->stop_us = now_us;
		else if (signal_number == SIGHUP)
			wake(drain);
	}
}

static void read_inotify(struct drain *drain)
{
	char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));

	while (read(drain->inotify_fd, events, sizeof(events)) > 0)
		drain->queue_is_stale = true;
}

static void check_spool(struct drain *drain, int64_t now_us)
{
	drain->check_us = now_us + (drain->inotify_fd < 0 ? CHECK_UNWATCHED_US : CHECK_US);
	drain->queue_is_stale = true;
	if (drain->spool.new_fd < 0 || spool_reader_is_current(&drain->spool))
		return;
	drain->spool_lost = true;
	log_error("the spool was removed, replaced or made unreadable",
		{"spool", drain->settings.spool});
}

static int64_t earliest(const struct drain *drain, int64_t now_us, int64_t until_us)
{
	const int64_t times[] = {now_us + SLEEP_US, drain->check_us, drain->report_us,
		drain->release.retry_us, drain->unreadable.retry_us};

	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		if (times[i] < until_us)
			until_us = times[i];
	}
	return until_us;
}

/* Descriptors of -1 are ignored by poll(2). */
static void wait_for_events(struct drain *drain, struct pollfd *fds, size_t count, int64_t wait_us)
{
	struct pollfd all[PIPELINE_STAGES_MAX + 5];

	if (count > 0)
		memcpy(all, fds, count * sizeof(*fds));
	all[count] = (struct pollfd){.fd = signals_fd(), .events = POLLIN};
	all[count + 1] = (struct pollfd){.fd = drain->inotify_fd, .events = POLLIN};
	all[count + 2] = (struct pollfd){.fd = drain->release.keep.event_fd, .events = POLLIN};
	for (size_t i = 0; i < count + 3; i++)
		all[i].revents = 0;
	if (poll(all, count + 3, wait_us > 0 ? (int)(wait_us / 1000) + 1 : 0) < 0)
		return;
	for (size_t i = 0; i < count; i++)
		fds[i].revents = all[i].revents;
	if (all[count + 1].revents)
		read_inotify(drain);
}

int64_t drain_poll(struct drain *drain, struct pollfd *fds, size_t count, int64_t until_us)
{
	int64_t now_us = clock_mono_us();

	for (size_t i = 0; i < count; i++)
		fds[i].revents = 0;
	wait_for_events(drain, fds, count, earliest(drain, now_us, until_us) - now_us);
	now_us = clock_mono_us();
	handle_signals(drain, now_us);
	release_continue(&drain->release, now_us);
	if (unreadable_retry(&drain->unreadable, now_us))
		drain->queue_is_stale = true;
	if (now_us >= drain->check_us)
		check_spool(drain, now_us);
	if (now_us >= drain->report_us)
		report_status(drain, now_us);
	notify_alive(now_us);
	return now_us;
}
