#include "common/pipeline/source.h"

#include "common/log/log.h"

/* Once all stages have ended, processes that they have started may hold their output this long. */
#define LINGER_US CLOCK_SECOND_US

int source_start(struct pipeline_source *source, const struct command_list *commands)
{
	*source = (struct pipeline_source){0};
	int status = pipeline_start(&source->pipeline, commands);

	source->now_us = source->progress_us = clock_mono_us();
	return status;
}

void source_kill(struct pipeline_source *source)
{
	source->killed = true;
	pipeline_close_input(&source->pipeline);
	pipeline_kill(&source->pipeline);
}

void source_fail(struct pipeline_source *source, int status)
{
	source->status = status;
	source_kill(source);
}

void source_write(struct pipeline_source *source)
{
	struct stage_pipeline *pipeline = &source->pipeline;

	pipeline_write(pipeline);
	if (source->ending && pipeline_unwritten(pipeline) == 0 && pipeline->in_fd >= 0) {
		pipeline_close_input(pipeline);
		source->closed = true;
	}
}

/* A sink answers each mark once. Another answer comes from a second sink, which may be ahead of the
 * first, or follows lines that were sorted. */
static void report_repeated(struct pipeline_source *source, uint64_t mark)
{
	if (!source->repeated)
		log_warning("a mark was acknowledged twice, or out of order",
			{"mark", log_number((int64_t)mark).text},
			{"hint",
				"use one program with --acknowledge, and keep the order of lines"});
	source->repeated = true;
}

struct reading {
	struct pipeline_source *source;
	bool (*acknowledge)(void *self, const struct sink_reply *reply);
	void *self;
};

static void handle_reply(void *self, const struct sink_reply *reply)
{
	const struct reading *reading = self;
	struct pipeline_source *source = reading->source;

	switch (reply->kind) {
	case REPLY_ACK:
		if (!reading->acknowledge(reading->self, reply)) {
			report_repeated(source, reply->mark);
			return;
		}
		source->progress_us = source->now_us;
		source->progressed = true;
		source->busy = false;
		break;
	case REPLY_BUSY:
		source->progress_us = source->now_us;
		source->busy = true;
		break;
	case REPLY_MARK:
		source->mark_returned = true;
		source_kill(source);
		break;
	case REPLY_OTHER:
		break;
	}
}

void source_read(struct pipeline_source *source,
	bool (*acknowledge)(void *self, const struct sink_reply *reply), void *self)
{
	struct reading reading = {source, acknowledge, self};

	pipeline_read(&source->pipeline, handle_reply, &reading);
}

void source_reap(struct pipeline_source *source)
{
	struct stage_pipeline *pipeline = &source->pipeline;
	size_t running = pipeline_reap(pipeline);

	if (running < pipeline->count && pipeline->in_fd >= 0)
		pipeline_close_input(pipeline);
	if (running == 0 && !source->ended_us)
		source->ended_us = source->now_us;
}

void source_pass_deadline(struct pipeline_source *source, int64_t deadline_us, const char *hint)
{
	source->progress_us = source->now_us;
	if (!source->late && source->pipeline.in_fd >= 0) {
		source->ending = source->closed = true;
		log_warning("nothing was acknowledged within the deadline: closing the input",
			{"deadline", log_seconds((double)deadline_us / 1e6).text}, {"hint", hint});
		pipeline_close_input(&source->pipeline);
	} else {
		source_kill(source);
	}
	source->late = true;
}

int64_t source_linger_until_us(const struct pipeline_source *source)
{
	return source->ended_us ? source->ended_us + LINGER_US : INT64_MAX;
}

bool source_is_over(const struct pipeline_source *source)
{
	return source->ended_us && (source->pipeline.out_fd < 0 || source->killed ||
					   source->now_us >= source_linger_until_us(source));
}
