#include "tools/wd-recv/session.h"

#include "common/base/array.h"
#include "common/log/log.h"
#include "common/pipeline/acknowledge.h"
#include "common/pipeline/cause.h"
#include "tools/wd-recv/window.h"

#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

/* After SIGTERM COMMAND has this long; all is over within 2 s. */
#define STOP_US (3 * CLOCK_SECOND_US / 2)

/* Once COMMAND has ended, processes that it has started may hold its output this long. */
#define LINGER_US CLOCK_SECOND_US

/* timeout(1)'s status. */
#define STATUS_DEADLINE 124

struct session {
	struct receiver *receiver;
	struct stage_pipeline pipeline;
	struct recv_window window;
	bool is_alone; /* one message only, which is not the broker's business */
	int64_t now_us;
	int64_t progress_us; /* of the last acknowledgement or busy line */
	int64_t ended_us;    /* when COMMAND ended; 0: it runs */
	bool ending;         /* nothing more is fed */
	bool closed;         /* the input was closed because nothing more is fed */
	bool late;           /* nothing was acknowledged within the deadline */
	bool killed;         /* by us: how COMMAND ended means nothing */
	bool lost;           /* the connection ended */
	bool busy;           /* the sink waits for its database */
	bool mark_returned;
	bool progressed;
	int status; /* wd-recv itself failed */
};

static void kill_command(struct session *session)
{
	session->killed = true;
	pipeline_close_input(&session->pipeline);
	pipeline_kill(&session->pipeline);
}

/* --- messages to COMMAND */

/* Lines of the types mark, ack and busy are not the sender's to write. */
static void feed_lines(struct session *session, struct span body)
{
	struct buffer *out = &session->pipeline.out;
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
		session->status = fail(EX_OSERR, "out of memory");
		kill_command(session);
	}
}

static void feed_message(struct session *session, uint64_t tag, struct span body)
{
	recv_window_add(&session->window, tag, body.length, session->now_us);
	feed_lines(session, body);
}

static void end_batch(struct session *session)
{
	buffer_printf(&session->pipeline.out, "{\"type\":\"mark\",\"mark\":\"%s.%" PRIu64 "\"}\n",
		session->pipeline.nonce, recv_window_end_batch(&session->window));
}

static void end_feeding(struct session *session)
{
	if (!session->ending && session->window.open.messages > 0)
		end_batch(session);
	session->ending = true;
}

static void read_link(struct session *session)
{
	struct queue_link *link = &session->receiver->link;
	struct queue_event event;

	while (queue_link_next(link, &event)) {
		if (event.kind == QUEUE_LOST) {
			session->lost = true;
			kill_command(session);
		} else if (event.kind == QUEUE_DELIVERED && !session->ending && !session->killed) {
			feed_message(session, event.tag, event.body);
			if (recv_window_is_due(&session->window, session->now_us))
				end_batch(session);
		}
	}
}

static void write_input(struct session *session)
{
	struct stage_pipeline *pipeline = &session->pipeline;

	if (!session->ending && recv_window_is_due(&session->window, session->now_us))
		end_batch(session);
	pipeline_write(pipeline);
	if (session->ending && pipeline_unwritten(pipeline) == 0 && pipeline->in_fd >= 0) {
		pipeline_close_input(pipeline);
		session->closed = true;
	}
}

/* --- acknowledgements from COMMAND */

static void handle_ack(struct session *session, const struct sink_reply *reply)
{
	struct receiver *receiver = session->receiver;
	uint64_t tag;
	size_t messages;

	if (!recv_window_ack(&session->window, reply->mark, session->now_us, &tag, &messages))
		return;
	session->progress_us = session->now_us;
	session->progressed = true;
	session->busy = false;
	if (session->is_alone || session->lost)
		return;
	queue_link_acknowledge(&receiver->link, tag, true);
	receiver->acknowledged += (int64_t)messages;
	reply_counts_add(&receiver->counts, &reply->counts);
}

static void handle_reply(void *self, const struct sink_reply *reply)
{
	struct session *session = self;

	switch (reply->kind) {
	case REPLY_ACK:
		handle_ack(session, reply);
		break;
	case REPLY_BUSY:
		session->progress_us = session->now_us;
		session->busy = true;
		break;
	case REPLY_MARK:
		session->mark_returned = true;
		kill_command(session);
		break;
	case REPLY_OTHER:
		break;
	}
}

/* --- time */

static bool is_waiting(const struct session *session)
{
	return session->pipeline.in_fd < 0 || session->window.messages > 0;
}

/* First the input is closed, so that a command that buffers writes what it has. */
static void pass_deadline(struct session *session)
{
	session->progress_us = session->now_us;
	if (!session->late && session->pipeline.in_fd >= 0) {
		session->closed = true;
		log_warning("nothing was acknowledged within the deadline: closing the input",
			{"deadline",
				log_seconds((double)session->receiver->deadline_us / 1e6).text},
			{"hint", "COMMAND buffers: jq --unbuffered"});
		session->ending = true;
		pipeline_close_input(&session->pipeline);
	} else {
		kill_command(session);
	}
	session->late = true;
}

/* The broker would close the channel after its consumer_timeout, with an error. */
static void release_messages(struct session *session)
{
	log_warning("nothing was acknowledged: giving the messages back to the broker",
		{"waited", log_seconds((double)session->receiver->release_us / 1e6).text},
		{"messages", log_number((int64_t)session->window.messages).text});
	session->late = true;
	kill_command(session);
}

static void check_time(struct session *session)
{
	struct receiver *receiver = session->receiver;

	if (!is_waiting(session))
		session->progress_us = session->now_us;
	if (session->killed)
		return;
	if (receiver_is_stopping(receiver)) {
		end_feeding(session);
		if (session->now_us >= receiver->stop_us + STOP_US)
			kill_command(session);
	} else if (receiver->woken && session->busy) {
		kill_command(session);
	} else if (session->window.messages > 0 &&
		   session->now_us >= session->window.waiting_us + receiver->release_us) {
		release_messages(session);
	} else if (session->now_us >= session->progress_us + receiver->deadline_us) {
		pass_deadline(session);
	}
	receiver->woken = false;
}

static int64_t next_time(const struct session *session)
{
	const struct receiver *receiver = session->receiver;
	const int64_t times[] = {
		recv_window_due_us(&session->window),
		is_waiting(session) ? session->progress_us + receiver->deadline_us : INT64_MAX,
		session->window.messages > 0 ? session->window.waiting_us + receiver->release_us
					     : INT64_MAX,
		receiver_is_stopping(receiver) ? receiver->stop_us + STOP_US : INT64_MAX,
		session->ended_us ? session->ended_us + LINGER_US : INT64_MAX,
	};
	int64_t until_us = INT64_MAX;

	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		if (times[i] < until_us)
			until_us = times[i];
	}
	return until_us;
}

/* --- the loop */

static void check_command(struct session *session)
{
	if (pipeline_reap(&session->pipeline) > 0)
		return;
	pipeline_close_input(&session->pipeline);
	if (!session->ended_us)
		session->ended_us = session->now_us;
}

static bool is_over(const struct session *session)
{
	return session->ended_us && (session->pipeline.out_fd < 0 || session->killed ||
					    session->now_us >= session->ended_us + LINGER_US);
}

static void turn(struct session *session)
{
	struct stage_pipeline *pipeline = &session->pipeline;
	struct pollfd fds[] = {
		{.fd = pipeline->out_fd, .events = POLLIN},
		{.fd = pipeline_unwritten(pipeline) > 0 ? pipeline->in_fd : -1, .events = POLLOUT},
		{.fd = pipeline->stages[0].pid_fd, .events = POLLIN},
	};

	session->now_us =
		receiver_poll(session->receiver, fds, ARRAY_SIZE(fds), next_time(session));
	if (fds[0].revents)
		pipeline_read(pipeline, handle_reply, session);
	check_command(session);
	read_link(session);
	check_time(session);
	if (!session->killed)
		write_input(session);
}

static void conclude(const struct session *session, struct session_outcome *outcome)
{
	int end = session->pipeline.stages[0].end;
	enum cause cause = cause_find(&end, 1).cause;

	*outcome = (struct session_outcome){
		.kind = SESSION_DONE,
		.progressed = session->progressed,
		.messages = session->window.messages,
	};
	if (session->status) {
		outcome->kind = SESSION_OUTSIDE;
		outcome->status = session->status;
	} else if (session->mark_returned) {
		outcome->kind = SESSION_NO_SINK;
		outcome->status = EX_CONFIG;
	} else if (session->lost) {
		outcome->kind = SESSION_LOST;
	} else if (session->killed && session->late) {
		outcome->kind = SESSION_OUTSIDE;
		outcome->status = STATUS_DEADLINE;
	} else if (session->killed || receiver_is_stopping(session->receiver)) {
		outcome->kind = SESSION_STOPPED;
	} else if (cause != CAUSE_NONE) {
		outcome->kind = cause == CAUSE_DATA ? SESSION_DATA : SESSION_OUTSIDE;
		outcome->end = end;
		outcome->status = cause_status(end);
	} else if (outcome->messages > 0) {
		outcome->kind = session->closed ? SESSION_NO_ACKS : SESSION_OUTSIDE;
		outcome->status = session->closed ? EX_CONFIG : EX_TEMPFAIL;
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
	outcome->status = pipeline_start(&session.pipeline, &receiver->commands);
	if (outcome->status)
		return;
	session.now_us = session.progress_us = clock_mono_us();
	receiver->woken = false;
	if (alone) {
		feed_message(&session, 0, *alone);
		end_feeding(&session);
		write_input(&session);
	} else {
		/* poll(2) does not know of what arrived together with the subscription. */
		read_link(&session);
	}
	while (!is_over(&session))
		turn(&session);
	pipeline_close(&session.pipeline);
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
