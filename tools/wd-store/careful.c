/* Storing a batch in which a row is bad: the good rows, and the bad ones as rejects. */
#include "tools/wd-store/careful.h"

#include "common/log.h"

#include <stdio.h>
#include <sysexits.h>

struct careful {
	struct sink *sink;
	struct load *load;
	struct counts counts;         /* of this transaction */
	size_t refused;               /* lines, by the database */
	char reason[SINK_REASON_MAX]; /* of the last of them */
};

/* Puts the lines below a mark; where a row is refused, undoes it and returns SINK_DATA. */
static int put_lines(struct careful *careful, const struct line *lines, size_t count)
{
	const struct sink_calls *calls = careful->sink->calls;
	size_t stored = 0;
	int status = load_lines(careful->load, lines, count);

	if (!status)
		status = calls->mark(careful->sink);
	if (status)
		return status;
	status = calls->put(careful->sink, careful->load, &stored);
	if (status == SINK_DATA) {
		int undone = calls->undo(careful->sink);
		return undone ? undone : SINK_DATA;
	}
	if (status)
		return status;
	load_count(careful->load, stored, &careful->counts);
	return calls->keep(careful->sink);
}

/* The one line is the bad one: it becomes a row of `rejects`. */
static int set_aside(struct careful *careful, const struct line *line)
{
	char reason[SINK_REASON_MAX + sizeof("refused: ")];
	struct line refused = {line->text, reason};

	careful->refused++;
	memcpy(careful->reason, careful->sink->reason, sizeof(careful->reason));
	snprintf(reason, sizeof(reason), "refused: %s", careful->sink->reason);
	int status = put_lines(careful, &refused, 1);
	if (status == SINK_DATA)
		return fail(EX_UNAVAILABLE, "the database refuses a row and its reject",
			{"reason", careful->sink->reason});
	return status;
}

static int put_halves(struct careful *careful, const struct line *lines, size_t count)
{
	size_t half = count / 2;
	int status = put_lines(careful, lines, count);

	if (status != SINK_DATA)
		return status;
	if (count == 1)
		return set_aside(careful, lines);
	status = put_halves(careful, lines, half);
	return status ? status : put_halves(careful, lines + half, count - half);
}

int careful_store(struct sink *sink, struct batch *batch, struct load *load, struct counts *counts)
{
	struct careful careful = {.sink = sink, .load = load};
	int status = load_lines(load, batch->lines, batch->count);

	if (!status)
		status = sink->calls->begin(sink, load);
	if (!status)
		status = put_halves(&careful, batch->lines, batch->count);
	if (!status)
		status = sink->calls->commit(sink);
	if (status)
		return status;
	counts_add(counts, &careful.counts);
	if (careful.refused > 0)
		log_warning("the database refused rows; they are in rejects",
			{"rows", log_number((int64_t)careful.refused).text},
			{"reason", careful.reason});
	return 0;
}
