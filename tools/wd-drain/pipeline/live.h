/* A pipeline that runs, as the parts of run_pipeline() see it. */
#ifndef WD_DRAIN_LIVE_H
#define WD_DRAIN_LIVE_H

#include "tools/wd-drain/pipeline/run.h"

struct run {
	struct drain *drain;
	const struct run_request *request;
	const struct command_list *commands;
	struct stage_pipeline pipeline;
	struct window window;
	struct input input;
	int64_t now_us;
	int64_t progress_us; /* of the last acknowledgement, or since when nothing is awaited */
	int64_t ended_us;    /* when the last stage ended; 0: some run */
	bool fed;            /* the requested segment was opened */
	bool has_more;       /* to feed, once what waits is written */
	bool stopping;       /* SIGTERM came: little more is fed */
	int64_t stop_bytes;  /* fed since then */
	bool ending;         /* nothing more is fed */
	bool closed;         /* the input was closed because nothing more is fed */
	bool late;           /* nothing was acknowledged within the deadline */
	bool killed;         /* by us: how the stages ended means nothing */
	bool busy;           /* the sink waits for its database */
	bool mark_returned;
	bool progressed;
	int status; /* wd-drain itself failed */
};

/* Kill all stages: how they end means nothing then. */
void run_kill(struct run *run);

/* The same, because wd-drain itself failed with that exit status. */
void run_fail(struct run *run, int status);

#endif
