#include "tools/wd-tee/copy.h"

#include "common/log/log.h"
#include "common/time/clock.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#define RETRY_US CLOCK_SECOND_US

/* How soon a reader that was slow is tried again. */
#define SLOW_MS 20

/* Sent bytes are cut off the front of the buffer when there are so many. */
#define COMPACT_BYTES ((size_t)1 << 20)

int copy_open(struct copy *copy, const char *path)
{
	const struct sockaddr_un address;

	*copy = (struct copy){.path = path, .fd = -1};
	if (path && strlen(path) >= sizeof(address.sun_path))
		return fail(EX_USAGE, "the path of a socket is too long", {"socket", path},
			{"expected", "at most 107 bytes"});
	return 0;
}

/* What was sent in part must not be continued by another connection. */
static void disconnect(struct copy *copy, int64_t now_us)
{
	if (copy->fd >= 0)
		close(copy->fd);
	copy->fd = -1;
	copy->pending.length = copy->sent = 0;
	copy->retry_us = now_us + RETRY_US;
}

static void connect_reader(struct copy *copy, int64_t now_us)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", copy->path);
	copy->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (copy->fd >= 0 && connect(copy->fd, (struct sockaddr *)&address, sizeof(address)) == 0) {
		copy->is_missed = false;
		log_info("copying lines", {"socket", copy->path});
		return;
	}
	int error = errno;
	disconnect(copy, now_us);
	if (!copy->is_missed)
		log_warning("no reader for the copy: lines are not copied until there is one",
			{"socket", copy->path}, LOG_ERRNO(error));
	copy->is_missed = true;
}

void copy_add(struct copy *copy, struct span line)
{
	if (copy->fd < 0)
		return;
	if (copy->pending.length - copy->sent + line.length >= COPY_BYTES_MAX) {
		copy->dropped++;
		return;
	}
	buffer_add_span(&copy->pending, line);
	buffer_add_char(&copy->pending, '\n');
}

static void compact(struct copy *copy)
{
	struct buffer *pending = &copy->pending;

	if (copy->sent < pending->length && copy->sent < COMPACT_BYTES)
		return;
	memmove(pending->data, pending->data + copy->sent, pending->length - copy->sent);
	pending->length -= copy->sent;
	copy->sent = 0;
}

/* How many lines have not been sent to their end. */
static int64_t count_pending(const struct copy *copy)
{
	int64_t lines = 0;

	for (size_t i = copy->sent; i < copy->pending.length; i++)
		lines += copy->pending.data[i] == '\n';
	return lines;
}

static void send_pending(struct copy *copy, int64_t now_us)
{
	while (copy->sent < copy->pending.length) {
		ssize_t n = send(copy->fd, copy->pending.data + copy->sent,
			copy->pending.length - copy->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n > 0) {
			copy->sent += (size_t)n;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			break;
		} else if (errno != EINTR) {
			int error = errno;
			log_warning("the reader of the copy has gone", {"socket", copy->path},
				LOG_ERRNO(error), {"lines", log_number(count_pending(copy)).text});
			copy->is_missed = true;
			disconnect(copy, now_us);
			return;
		}
	}
	if (copy->sent > 0)
		compact(copy);
}

static void report_dropped(struct copy *copy)
{
	if (copy->dropped == 0)
		return;
	log_warning("the reader of the copy is slow: lines were not copied", {"socket", copy->path},
		{"lines", log_number((int64_t)copy->dropped).text});
	copy->dropped = 0;
}

void copy_close(struct copy *copy)
{
	copy->dropped += (uint64_t)count_pending(copy);
	report_dropped(copy);
	disconnect(copy, 0);
	buffer_release(&copy->pending);
}

void copy_send(struct copy *copy, int64_t now_us)
{
	uint64_t suppressed;

	if (!copy->path)
		return;
	if (copy->pending.failed) {
		buffer_release(&copy->pending);
		copy->pending = (struct buffer){0};
		disconnect(copy, now_us);
	}
	if (copy->fd < 0 && now_us >= copy->retry_us)
		connect_reader(copy, now_us);
	if (copy->fd >= 0)
		send_pending(copy, now_us);
	if (copy->dropped > 0 && log_limit_allows(&copy->limit, now_us, &suppressed))
		report_dropped(copy);
}

int copy_wait_ms(const struct copy *copy, int64_t now_us)
{
	if (!copy->path)
		return -1;
	if (copy->fd < 0)
		return copy->retry_us > now_us ? (int)((copy->retry_us - now_us) / 1000) + 1 : 0;
	return copy->pending.length > copy->sent ? SLOW_MS : -1;
}
