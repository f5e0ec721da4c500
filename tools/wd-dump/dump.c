#include "tools/wd-dump/dump.h"

#include "common/base/array.h"
#include "common/cli/progress.h"
#include "common/log/log.h"
#include "tools/wd-dump/flights.h"

#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#define FLUSH_BYTES ((size_t)64 << 10)

/* Of rows with one time a kit's position comes before its detections. */
static const size_t order[] = {TABLE_KIT, TABLE_KIT_STATUS, TABLE_SYSTEM_HEALTH, TABLE_DRONE,
	TABLE_SIGNAL, TABLE_COVERAGE, TABLE_EVENT, TABLE_REJECT, TABLE_SIGHTING};

enum {
	FIRST_TIMED = 2, /* in `order` */
	STREAMS = sizeof(order) / sizeof(order[0]),
};

struct stream {
	size_t t;
	bool more;
	struct row row;
};

struct merge {
	struct source *source;
	struct flights *flights; /* the stream of TABLE_SIGHTING */
	bool all_sightings;      /* are in `flights` */
	struct stream streams[STREAMS];
	struct buffer out;
	struct progress progress; /* counts the rows */
};

/* Read sightings until a flight is complete. */
static int next_flight(struct merge *merge, struct stream *stream)
{
	struct row sighting = {.table = &tables[TABLE_SIGHTING]};
	int status = 0;

	while (!(stream->more = flights_next(merge->flights, &stream->row)) &&
		!merge->all_sightings) {
		bool more;
		status =
			merge->source->calls->next(merge->source, TABLE_SIGHTING, &sighting, &more);
		if (status)
			return status;
		if (more) {
			flights_add(merge->flights, &sighting);
		} else {
			flights_finish(merge->flights);
			merge->all_sightings = true;
		}
	}
	return status;
}

static int next_row(struct merge *merge, struct stream *stream)
{
	if (stream->t == TABLE_SIGHTING)
		return next_flight(merge, stream);
	return merge->source->calls->next(merge->source, stream->t, &stream->row, &stream->more);
}

static bool has_key(size_t t, const bool *exists)
{
	for (size_t c = 0; c < tables[t].count && tables[t].columns[c].key; c++) {
		if (!exists[c])
			return false;
	}
	return true;
}

/* Start a stream. A table that does not exist has no rows. */
static int begin(struct merge *merge, struct stream *stream, const struct selection *selection,
	size_t *found)
{
	const struct source_calls *calls = merge->source->calls;
	bool exists[COLUMNS_MAX] = {false};
	struct query query;

	stream->row.table = &tables[stream->t];
	int status = calls->columns(merge->source, stream->t, exists);
	if (status || !has_key(stream->t, exists))
		return status;
	(*found)++;
	query_build(&query, calls->dialect, stream->t, exists, selection);
	status = query.sql.failed ? fail(EX_OSERR, "out of memory")
				  : calls->begin(merge->source, stream->t, &query);
	query_release(&query);
	return status ? status : next_row(merge, stream);
}

static int begin_all(
	struct merge *merge, const bool wanted[TABLE_COUNT], const struct selection *selection)
{
	const char *missing = NULL;
	size_t found = 0;
	int status = 0;

	for (size_t i = 0; i < STREAMS && !status; i++) {
		merge->streams[i].t = order[i];
		if (!wanted[order[i]])
			continue;
		missing = tables[order[i]].name;
		status = begin(merge, &merge->streams[i], selection, &found);
	}
	if (!status && !found)
		status = fail(EX_CONFIG, "no such table in the database", {"table", missing},
			{"hint", "wd-store --migrate"});
	return status;
}

static int put_row(struct merge *merge, struct stream *stream)
{
	row_put(&merge->out, &stream->row);
	merge->progress.count++;
	if (merge->out.length >= FLUSH_BYTES) {
		merge->progress.reached = row_time(&stream->row);
		progress_show(&merge->progress);
		int status = buffer_write(&merge->out, STDOUT_FILENO, "stdout");
		if (status)
			return status;
	}
	return next_row(merge, stream);
}

/* Return the stream whose row is next, or NULL. */
static struct stream *earliest(struct merge *merge)
{
	struct stream *best = NULL;

	for (size_t i = FIRST_TIMED; i < STREAMS; i++) {
		struct stream *stream = &merge->streams[i];
		if (stream->more && (!best || row_time(&stream->row) < row_time(&best->row)))
			best = stream;
	}
	return best;
}

static int put_all(struct merge *merge)
{
	struct stream *stream;
	int status = 0;

	for (size_t i = 0; i < FIRST_TIMED; i++) {
		while (!status && merge->streams[i].more)
			status = put_row(merge, &merge->streams[i]);
	}
	while (!status && (stream = earliest(merge)) != NULL)
		status = put_row(merge, stream);
	return status ? status : buffer_write(&merge->out, STDOUT_FILENO, "stdout");
}

int dump(struct source *source, const bool wanted[TABLE_COUNT], const struct selection *selection)
{
	struct merge *merge = calloc(1, sizeof(*merge));

	if (!merge)
		return fail(EX_OSERR, "out of memory");
	merge->source = source;
	merge->flights = flights_open(selection);
	progress_open(&merge->progress, "rows", !isatty(STDOUT_FILENO));
	int status = begin_all(merge, wanted, selection);
	if (!status)
		status = put_all(merge);
	progress_close(&merge->progress);
	if (!status)
		log_debug("done", {"rows", log_number((int64_t)merge->progress.count).text});
	flights_close(merge->flights);
	buffer_release(&merge->out);
	free(merge);
	return status;
}
