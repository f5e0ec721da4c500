/* Delivering a batch: retrying for as long as the database is unavailable, and finding the rows
 * that it refuses. */
#ifndef WD_STORE_DELIVER_H
#define WD_STORE_DELIVER_H

#include "common/pipeline/busy.h"
#include "tools/wd-store/sink/sink.h"

struct delivery {
	struct sink *sink;
	struct counts *counts;
	struct busy *busy;
	bool fail_fast;
	unsigned failures;                   /* consecutive, while the database is unavailable */
	char logged_reason[SINK_REASON_MAX]; /* of these failures */
	bool too_slow;                       /* set when a batch took too long as a whole */

	/* Of the current batch. */
	struct rows *rows;
	bool is_as_sent; /* it was committed as it was sent, at the first attempt */
	size_t refused;
	char refused_reason[SINK_REASON_MAX]; /* of the last refused line */
	int64_t split_since_us;               /* by clock_mono_us(); 0: it was not split */
	int64_t stop_since_us; /* when a signal to stop was noticed while it was split; or 0 */
	bool is_split_logged;
};

/* Bring a batch into the database whose rows were sent: each line is stored, or becomes
 * a row of `rejects` if the database refuses it. `rows` holds the batch's rows, and is used for
 * parts of the batch. Waits for as long as the database is unavailable, up to 30 s between
 * attempts. Return 0; EX_TEMPFAIL with `fail_fast`, or if a signal asks to stop while the database is
 * unavailable or while its refused rows are searched for longer than 5 s more; or another exit
 * status. */
int deliver(struct delivery *delivery, const struct batch *batch, struct rows *rows);

/* How a part of a batch failed so far. Zero-initialise. */
struct deliver_history {
	unsigned races;
	char code[6]; /* the SQLSTATE of the last failure */
};

enum deliver_action {
	DELIVER_AGAIN, /* at once */
	DELIVER_WAIT,  /* try again later */
	DELIVER_SPLIT, /* the parts, or reject the only line */
	DELIVER_PROBE, /* SPLIT if a synthetic row can be stored, else what its result requires */
	DELIVER_GIVE_UP,
};

/* Decide what follows the failure of an attempt to store `count` lines. */
enum deliver_action deliver_decide(struct deliver_history *history, enum sink_result result,
	const struct sink_error *error, size_t count);

/* How long to wait after `failures` (>= 1) consecutive failures, in seconds: `random` (0..1) times
 * 1, 2, 4 … 30 s, so that many writers do not return at the same time. */
double deliver_wait_s(unsigned failures, double random);

#endif
