/* COMMAND, from its start to its end, with messages of one connection. */
#ifndef WD_RECV_SESSION_H
#define WD_RECV_SESSION_H

#include "tools/wd-recv/receiver.h"

enum session_kind {
	SESSION_DONE,    /* the only message was stored */
	SESSION_STOPPED, /* by a signal */
	SESSION_LOST,    /* the connection ended, or has to be made again */
	SESSION_DATA,    /* COMMAND failed in a way that may be the input's fault */
	SESSION_OUTSIDE, /* it failed for a reason outside of the input */
	SESSION_NO_ACKS, /* COMMAND ended well, but marks were not acknowledged */
	SESSION_NO_SINK, /* a mark came back: COMMAND does not acknowledge */
};

struct session_outcome {
	enum session_kind kind;
	int end;         /* COMMAND's wait status, where `status` is that */
	int status;      /* an exit status for the failure */
	bool progressed; /* something was acknowledged */
	size_t messages; /* that were not acknowledged */
};

/* Feed COMMAND what the link delivers, and acknowledge to the broker what COMMAND acknowledges,
 * until one of them ends. The caller resets the link. */
void session_run(struct receiver *receiver, struct session_outcome *outcome);

/* Feed only `message`, and wait for COMMAND's end; the broker gets no acknowledgement. What the
 * link delivers meanwhile is dropped. */
void session_run_alone(
	struct receiver *receiver, struct span message, struct session_outcome *outcome);

#endif
