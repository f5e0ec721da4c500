/* A pipeline that runs, as the parts of run_pipeline() see it. */
#ifndef WD_DRAIN_LIVE_H
#define WD_DRAIN_LIVE_H

#include "common/pipeline/source.h"
#include "tools/wd-drain/pipeline/run.h"

struct run {
	struct drain *drain;
	const struct run_request *request;
	const struct command_list *commands;
	struct pipeline_source source;
	struct window window;
	struct input input;
	bool fed;           /* the requested segment was opened */
	bool has_more;      /* to feed, once what waits is written */
	bool stopping;      /* SIGTERM came: little more is fed */
	int64_t stop_bytes; /* fed since then */
};

#endif
