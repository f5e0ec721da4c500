/* What wd-recv knows while it runs. */
#ifndef WD_RECV_RECEIVER_H
#define WD_RECV_RECEIVER_H

#include "common/pipeline/pipeline.h"
#include "common/queue/link.h"

#include <poll.h>

struct receiver {
	struct queue_settings queue;
	struct command_list commands; /* one */
	int64_t deadline_us;          /* without an acknowledgement or a busy line */
	int64_t release_us;           /* without an acknowledgement */
	struct queue_link link;
	int64_t stop_us;      /* when SIGTERM or SIGINT came; 0: they did not */
	bool woken;           /* SIGHUP came */
	int64_t acknowledged; /* messages */
	int64_t set_aside;    /* messages */
	int64_t dropped;      /* lines of the types mark, ack and busy */
	struct reply_counts counts;
};

static inline bool receiver_is_stopping(const struct receiver *receiver)
{
	return receiver->stop_us != 0;
}

/* Wait until one of `fds[0..count)` or the link is ready, a signal comes, or `until_us` has come.
 * Return the time; both are of the monotonic clock. */
int64_t receiver_poll(
	struct receiver *receiver, struct pollfd *fds, size_t count, int64_t until_us);

#endif
