#include "tools/wd-send/send.h"

#include "common/base/array.h"
#include "common/lines/lines.h"
#include "common/log/log.h"
#include "common/pipeline/busy.h"
#include "common/process/signals.h"
#include "common/queue/link.h"
#include "common/record/record.h"
#include "common/record/reject.h"
#include "common/scan/scan.h"
#include "common/time/clock.h"
#include "tools/wd-send/outbox.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

/* After SIGTERM confirms are awaited for this long. */
#define STOP_US (3 * CLOCK_SECOND_US / 2)

#define SHA256_SIZE     32
#define MESSAGE_ID_SIZE (2 * SHA256_SIZE + 1)

struct sender {
	const struct send_settings *settings;
	struct queue_link link;
	struct outbox outbox;
	struct busy busy;
	struct buffer acks;
	int64_t messages; /* confirmed */
	int64_t dropped;  /* lines of the types mark, ack and busy that are not for us */
	bool has_marks;   /* the source waits for acknowledgements */
	bool is_returned; /* the broker could not route a message */
};

/* --- the broker */

static void make_id(struct span body, char id[MESSAGE_ID_SIZE])
{
	unsigned char digest[SHA256_SIZE];
	unsigned length = 0;

	EVP_Digest(body.data, body.length, digest, &length, EVP_sha256(), NULL);
	for (unsigned i = 0; i < length; i++)
		snprintf(id + (size_t)2 * i, 3, "%02x", digest[i]);
}

static bool takes_more(const struct sender *sender)
{
	struct pollfd socket = {.fd = queue_link_fd(&sender->link), .events = POLLOUT};

	return queue_link_is_up(&sender->link) && !sender->link.is_lost &&
	       !sender->link.is_blocked && poll(&socket, 1, 0) > 0 && socket.revents & POLLOUT;
}

static void publish(struct sender *sender)
{
	while (outbox_has_unpublished(&sender->outbox) && takes_more(sender)) {
		const struct outbox_message *message = outbox_publish(&sender->outbox);
		char id[MESSAGE_ID_SIZE] = "";
		if (!message)
			break;
		make_id(buffer_span(&message->body), id);
		queue_link_publish(&sender->link, sender->settings->queue.names[message->queue],
			buffer_span(&message->body), id);
	}
}

/* The connection is made again, which finds out whether a queue is missing. */
static void reconnect(struct sender *sender)
{
	queue_link_reset(&sender->link);
	outbox_unpublish(&sender->outbox);
}

static void handle_event(struct sender *sender, const struct queue_event *event)
{
	size_t waiting = sender->outbox.count;

	switch (event->kind) {
	case QUEUE_CONFIRMED:
		outbox_confirm(&sender->outbox, event->tag, event->multiple);
		sender->messages += (int64_t)(waiting - sender->outbox.count);
		busy_end(&sender->busy);
		break;
	case QUEUE_REFUSED:
		log_warning("the broker could not store a message: sending it again",
			{"unconfirmed", log_number((int64_t)waiting).text},
			{"retry_in", log_seconds(queue_link_back_off(&sender->link)).text});
		outbox_unpublish(&sender->outbox);
		break;
	case QUEUE_RETURNED:
		log_error("the broker returned a message", {"reason", event->reason});
		sender->is_returned = true;
		reconnect(sender);
		break;
	case QUEUE_LOST:
		outbox_unpublish(&sender->outbox);
		break;
	case QUEUE_DELIVERED:
		break;
	}
}

static int write_acks(struct sender *sender)
{
	outbox_acknowledge(&sender->outbox, &sender->acks);
	return sender->acks.length ? buffer_write(&sender->acks, STDOUT_FILENO, "stdout") : 0;
}

/* Do all that is possible without waiting. Returns 0 or an exit status. */
static int turn(struct sender *sender)
{
	struct queue_event event;
	bool was_up = queue_link_is_up(&sender->link);
	int status = queue_link_run(&sender->link, clock_mono_us());

	if (status)
		return status;
	if (sender->is_returned && !was_up && queue_link_is_up(&sender->link))
		return fail(EX_TEMPFAIL, "a message cannot be routed, although its queue exists",
			{"hint", "rabbitmqctl list_queues: look for a queue that is down"});
	publish(sender);
	while (queue_link_next(&sender->link, &event))
		handle_event(sender, &event);
	publish(sender);
	status = write_acks(sender);
	if (outbox_is_empty(&sender->outbox))
		busy_end(&sender->busy);
	else
		busy_begin(&sender->busy, BUSY_BROKER);
	return status;
}

static struct pollfd watch(void *self)
{
	const struct sender *sender = self;
	struct pollfd fd = {.fd = queue_link_fd(&sender->link), .events = POLLIN};

	if (queue_link_is_up(&sender->link) && !sender->link.is_blocked &&
		outbox_has_unpublished(&sender->outbox))
		fd.events |= POLLOUT;
	return fd;
}

static int timeout_ms(void *self)
{
	const struct sender *sender = self;
	int64_t now_us = clock_mono_us();
	int64_t wait_us = queue_link_next_us(&sender->link, now_us) - now_us;

	if (wait_us <= 0)
		return 0;
	return wait_us > CLOCK_MINUTE_US ? (int)(CLOCK_MINUTE_US / 1000)
					 : (int)(wait_us / 1000) + 1;
}

static int stopped(const struct sender *sender)
{
	return fail(EX_TEMPFAIL, "stopped before everything was confirmed",
		{"messages", log_number((int64_t)sender->outbox.count).text});
}

/* Wait until `is_done`, or some time after SIGTERM. Returns 0 or an exit status. */
static int wait_for(struct sender *sender, bool (*is_done)(const struct outbox *))
{
	int64_t stop_us = INT64_MAX;
	int status = turn(sender);

	while (!status && !is_done(&sender->outbox)) {
		struct pollfd fds[] = {watch(sender), {.fd = signals_fd(), .events = POLLIN}};
		int64_t now_us = clock_mono_us();
		int wait_ms = timeout_ms(sender);
		if (stop_requested() && stop_us == INT64_MAX)
			stop_us = now_us + STOP_US;
		if (now_us >= stop_us)
			return stopped(sender);
		if (stop_requested()) {
			fds[1].fd = -1;
			wait_ms = wait_ms < 100 ? wait_ms : 100;
		}
		poll(fds, ARRAY_SIZE(fds), wait_ms);
		status = turn(sender);
	}
	return status;
}

static bool has_room(const struct outbox *outbox)
{
	return !outbox_is_full(outbox);
}

/* --- the lines */

static size_t queue_of(const struct sender *sender, struct span line)
{
	static const char *const names[] = {"kit_id"};
	static struct scan_keys keys;
	const struct send_settings *settings = sender->settings;
	struct scan_member member;
	struct scan_error error;
	char kit[RECORD_ID_MAX + 1];

	if (!settings->routes_by_kit)
		return 0;
	if (keys.count == 0)
		scan_keys_init(&keys, names, ARRAY_SIZE(names));
	struct scan_pick pick = {&keys, &member, NULL, 0};
	if (!scan_pick(line, SCAN_REPAIR, &pick, &error) ||
		scan_text(member.value, kit, sizeof(kit)) == 0)
		return 0;
	return shard_of(kit, (unsigned)settings->queue.name_count) - 1;
}

static int add(struct sender *sender, size_t queue, struct span line)
{
	if (!outbox_add(&sender->outbox, queue, line))
		return fail(EX_OSERR, "out of memory");
	return outbox_is_full(&sender->outbox) ? wait_for(sender, has_room) : 0;
}

static int reject(struct sender *sender, size_t queue, struct span line)
{
	char detail[64], reason[REJECT_REASON_SIZE];
	struct buffer record = {0};

	snprintf(detail, sizeof(detail), "line longer than %zu bytes",
		sender->settings->message_max < LINES_LINE_MAX ? sender->settings->message_max
							       : LINES_LINE_MAX);
	record_put_reject(&record, &(struct record_reject){.stage = "wd-send",
					   .reason = reject_reason(reason, REJECT_TOO_LONG, detail),
					   .raw = line});
	sender->outbox.counts.rejected++;
	log_warning("a line is too long for a message: sending a reject in its place",
		{"bytes", log_number((int64_t)line.length).text});
	int status = record.failed
			     ? fail(EX_OSERR, "out of memory")
			     : add(sender, queue, (struct span){record.data, record.length - 1});
	buffer_release(&record);
	return status;
}

static int on_mark(struct sender *sender, const struct mark *mark)
{
	if (!sender->has_marks) {
		int status = busy_open(&sender->busy, STDOUT_FILENO);
		if (status)
			return status;
		sender->has_marks = true;
	}
	outbox_add_mark(&sender->outbox, mark);
	return outbox_is_full(&sender->outbox) ? wait_for(sender, has_room) : 0;
}

static int on_line(void *self, struct span line)
{
	struct sender *sender = self;
	struct mark mark;

	switch (control_parse(line, &mark)) {
	case CONTROL_MARK:
		return on_mark(sender, &mark);
	case CONTROL_REPLY:
		sender->dropped++;
		return 0;
	case CONTROL_NONE:
		break;
	}
	sender->outbox.counts.read++;
	if (line.length >= sender->settings->message_max)
		return reject(sender, queue_of(sender, line), line);
	sender->outbox.counts.stored++;
	return add(sender, queue_of(sender, line), line);
}

static int on_overlong(void *self, struct span beginning)
{
	struct sender *sender = self;

	sender->outbox.counts.read++;
	return reject(sender, 0, beginning);
}

/* A source that sends again what is not acknowledged must not get half a line into the queue. */
static int on_rest(void *self, struct span rest)
{
	const struct sender *sender = self;

	if (!sender->has_marks)
		return on_line(self, rest);
	log_warning(
		"incomplete last line dropped", {"bytes", log_number((int64_t)rest.length).text});
	return 0;
}

static int on_settle(void *self, bool is_idle)
{
	struct sender *sender = self;

	if (is_idle)
		outbox_seal(&sender->outbox);
	return turn(sender);
}

int send_run(const struct send_settings *settings)
{
	static char *const no_files[] = {NULL};
	struct sender sender = {.settings = settings};
	const struct line_handler handler = {
		.self = &sender,
		.line = on_line,
		.overlong = on_overlong,
		.rest = on_rest,
		.settle = on_settle,
		.timeout_ms = timeout_ms,
		.watch = watch,
		.progress = LINES_PROGRESS_HIDDEN,
	};
	int status = queue_link_open(&sender.link, &settings->queue);

	if (status)
		return status;
	outbox_init(&sender.outbox, settings->queue.name_count);
	status = lines_run(no_files, &handler);
	if (!status)
		status = wait_for(&sender, outbox_is_empty);
	log_info("messages", {"confirmed", log_number(sender.messages).text},
		{"unconfirmed", log_number((int64_t)sender.outbox.count).text},
		{sender.dropped ? "dropped" : NULL, log_number(sender.dropped).text});
	busy_close(&sender.busy);
	if (!queue_link_close(&sender.link))
		_exit(status);
	outbox_release(&sender.outbox);
	buffer_release(&sender.acks);
	return status;
}
