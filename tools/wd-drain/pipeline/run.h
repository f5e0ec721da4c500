/* One pipeline, from the start of its stages to their end. */
#ifndef WD_DRAIN_RUN_H
#define WD_DRAIN_RUN_H

#include "tools/wd-drain/drain.h"
#include "tools/wd-drain/spool/input.h"

/* What to feed. */
struct run_request {
	const char *segment;                /* only this one; NULL: the queue */
	size_t first, last;                 /* these of its lines; both 0: all */
	const struct line_numbers *skipped; /* but not these; NULL: none */
	bool commit; /* acknowledged checkpoints move the state and release segments */
};

enum run_kind {
	RUN_DONE, /* it ended because nothing more was to be fed, and all is acknowledged */
	RUN_STOPPED, /* it was ended before that: by a signal, or by a segment that became unreadable */
	RUN_DATA,    /* a stage failed in a way that may be the input's fault */
	RUN_OUTSIDE, /* it failed for a reason outside of the input */
	RUN_NO_ACKS, /* all stages ended well, but marks were not acknowledged */
	RUN_NO_SINK, /* a mark came back: the last command does not acknowledge */
};

struct run_outcome {
	enum run_kind kind;
	const char *stage;             /* which failed */
	int end;                       /* its wait status, where `status` is that */
	int status;                    /* an exit status for the failure; 0 with RUN_DONE */
	bool progressed;               /* something was acknowledged */
	size_t unreleased;             /* segments that were fed and are not released */
	char first[SEGMENT_NAME_SIZE]; /* the first of them */
};

/* Run the pipeline until it fails, everything requested is acknowledged (a request of one segment,
 * or --once), or it is asked to stop. Segments of the queue that are not released are queued again.
 * Return 0 with the outcome, or an exit status where wd-drain itself cannot go on. */
int run_pipeline(
	struct drain *drain, const struct run_request *request, struct run_outcome *outcome);

#endif
