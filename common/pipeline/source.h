/* The source of a pipeline, as wd-drain and wd-recv share it: from the start of the stages to their
 * end, with the replies and the deadline. What is fed, and what an acknowledgement releases, is
 * their own. */
#ifndef WD_PIPELINE_SOURCE_H
#define WD_PIPELINE_SOURCE_H

#include "common/pipeline/pipeline.h"
#include "common/time/clock.h"

/* After SIGTERM the stages have this long; all is over within 2 s. */
#define SOURCE_STOP_US (3 * CLOCK_SECOND_US / 2)

/* timeout(1)'s status: of a pipeline that was killed after its deadline. */
#define SOURCE_STATUS_DEADLINE 124

/* Times are those of the monotonic clock, in microseconds. */
struct pipeline_source {
	struct stage_pipeline pipeline;
	int64_t now_us;
	int64_t progress_us; /* of the last reply, or since when nothing is awaited */
	int64_t ended_us;    /* when the last stage ended; 0: some run */
	bool ending;         /* nothing more is fed */
	bool closed;         /* the input was closed because nothing more is fed */
	bool late;           /* nothing was acknowledged within the deadline */
	bool killed;         /* by us: how the stages ended means nothing */
	bool busy;           /* the sink waits for its database or broker */
	bool mark_returned;  /* the last command does not acknowledge */
	bool progressed;     /* something was acknowledged */
	bool repeated;       /* a mark was acknowledged twice: logged */
	int status;          /* the program itself failed: an exit status */
};

/* Start all commands. Return 0 or EX_OSERR; then none of them runs. */
int source_start(struct pipeline_source *source, const struct command_list *commands);

/* Close the input and kill all stages. */
void source_kill(struct pipeline_source *source);

/* The same, because the program itself failed with that exit status. */
void source_fail(struct pipeline_source *source, int status);

/* Write what the first stage takes, and close the input when all is written and nothing more is
 * fed. */
void source_write(struct pipeline_source *source);

/* Read what the last stage wrote. `acknowledge` gets each acknowledgement, and returns whether it is
 * new. A mark that comes back ends the pipeline. */
void source_read(struct pipeline_source *source,
	bool (*acknowledge)(void *self, const struct sink_reply *reply), void *self);

/* Reap stages that have ended, and close the input if one has. */
void source_reap(struct pipeline_source *source);

/* Nothing was acknowledged for `deadline_us`. The first time, close the input, so that a stage that
 * buffers writes what it has, and log it with `hint`; the second time, kill. */
void source_pass_deadline(struct pipeline_source *source, int64_t deadline_us, const char *hint);

/* When source_is_over() may become true by waiting; INT64_MAX: never. */
int64_t source_linger_until_us(const struct pipeline_source *source);

/* Whether all stages have ended and everything that they wrote was read. */
bool source_is_over(const struct pipeline_source *source);

#endif
