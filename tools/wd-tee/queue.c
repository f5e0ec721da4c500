#include "tools/wd-tee/queue.h"

#include "common/log/log.h"

#include <sys/stat.h>

int queue_open(struct event_queue *queue, const char *path, const char *writer)
{
	const struct spool_settings settings = {
		.path = path, .writer = writer, .max_bytes = QUEUE_BYTES_MAX};

	*queue = (struct event_queue){.path = path};
	if (!path)
		return 0;
	/* Events are private to the user and the group of the folder, to which wd-notify belongs. */
	umask(S_IWGRP | S_IRWXO);
	int status = spool_open(&queue->spool, &settings);
	if (status)
		queue->path = NULL;
	return status;
}

int queue_close(struct event_queue *queue)
{
	return queue->path ? spool_close(&queue->spool) : 0;
}

static void report_dropped(struct event_queue *queue, int64_t now_us)
{
	uint64_t suppressed;

	if (!log_limit_allows(&queue->limit, now_us, &suppressed))
		return;
	log_warning("the queue of events is full: events are stored, but not delivered",
		{"dir", queue->path}, {"events", log_number((int64_t)queue->dropped).text},
		{"hint", "is wd-notify running?"});
	queue->dropped = 0;
}

int queue_add(struct event_queue *queue, struct span line)
{
	int64_t now_us = clock_mono_us();

	if (!queue->path)
		return 0;
	if (spool_full(&queue->spool)) {
		queue->dropped++;
		report_dropped(queue, now_us);
		return 0;
	}
	int status = spool_add(&queue->spool, line, now_us);
	return status ? status : spool_add(&queue->spool, SPAN("\n"), now_us);
}

int queue_seal(struct event_queue *queue)
{
	int64_t now_us = clock_mono_us();

	if (!queue->path || spool_due_us(&queue->spool) > now_us)
		return 0;
	return spool_settle(&queue->spool, now_us);
}
