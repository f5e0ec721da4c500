#include "common/pipeline/busy.h"

#include "common/log/log.h"
#include "common/pipeline/acknowledge.h"
#include "common/pipeline/thread.h"
#include "common/time/clock.h"

#include <errno.h>
#include <poll.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#define FIRST_US    (5 * CLOCK_SECOND_US)
#define INTERVAL_US (10 * CLOCK_SECOND_US)

/* A reader that takes nothing misses the line: the thread must not block, because busy_close()
 * joins it. A failed write is reported by the next acknowledgement. */
static void write_line(int fd, const char *reason, int64_t since_us)
{
	struct pollfd writable = {.fd = fd, .events = POLLOUT};
	struct buffer line = {0};

	busy_format(&line, reason, since_us);
	if (!line.failed && poll(&writable, 1, 0) > 0) {
		ssize_t written = write(fd, line.data, line.length);
		(void)written;
	}
	buffer_release(&line);
}

static void wait_until(struct busy *busy, int64_t until_us)
{
	const struct timespec until = {
		.tv_sec = until_us / CLOCK_SECOND_US,
		.tv_nsec = (long)(until_us % CLOCK_SECOND_US * 1000),
	};

	pthread_cond_timedwait(&busy->changed, &busy->mutex, &until);
}

static void *run(void *self)
{
	struct busy *busy = self;

	pthread_mutex_lock(&busy->mutex);
	while (!busy->ending) {
		if (!busy->reason) {
			pthread_cond_wait(&busy->changed, &busy->mutex);
		} else if (clock_mono_us() < busy->next_us) {
			wait_until(busy, busy->next_us);
		} else {
			const char *reason = busy->reason;
			int64_t since_us = busy->since_us;
			busy->next_us += INTERVAL_US;
			pthread_mutex_unlock(&busy->mutex);
			write_line(busy->fd, reason, since_us);
			pthread_mutex_lock(&busy->mutex);
		}
	}
	pthread_mutex_unlock(&busy->mutex);
	return NULL;
}

int busy_open(struct busy *busy, int fd)
{
	pthread_condattr_t monotonic;

	*busy = (struct busy){.fd = fd};
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&busy->mutex, NULL);
	pthread_cond_init(&busy->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	busy->running = thread_start(&busy->thread, run, busy);
	return busy->running ? 0 : fail(EX_OSERR, "cannot start a thread", {"thread", "busy"});
}

void busy_close(struct busy *busy)
{
	if (!busy->running)
		return;
	pthread_mutex_lock(&busy->mutex);
	busy->ending = true;
	pthread_cond_signal(&busy->changed);
	pthread_mutex_unlock(&busy->mutex);
	pthread_join(busy->thread, NULL);
	pthread_cond_destroy(&busy->changed);
	pthread_mutex_destroy(&busy->mutex);
	busy->running = false;
}

void busy_begin(struct busy *busy, const char *reason)
{
	if (!busy->running)
		return;
	pthread_mutex_lock(&busy->mutex);
	if (!busy->reason) {
		busy->since_us = clock_wall_us();
		busy->next_us = clock_mono_us() + FIRST_US;
		pthread_cond_signal(&busy->changed);
	}
	busy->reason = reason;
	pthread_mutex_unlock(&busy->mutex);
}

void busy_end(struct busy *busy)
{
	if (!busy->running)
		return;
	pthread_mutex_lock(&busy->mutex);
	busy->reason = NULL;
	pthread_mutex_unlock(&busy->mutex);
}
