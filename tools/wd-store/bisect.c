/* Storing a batch in which a row is bad: the good rows, and the bad ones as rejects. */
#include "tools/wd-store/bisect.h"

#include "common/log.h"

#include <stdio.h>
#include <sysexits.h>

struct bisect {
	struct sink *sink;
	struct rows *rows;
	struct counts counts;         /* of this transaction */
	size_t refused;               /* lines, by the database */
	char reason[SINK_REASON_MAX]; /* of the last of them */
};

/* Puts the lines below a mark; where a row is refused, undoes it and returns SINK_DATA. */
static int store_lines(struct bisect *bisect, const struct batch_line *lines, size_t count)
{
	const struct sink_calls *calls = bisect->sink->calls;
	size_t stored = 0;
	int status = rows_set_lines(bisect->rows, lines, count);

	if (!status)
		status = calls->mark(bisect->sink);
	if (status)
		return status;
	status = calls->put(bisect->sink, bisect->rows, &stored);
	if (status == SINK_DATA) {
		int undone = calls->undo(bisect->sink);
		return undone ? undone : SINK_DATA;
	}
	if (status)
		return status;
	rows_count(bisect->rows, stored, &bisect->counts);
	return calls->keep(bisect->sink);
}

/* The one line is the bad one: it becomes a row of `rejects`. */
static int store_reject(struct bisect *bisect, const struct batch_line *line)
{
	char reason[SINK_REASON_MAX + sizeof("refused: ")];
	struct batch_line refused = {line->text, reason};

	bisect->refused++;
	memcpy(bisect->reason, bisect->sink->reason, sizeof(bisect->reason));
	snprintf(reason, sizeof(reason), "refused: %s", bisect->sink->reason);
	int status = store_lines(bisect, &refused, 1);
	if (status == SINK_DATA)
		return fail(EX_UNAVAILABLE, "the database refuses a row and its reject",
			{"reason", bisect->sink->reason});
	return status;
}

static int store_or_split(struct bisect *bisect, const struct batch_line *lines, size_t count)
{
	size_t half = count / 2;
	int status = store_lines(bisect, lines, count);

	if (status != SINK_DATA)
		return status;
	if (count == 1)
		return store_reject(bisect, lines);
	status = store_or_split(bisect, lines, half);
	return status ? status : store_or_split(bisect, lines + half, count - half);
}

int bisect_store(struct sink *sink, struct batch *batch, struct rows *rows, struct counts *counts)
{
	struct bisect bisect = {.sink = sink, .rows = rows};
	int status = rows_set_lines(rows, batch->lines, batch->count);

	if (!status)
		status = sink->calls->begin(sink, rows);
	if (!status)
		status = store_or_split(&bisect, batch->lines, batch->count);
	if (!status)
		status = sink->calls->commit(sink);
	if (status)
		return status;
	counts_add(counts, &bisect.counts);
	if (bisect.refused > 0)
		log_warning("the database refused rows; they are in rejects",
			{"rows", log_number((int64_t)bisect.refused).text},
			{"reason", bisect.reason});
	return 0;
}
