#include "common/queue/link.h"

#include "common/log/log.h"
#include "common/pipeline/thread.h"
#include "common/process/event.h"
#include "common/queue/connect.h"
#include "common/time/backoff.h"
#include "common/time/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#define BACKOFF_S     1.0
#define BACKOFF_MAX_S 30.0

/* A connection that ends sooner counts as a failed attempt. */
#define STABLE_US (5 * CLOCK_SECOND_US)

/* The library serves heartbeats when it is called. */
#define TURN_US (QUEUE_HEARTBEAT_S * CLOCK_SECOND_US / 4)

int queue_link_open(struct queue_link *link, const struct queue_settings *settings)
{
	*link = (struct queue_link){.settings = settings};
	return event_open(&link->connected_fd);
}

static void forget_message(struct queue_link *link)
{
	link->is_receiving = link->is_returned = false;
	link->body.length = link->id_length = 0;
}

/* Close the connection; `is_alive`: the broker may still answer. */
static void drop(struct queue_link *link, bool is_alive)
{
	forget_message(link);
	link->is_lost = link->is_blocked = false;
	if (link->connection && is_alive)
		queue_connection_close(link->connection);
	else if (link->connection)
		amqp_destroy_connection(link->connection);
	link->connection = NULL;
}

bool queue_link_close(struct queue_link *link)
{
	drop(link, !link->is_lost);
	buffer_release(&link->body);
	if (link->attempt)
		return false;
	close(link->connected_fd);
	return true;
}

void queue_link_reset(struct queue_link *link)
{
	drop(link, !link->is_lost);
}

/* --- attempts */

static void *attempt_thread(void *self)
{
	const struct queue_link *link = self;
	queue_attempt_run(link->attempt);
	event_signal(link->connected_fd);
	return NULL;
}

/* All brokers are tried before the first pause. */
static double schedule_retry(struct queue_link *link, int64_t now_us)
{
	size_t brokers = link->settings->broker_count;
	double wait_s = 0;

	link->failures++;
	link->next_broker = (link->next_broker + 1) % brokers;
	if (link->failures % brokers == 0)
		wait_s = backoff_wait_s(
			(unsigned)(link->failures / brokers), BACKOFF_S, BACKOFF_MAX_S);
	link->retry_us = now_us + (int64_t)(wait_s * CLOCK_SECOND_US);
	return wait_s;
}

double queue_link_back_off(struct queue_link *link)
{
	int64_t now_us = clock_mono_us();

	if (now_us >= link->up_since_us + STABLE_US)
		link->failures = 0;
	drop(link, !link->is_lost);
	return schedule_retry(link, now_us);
}

static void log_failure(struct queue_link *link, const char *message,
	const struct queue_broker *broker, const char *reason, double retry_s)
{
	/* One reason is logged once. */
	if (strcmp(link->reason, reason) == 0)
		return;
	snprintf(link->reason, sizeof(link->reason), "%s", reason);
	log_warning(message, {"host", broker->host}, {"port", log_number(broker->port).text},
		{"reason", reason}, {"retry_in", log_seconds(retry_s).text});
}

static int begin_attempt(struct queue_link *link, int64_t now_us)
{
	const struct queue_broker *broker = &link->settings->brokers[link->next_broker];

	link->attempt = calloc(1, sizeof(*link->attempt));
	if (!link->attempt)
		return fail(EX_OSERR, "out of memory");
	link->attempt->settings = link->settings;
	link->attempt->broker = broker;
	if (thread_start(&link->thread, attempt_thread, link))
		return 0;
	free(link->attempt);
	link->attempt = NULL;
	log_failure(link, "no connection to the broker", broker, "cannot start a thread",
		schedule_retry(link, now_us));
	return 0;
}

static int finish_attempt(struct queue_link *link, int64_t now_us)
{
	struct queue_attempt *attempt = link->attempt;
	const struct queue_broker *broker = attempt->broker;
	int status = 0;

	if (!event_take(link->connected_fd))
		return 0;
	pthread_join(link->thread, NULL);
	link->connection = attempt->connection;
	link->attempt = NULL;
	if (link->connection) {
		link->up_since_us = now_us;
		*link->reason = '\0';
		log_info("connected to the broker", {"host", broker->host},
			{"port", log_number(broker->port).text});
	} else if (attempt->status == EX_CONFIG) {
		status = fail(EX_CONFIG, "the broker cannot be used", {"host", broker->host},
			{"port", log_number(broker->port).text}, {"queue", attempt->queue},
			{"reason", attempt->reason}, {"hint", attempt->hint});
	} else {
		log_failure(link, "no connection to the broker", broker, attempt->reason,
			schedule_retry(link, now_us));
	}
	free(attempt);
	return status;
}

int queue_link_run(struct queue_link *link, int64_t now_us)
{
	if (link->attempt)
		return finish_attempt(link, now_us);
	if (!link->connection && now_us >= link->retry_us)
		return begin_attempt(link, now_us);
	return 0;
}

int queue_link_fd(const struct queue_link *link)
{
	if (link->attempt)
		return link->connected_fd;
	return link->connection ? amqp_get_sockfd(link->connection) : -1;
}

int64_t queue_link_next_us(const struct queue_link *link, int64_t now_us)
{
	if (link->attempt)
		return INT64_MAX;
	if (link->is_lost)
		return now_us;
	return link->connection ? now_us + TURN_US : link->retry_us;
}

/* --- events */

static void lose(struct queue_link *link, const char *reason)
{
	link->is_lost = true;
	snprintf(link->reason, sizeof(link->reason), "%s", reason);
}

static void report_lost(struct queue_link *link, struct queue_event *event)
{
	const struct queue_broker *broker = &link->settings->brokers[link->next_broker];
	int64_t now_us = clock_mono_us();
	double wait_s = 0;

	if (now_us < link->up_since_us + STABLE_US) {
		wait_s = schedule_retry(link, now_us);
	} else {
		link->failures = 0;
		link->retry_us = now_us;
	}
	log_warning("the connection to the broker ended", {"host", broker->host},
		{"port", log_number(broker->port).text}, {"reason", link->reason},
		{"retry_in", log_seconds(wait_s).text});
	drop(link, false);
	*event = (struct queue_event){.kind = QUEUE_LOST, .reason = link->reason};
}

static void begin_message(struct queue_link *link, const amqp_method_t *method)
{
	forget_message(link);
	link->is_receiving = true;
	if (method->id == AMQP_BASIC_DELIVER_METHOD) {
		const amqp_basic_deliver_t *delivered = method->decoded;
		link->tag = delivered->delivery_tag;
	} else {
		const amqp_basic_return_t *returned = method->decoded;
		link->is_returned = true;
		snprintf(link->reason, sizeof(link->reason), "%.*s", (int)returned->reply_text.len,
			(char *)returned->reply_text.bytes);
	}
}

static bool read_method(
	struct queue_link *link, const amqp_method_t *method, struct queue_event *event)
{
	char reason[sizeof(link->reason)];

	switch (method->id) {
	case AMQP_BASIC_DELIVER_METHOD:
	case AMQP_BASIC_RETURN_METHOD:
		begin_message(link, method);
		return false;
	case AMQP_BASIC_ACK_METHOD: {
		const amqp_basic_ack_t *ack = method->decoded;
		*event = (struct queue_event){.kind = QUEUE_CONFIRMED,
			.tag = ack->delivery_tag,
			.multiple = ack->multiple};
		return true;
	}
	case AMQP_BASIC_NACK_METHOD: {
		const amqp_basic_nack_t *nack = method->decoded;
		*event = (struct queue_event){.kind = QUEUE_REFUSED,
			.tag = nack->delivery_tag,
			.multiple = nack->multiple};
		return true;
	}
	case AMQP_BASIC_CANCEL_METHOD:
		lose(link, "the broker ended the subscription: the queue was deleted or moved");
		return false;
	case AMQP_CHANNEL_CLOSE_METHOD:
	case AMQP_CONNECTION_CLOSE_METHOD:
		queue_describe((amqp_rpc_reply_t){.reply_type = AMQP_RESPONSE_SERVER_EXCEPTION,
				       .reply = *method},
			reason, sizeof(reason));
		lose(link, reason);
		return false;
	case AMQP_CONNECTION_BLOCKED_METHOD:
		link->is_blocked = true;
		log_warning("the broker has no room: waiting",
			{"hint", "rabbitmqctl status: look for alarms of memory or disk"});
		return false;
	case AMQP_CONNECTION_UNBLOCKED_METHOD:
		link->is_blocked = false;
		return false;
	default:
		return false;
	}
}

static bool end_message(struct queue_link *link, struct queue_event *event)
{
	if (link->body.failed) {
		lose(link, "out of memory");
		return false;
	}
	if (link->body.length < link->body_size)
		return false;
	*event = (struct queue_event){
		.kind = link->is_returned ? QUEUE_RETURNED : QUEUE_DELIVERED,
		.tag = link->tag,
		.body = buffer_span(&link->body),
		.id = {link->id, link->id_length},
		.reason = link->reason,
	};
	link->is_receiving = false;
	return true;
}

static bool read_header(
	struct queue_link *link, const amqp_frame_t *frame, struct queue_event *event)
{
	const amqp_basic_properties_t *properties = frame->payload.properties.decoded;

	link->body_size = frame->payload.properties.body_size;
	if (properties->_flags & AMQP_BASIC_MESSAGE_ID_FLAG &&
		properties->message_id.len < sizeof(link->id)) {
		link->id_length = properties->message_id.len;
		memcpy(link->id, properties->message_id.bytes, link->id_length);
	}
	return end_message(link, event);
}

static bool read_frame(
	struct queue_link *link, const amqp_frame_t *frame, struct queue_event *event)
{
	switch (frame->frame_type) {
	case AMQP_FRAME_METHOD:
		return read_method(link, &frame->payload.method, event);
	case AMQP_FRAME_HEADER:
		return link->is_receiving && read_header(link, frame, event);
	case AMQP_FRAME_BODY:
		if (!link->is_receiving)
			return false;
		buffer_add(&link->body, frame->payload.body_fragment.bytes,
			frame->payload.body_fragment.len);
		return end_message(link, event);
	default:
		return false;
	}
}

bool queue_link_next(struct queue_link *link, struct queue_event *event)
{
	struct timeval no_time = {0};
	bool has_event = false;
	amqp_frame_t frame;

	if (!link->connection)
		return false;
	while (!link->is_lost && !has_event) {
		int result = amqp_simple_wait_frame_noblock(link->connection, &frame, &no_time);
		if (result == AMQP_STATUS_TIMEOUT)
			return false;
		if (result != AMQP_STATUS_OK) {
			lose(link, amqp_error_string2(result));
			break;
		}
		has_event = read_frame(link, &frame, event);
		amqp_maybe_release_buffers(link->connection);
	}
	if (!has_event)
		report_lost(link, event);
	return true;
}

/* --- what is sent */

static amqp_bytes_t bytes_of(struct span span)
{
	return (amqp_bytes_t){.len = span.length, .bytes = (void *)span.data};
}

void queue_link_publish(
	struct queue_link *link, const char *queue, struct span body, const char *id)
{
	amqp_basic_properties_t properties = {
		._flags = AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG |
			  AMQP_BASIC_CONTENT_TYPE_FLAG,
		.delivery_mode = AMQP_DELIVERY_PERSISTENT,
		.message_id = amqp_cstring_bytes(id),
		.content_type = amqp_cstring_bytes("application/x-ndjson"),
	};

	if (link->is_lost)
		return;
	int result = amqp_basic_publish(link->connection, QUEUE_CHANNEL, amqp_empty_bytes,
		amqp_cstring_bytes(queue), 1, 0, &properties, bytes_of(body));
	if (result != AMQP_STATUS_OK)
		lose(link, amqp_error_string2(result));
}

void queue_link_acknowledge(struct queue_link *link, uint64_t tag, bool multiple)
{
	if (link->is_lost)
		return;
	int result = amqp_basic_ack(link->connection, QUEUE_CHANNEL, tag, multiple);
	if (result != AMQP_STATUS_OK)
		lose(link, amqp_error_string2(result));
}
