/* A running chain of stages: bytes go in, acknowledgements come out. Nothing here blocks. */
#ifndef WD_PIPELINE_PIPELINE_H
#define WD_PIPELINE_PIPELINE_H

#include "common/base/buffer.h"
#include "common/pipeline/reply.h"
#include "common/pipeline/stage.h"

#define PIPELINE_STAGES_MAX 5

/* Longer lines from the last stage are no acknowledgements: they are skipped. */
#define PIPELINE_REPLY_MAX 4096

#define COMMAND_TEXTS_MAX 4

/* The commands of a pipeline, in their order. */
struct command_list {
	struct command commands[PIPELINE_STAGES_MAX];
	size_t count;
	char *texts[COMMAND_TEXTS_MAX]; /* strings that the commands use; owned */
	size_t text_count;
};

void command_list_release(struct command_list *list);

struct stage_pipeline {
	struct stage stages[PIPELINE_STAGES_MAX];
	size_t count;
	int in_fd;         /* -1: closed */
	int out_fd;        /* -1: the end was read */
	struct buffer out; /* to be written to in_fd */
	size_t written;    /* bytes of `out` that are written */
	char nonce[NONCE_SIZE];
	char reply[PIPELINE_REPLY_MAX]; /* the beginning of a line */
	size_t reply_length;
	bool skipping; /* within a line that is too long */
};

/* Start all commands. Return 0 or EX_OSERR; then none of them runs. */
int pipeline_start(struct stage_pipeline *pipeline, const struct command_list *list);

/* Write what the first stage takes. A stage that is gone closes the input. */
void pipeline_write(struct stage_pipeline *pipeline);

/* How many bytes wait to be written. */
static inline size_t pipeline_unwritten(const struct stage_pipeline *pipeline)
{
	return pipeline->out.length - pipeline->written;
}

/* Read what the last stage wrote, once, and call `handle` for each line that may be a reply. */
void pipeline_read(struct stage_pipeline *pipeline,
	void (*handle)(void *self, const struct sink_reply *reply), void *self);

/* Close the input, whatever was not written. */
void pipeline_close_input(struct stage_pipeline *pipeline);

/* Reap stages that have ended. Return how many still run. */
size_t pipeline_reap(struct stage_pipeline *pipeline);

/* Kill all processes of the pipeline that still run. */
void pipeline_kill(const struct stage_pipeline *pipeline);

/* Wait for processes that were killed and close everything. */
void pipeline_close(struct stage_pipeline *pipeline);

#endif
