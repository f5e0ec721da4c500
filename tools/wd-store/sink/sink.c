#include "tools/wd-store/sink/sink.h"

#include "common/pipeline/thread.h"
#include "common/process/event.h"

#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

static void *store(void *self)
{
	struct sink *sink = self;

	sink->stored = 0;
	sink->result = sink->calls->store(sink, sink->rows, &sink->stored);
	event_signal(sink->done_fd);
	return NULL;
}

int sink_open_worker(struct sink *sink)
{
	return event_open(&sink->done_fd);
}

void sink_send(struct sink *sink, const struct rows *rows)
{
	sink->rows = rows;
	sink->working = thread_start(&sink->worker, store, sink);
	if (!sink->working)
		store(sink);
}

bool sink_is_done(const struct sink *sink)
{
	return event_is_signaled(sink->done_fd);
}

static void join_worker(struct sink *sink)
{
	if (sink->working)
		pthread_join(sink->worker, NULL);
	sink->working = false;
	event_take(sink->done_fd);
}

enum sink_result sink_finish(struct sink *sink, size_t *stored)
{
	join_worker(sink);
	*stored = sink->stored;
	return sink->result;
}

void sink_close(struct sink *sink)
{
	if (sink->done_fd > 0) {
		join_worker(sink);
		close(sink->done_fd);
	}
	sink->calls->close(sink);
}

enum sink_result sink_error(
	struct sink *sink, enum sink_result result, const char *code, const char *what)
{
	struct sink_error *error = &sink->error;

	*error = (struct sink_error){0};
	snprintf(error->code, sizeof(error->code), "%s", code);
	snprintf(error->reason, sizeof(error->reason), "%s%s%s", code, *code && what ? " " : "",
		what ? what : "");
	return result;
}

enum sink_result sink_report(struct sink *sink)
{
	const struct sink_error *error = &sink->error;
	size_t code = strlen(error->code);
	bool has_reason = error->reason[code] != '\0';

	/* Classes of SQLSTATE: an invalid authorization, an invalid catalog name. */
	bool is_refused = strncmp(error->code, "28", 2) == 0 || strncmp(error->code, "3D", 2) == 0;

	return sink_fail(sink, error->status,
		is_refused ? "cannot use the database" : "schema mismatch",
		{"sqlstate", code ? error->code : NULL},
		{"reason", has_reason ? error->reason + code + (code > 0) : NULL},
		{"hint", error->hint});
}

enum sink_result sink_check_derived(struct sink *sink, size_t t, enum sink_result result)
{
	const struct sink_error cause = sink->error;

	if (result != SINK_REFUSED && result != SINK_SUSPECT)
		return result;
	return sink_fail(sink, EX_CONFIG, "cannot maintain a table", {"table", tables[t].name},
		{"reason", cause.reason}, {"hint", cause.hint ? cause.hint : "wd-store --migrate"});
}
