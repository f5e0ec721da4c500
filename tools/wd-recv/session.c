#include "tools/wd-recv/session.h"

#include "common/base/array.h"
#include "common/log/log.h"
#include "common/pipeline/acknowledge.h"
#include "common/pipeline/cause.h"
#include "common/pipeline/source.h"
#include "tools/wd-recv/window.h"

#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

struct session {
	struct receiver *receiver;
	struct pipeline_source source;
	struct recv_window window;
	bool is_alone; /* one message only, which is not the broker's business */
	bool lost;     /* the connection ended */
};

/* --- messages to COMMAND */

/* Lines of the types mark, ack and busy are not the sender's to write. */
static void feed_lines(struct session *session, struct span body)
{
	struct buffer *out = &session->source.pipeline.out;
	const char *at = body.data, *end = body.data + body.length;
	struct mark mark;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		struct span line = {at, (size_t)((newline ? newline : end) - at)};
		if (control_parse(line, &mark) != CONTROL_NONE) {
			session->receiver->dropped++;
		} else {
			buffer_add_span(out, line);
			buffer_add_char(out, '\n');
		}
		at += line.length + 1;
	}
	if (out->failed) {
		source_fail(&session->source, fail(EX_OSERR, "out of memory"));
	}
}

static void feed_message(struct session *session, uint64_t tag, struct span body)
{
	recv_window_add(&session->window, tag, body.length, session->source.now_us);
	feed_lines(session, body);
}

static void end_batch(struct session *session)
{
	buffer_printf(&session->source.pipeline.out,
		"{\"type\":\"mark\",\"mark\":\"%s.%" PRIu64 "\"}\n", session->source.pipeline.nonce,
		recv_window_end_batch(&session->window));
}

static void end_feeding(struct session *session)
{
	if (!session->source.ending && session->window.open.messages > 0)
		end_batch(session);
	session->source.ending = true;
}

static void read_link(struct session *session)
{
	struct queue_link *link = &session->receiver->link;
	struct queue_event event;

	while (queue_link_next(link, &event)) {
		if (event.kind == QUEUE_LOST) {
			session->lost = true;
			source_kill(&session->source);
		} else if (event.kind == QUEUE_DELIVERED && !session->source.ending &&
			   !session->source.killed) {
			feed_message(session, event.tag, event.body);
			if (recv_window_is_due(&session->window, session->source.now_us))
				end_batch(session);
		}
	}
}

static void write_input(struct session *session)
{
	if (!session->source.ending && recv_window_is_due(&session->window, session->source.now_us))
		end_batch(session);
	source_write(&session->source);
}

/* --- acknowledgements from COMMAND */

static bool acknowledge(void *self, const struct sink_reply *reply)
{
	struct session *session = self;
	struct receiver *receiver = session->receiver;
	uint64_t tag;
	size_t messages;

	if (!recv_window_ack(
		    &session->window, reply->mark, session->source.now_us, &tag, &messages))
		return false;
	if (session->is_alone || session->lost)
		return true;
	queue_link_acknowledge(&receiver->link, tag, true);
	receiver->acknowledged += (int64_t)messages;
	reply_counts_add(&receiver->counts, &reply->counts);
	return true;
}

/* --- time */

static bool is_waiting(const struct session *session)
{
	return session->source.pipeline.in_fd < 0 || session->window.messages > 0;
}

/* The broker would close the channel after its consumer_timeout, with an error. */
static void release_messages(struct session *session)
{
	log_warning("nothing was acknowledged: giving the messages back to the broker",
		{"waited", log_seconds((double)session->receiver->release_us / 1e6).text},
		{"messages", log_number((int64_t)session->window.messages).text});
	session->source.late = true;
	source_kill(&session->source);
}

static void check_time(struct session *session)
{
	struct receiver *receiver = session->receiver;

	if (!is_waiting(session))
		session->source.progress_us = session->source.now_us;
	if (session->source.killed)
		return;
	if (receiver_is_stopping(receiver)) {
		end_feeding(session);
		if (session->source.now_us >= receiver->stop_us + SOURCE_STOP_US)
			source_kill(&session->source);
	} else if (receiver->woken && session->source.busy) {
		source_kill(&session->source);
	} else if (session->window.messages > 0 &&
		   session->source.now_us >= session->window.waiting_us + receiver->release_us) {
		release_messages(session);
	} else if (session->source.now_us >= session->source.progress_us + receiver->deadline_us) {
		source_pass_deadline(&session->source, receiver->deadline_us,
			"COMMAND buffers: jq --unbuffered");
	}
	receiver->woken = false;
}

static int64_t next_time(const struct session *session)
{
	const struct receiver *receiver = session->receiver;
	const int64_t times[] = {
		recv_window_due_us(&session->window),
		is_waiting(session) ? session->source.progress_us + receiver->deadline_us
				    : INT64_MAX,
		session->window.messages > 0 ? session->window.waiting_us + receiver->release_us
					     : INT64_MAX,
		receiver_is_stopping(receiver) ? receiver->stop_us + SOURCE_STOP_US : INT64_MAX,
		source_linger_until_us(&session->source),
	};
	int64_t until_us = INT64_MAX;

	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		if (times[i] < until_us)
			until_us = times[i];
	}
	return until_us;
}

/* --- the loop */

static void turn(struct session *session)
{
	struct stage_pipeline *pipeline = &session->source.pipeline;
	struct pollfd fds[] = {
		{.fd = pipeline->out_fd, .events = POLLIN},
		{.fd = pipeline_unwritten(pipeline) > 0 ? pipeline->in_fd : -1, .events = POLLOUT},
		{.fd = pipeline->stages[0].pid_fd, .events = POLLIN},
	};

	session->source.now_us =
		receiver_poll(session->receiver, fds, ARRAY_SIZE(fds), next_time(session));
	if (fds[0].revents)
		source_read(&session->source, acknowledge, session);
	source_reap(&session->source);
	read_link(session);
	check_time(session);
	if (!session->source.killed)
		write_input(session);
}

static void conclude(const struct session *session, struct session_outcome *outcome)
{
	int end = session->source.pipeline.stages[0].end;
	enum cause cause = cause_find(&end, 1).cause;

	*outcome = (struct session_outcome){
		.kind = SESSION_DONE,
		.progressed = session->source.progressed,
		.messages = session->window.messages,
	};
	if (session->source.status) {
		outcome->kind = SESSION_OUTSIDE;
		outcome->status = session->source.status;
	} else if (session->source.mark_returned) {
		outcome->kind = SESSION_NO_SINK;
		outcome->status = EX_CONFIG;
	} else if (session->lost) {
		outcome->kind = SESSION_LOST;
	} else if (session->source.killed && session->source.late) {
		outcome->kind = SESSION_OUTSIDE;
		outcome->status = SOURCE_STATUS_DEADLINE;
	} else if (session->source.killed || receiver_is_stopping(session->receiver)) {
		outcome->kind = SESSION_STOPPED;
	} else if (cause != CAUSE_NONE) {
		outcome->kind = cause == CAUSE_DATA ? SESSION_DATA : SESSION_OUTSIDE;
		outcome->end = end;
		outcome->status = cause_status(end);
	} else if (outcome->messages > 0) {
		outcome->kind = session->source.closed ? SESSION_NO_ACKS : SESSION_OUTSIDE;
		outcome->status = session->source.closed ? EX_CONFIG : EX_TEMPFAIL;
	} else if (!session->is_alone) {
		outcome->kind = SESSION_OUTSIDE; /* COMMAND ended by itself */
		outcome->status = EX_TEMPFAIL;
	}
}

static void run(
	struct receiver *receiver, const struct span *alone, struct session_outcome *outcome)
{
	struct session session = {.receiver = receiver, .is_alone = alone != NULL};

	*outcome = (struct session_outcome){.kind = SESSION_OUTSIDE};
	outcome->status = source_start(&session.source, &receiver->commands);
	if (outcome->status)
		return;
	receiver->woken = false;
	if (alone) {
		feed_message(&session, 0, *alone);
		end_feeding(&session);
		write_input(&session);
	} else {
		/* poll(2) does not know of what arrived together with the subscription. */
		read_link(&session);
	}
	while (!source_is_over(&session.source))
		turn(&session);
	pipeline_close(&session.source.pipeline);
	conclude(&session, outcome);
	recv_window_release(&session.window);
}

void session_run(struct receiver *receiver, struct session_outcome *outcome)
{
	run(receiver, NULL, outcome);
}

void session_run_alone(
	struct receiver *receiver, struct span message, struct session_outcome *outcome)
{
	run(receiver, &message, outcome);
}
