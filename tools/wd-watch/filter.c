#include "tools/wd-watch/filter.h"

#include "common/file/checkpoint.h"
#include "common/lines/lines.h"
#include "common/log/log.h"
#include "tools/wd-watch/engine/state.h"

#include <unistd.h>

/* How often a plain state file is replaced, at most. */
#define STATE_INTERVAL_US (2 * CLOCK_SECOND_US)

struct watch_filter {
	const struct watch_settings *settings;
	struct engine engine;
	struct watch_line line;
	struct buffer out;
	struct checkpoint checkpoint;
	bool is_dirty; /* the state changed since the file was written */
	bool failed;   /* events of the state are not in the output */
	int64_t written_us;
};

/* Before the mark is passed on: its acknowledgement means that the state is there. */
static int save_checkpoint(struct watch_filter *filter)
{
	char mark[CHECKPOINT_MARK_SIZE];
	struct span value = filter->line.members[WATCH_KEY_MARK].value;
	struct buffer content = {0};

	scan_text(value, mark, sizeof(mark));
	if (!filter->line.save || !checkpoint_is_wanted(&filter->checkpoint) ||
		!checkpoint_mark_is_valid(mark))
		return 0;
	state_format(&content, &filter->engine);
	int status = checkpoint_write(&filter->checkpoint, mark, &content);
	buffer_release(&content);
	return status;
}

static int take_line(void *self, struct span text)
{
	struct watch_filter *filter = self;
	int status = 0;

	watch_line_read(&filter->engine.rules->keys, text, &filter->line);
	if (filter->line.type == WATCH_LINE_MARK)
		status = save_checkpoint(filter);
	if (!filter->settings->only_events || filter->line.type == WATCH_LINE_MARK) {
		buffer_add_span(&filter->out, text);
		buffer_add_char(&filter->out, '\n');
	}
	engine_line(&filter->engine, &filter->line);
	filter->is_dirty = true;
	return status;
}

static int take_overlong(void *self, struct span beginning)
{
	struct watch_filter *filter = self;

	record_put_overlong(&filter->out, "wd-watch", beginning);
	return 0;
}

/* The writer was killed in the middle of a line: pass on what there is, without a newline, so that
 * the next stage can tell. */
static int take_rest(void *self, struct span rest)
{
	struct watch_filter *filter = self;
	struct scan_error error;

	if (scan_check(rest, SCAN_STRICT, &error))
		return take_line(self, rest);
	buffer_add_span(&filter->out, rest);
	return 0;
}

static int write_state(struct watch_filter *filter)
{
	if (!filter->is_dirty || filter->failed || !filter->settings->state ||
		checkpoint_is_wanted(&filter->checkpoint))
		return 0;
	filter->is_dirty = false;
	filter->written_us = clock_mono_us();
	return state_write(filter->settings->state, &filter->engine);
}

/* The events are on their way before the state says that they are. */
static int settle(void *self, bool idle)
{
	struct watch_filter *filter = self;
	int status = 0;

	(void)idle;
	if (filter->out.length || filter->out.failed)
		status = buffer_write(&filter->out, STDOUT_FILENO, "stdout");
	filter->failed = filter->failed || status;
	if (!status && clock_mono_us() - filter->written_us >= STATE_INTERVAL_US)
		status = write_state(filter);
	return status;
}

static int timeout_ms(void *self)
{
	struct watch_filter *filter = self;

	if (!filter->is_dirty || !filter->settings->state ||
		checkpoint_is_wanted(&filter->checkpoint))
		return -1;
	int64_t wait_us = filter->written_us + STATE_INTERVAL_US - clock_mono_us();
	return wait_us > 0 ? (int)(wait_us / 1000) + 1 : 0;
}

static void report(const struct watch_filter *filter)
{
	const struct subjects *subjects = &filter->engine.subjects;

	log_info("done", {"events", log_number((int64_t)filter->engine.events).text},
		{"subjects", log_number((int64_t)subjects->count).text},
		{"late", log_number((int64_t)filter->engine.late).text},
		{"dropped",
			subjects->dropped ? log_number((int64_t)subjects->dropped).text : NULL});
}

int filter_run(char *const *files, const struct rules *rules, const struct watch_settings *settings)
{
	struct watch_filter filter = {.settings = settings};
	struct line_handler handler = {.self = &filter,
		.line = take_line,
		.overlong = take_overlong,
		.settle = settle,
		.timeout_ms = timeout_ms,
		/* Another file may follow the rest of one. */
		.rest = *files ? NULL : take_rest};
	int status = 0;

	engine_init(&filter.engine, rules, settings->late_us, &filter.out);
	checkpoint_open(&filter.checkpoint, settings->state);
	if (settings->state)
		status = state_read(settings->state, &filter.engine);
	if (!status) {
		status = lines_run(files, &handler);
		int written = write_state(&filter);
		status = status ? status : written;
		report(&filter);
	}
	engine_release(&filter.engine);
	checkpoint_release(&filter.checkpoint);
	buffer_release(&filter.out);
	return status;
}
