#define _GNU_SOURCE /* pipe2() */
#include "common/pipeline/pipeline.h"

#include "common/log/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sysexits.h>
#include <unistd.h>

/* Fewer wake-ups on both sides; whatever the user may not have stays as it is. */
#define PIPE_BYTES (256 << 10)

/* Number of written bytes at which they are removed from the front of the buffer. */
#define COMPACT_BYTES ((size_t)1 << 20)

static int cannot(const char *message)
{
	return fail(EX_OSERR, message, LOG_ERRNO(errno));
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int make_nonce(char nonce[NONCE_SIZE])
{
	uint64_t number;

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return cannot("no random number for marks");
	snprintf(nonce, NONCE_SIZE, "%016" PRIx64, number);
	return 0;
}

/* Start the stages from the first; each reads what the one before writes. */
static int start_stages(struct stage_pipeline *pipeline, const struct command_list *list)
{
	int input[2], link[2];
	int status = 0;

	if (pipe2(input, O_CLOEXEC))
		return cannot("cannot make a pipe");
	pipeline->in_fd = input[1];
	fcntl(input[1], F_SETPIPE_SZ, PIPE_BYTES);
	pipeline->out_fd = input[0];
	for (size_t i = 0; !status && i < list->count; i++) {
		if (pipe2(link, O_CLOEXEC))
			return cannot("cannot make a pipe");
		pid_t group = i > 0 ? pipeline->stages[0].pid : 0;
		status = stage_start(
			&pipeline->stages[i], &list->commands[i], pipeline->out_fd, link[1], group);
		if (!status)
			pipeline->count++;
		close(link[1]);
		close_fd(&pipeline->out_fd);
		pipeline->out_fd = link[0];
	}
	return status;
}

void command_list_release(struct command_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		command_release(&list->commands[i]);
	for (size_t i = 0; i < list->text_count; i++)
		free(list->texts[i]);
	*list = (struct command_list){0};
}

int pipeline_start(struct stage_pipeline *pipeline, const struct command_list *list)
{
	*pipeline = (struct stage_pipeline){.in_fd = -1, .out_fd = -1};
	int status = make_nonce(pipeline->nonce);

	if (!status)
		status = start_stages(pipeline, list);
	if (status) {
		pipeline_kill(pipeline);
		pipeline_close(pipeline);
		return status;
	}
	fcntl(pipeline->in_fd, F_SETFL, O_NONBLOCK);
	fcntl(pipeline->out_fd, F_SETFL, O_NONBLOCK);
	return 0;
}

static void compact(struct stage_pipeline *pipeline)
{
	struct buffer *out = &pipeline->out;

	if (pipeline->written < out->length && pipeline->written < COMPACT_BYTES)
		return;
	memmove(out->data, out->data + pipeline->written, out->length - pipeline->written);
	out->length -= pipeline->written;
	pipeline->written = 0;
}

void pipeline_write(struct stage_pipeline *pipeline)
{
	while (pipeline->in_fd >= 0 && pipeline_unwritten(pipeline) > 0) {
		ssize_t n = write(pipeline->in_fd, pipeline->out.data + pipeline->written,
			pipeline_unwritten(pipeline));
		if (n > 0)
			pipeline->written += (size_t)n;
		else if (errno == EAGAIN || errno == EWOULDBLOCK)
			break;
		else if (errno != EINTR)
			pipeline_close_input(pipeline);
	}
	if (pipeline->written > 0)
		compact(pipeline);
}

static void handle_line(struct stage_pipeline *pipeline,
	void (*handle)(void *self, const struct sink_reply *reply), void *self)
{
	struct span line = {pipeline->reply, pipeline->reply_length};

	if (!pipeline->skipping) {
		struct sink_reply reply = reply_parse(line, pipeline->nonce);
		if (reply.kind != REPLY_OTHER)
			handle(self, &reply);
	}
	pipeline->reply_length = 0;
	pipeline->skipping = false;
}

/* Add a part of a line; what is too long is no reply. */
static void add_part(struct stage_pipeline *pipeline, const char *part, size_t length)
{
	if (length > sizeof(pipeline->reply) - pipeline->reply_length)
		pipeline->skipping = true;
	if (pipeline->skipping)
		return;
	memcpy(pipeline->reply + pipeline->reply_length, part, length);
	pipeline->reply_length += length;
}

void pipeline_read(struct stage_pipeline *pipeline,
	void (*handle)(void *self, const struct sink_reply *reply), void *self)
{
	char bytes[64 << 10];
	ssize_t n = read(pipeline->out_fd, bytes, sizeof(bytes));

	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return;
	if (n <= 0) {
		close_fd(&pipeline->out_fd);
		return;
	}
	for (const char *at = bytes, *end = bytes + n; at < end;) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		add_part(pipeline, at, (size_t)((newline ? newline : end) - at));
		if (!newline)
			break;
		handle_line(pipeline, handle, self);
		at = newline + 1;
	}
}

void pipeline_close_input(struct stage_pipeline *pipeline)
{
	close_fd(&pipeline->in_fd);
	pipeline->out.length = pipeline->written = 0;
}

size_t pipeline_reap(struct stage_pipeline *pipeline)
{
	size_t running = 0;

	for (size_t i = 0; i < pipeline->count; i++)
		running += !stage_reap(&pipeline->stages[i]);
	return running;
}

/* The group outlives its first process only while others of it run: without any, its number may be
 * used again. A command may have started processes of its own, so all of the group is killed. */
void pipeline_kill(const struct stage_pipeline *pipeline)
{
	for (size_t i = 0; i < pipeline->count; i++) {
		if (pipeline->stages[i].pid_fd >= 0) {
			kill(-pipeline->stages[0].pid, SIGKILL);
			return;
		}
	}
}

void pipeline_close(struct stage_pipeline *pipeline)
{
	close_fd(&pipeline->in_fd);
	close_fd(&pipeline->out_fd);
	for (size_t i = 0; i < pipeline->count; i++)
		stage_wait(&pipeline->stages[i]);
	buffer_release(&pipeline->out);
	pipeline->count = 0;
}
