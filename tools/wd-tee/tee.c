#include "tools/wd-tee/tee.h"

#include "common/base/array.h"
#include "common/lines/lines.h"
#include "common/log/log.h"
#include "common/record/record.h"
#include "common/scan/scan.h"
#include "tools/wd-tee/copy.h"
#include "tools/wd-tee/queue.h"

#include <unistd.h>

struct tee {
	const struct tee_settings *settings;
	struct copy copy;
	struct event_queue queue;
	struct buffer out;
};

enum tee_line {
	TEE_RECORD,
	TEE_EVENT,
	TEE_MARK,
};

static enum tee_line classify(struct span type)
{
	if (scan_text_is(type, "event"))
		return TEE_EVENT;
	return scan_text_is(type, "mark") ? TEE_MARK : TEE_RECORD;
}

/* Our tools write the type first, so that most lines need no scan. */
static enum tee_line line_kind(struct span line)
{
	static const char *const names[] = {"type"};
	static const struct span start = {"{\"type\":", 8};
	static struct scan_keys keys;
	struct scan_member type;
	struct scan_error error;

	if (line.length > start.length && memcmp(line.data, start.data, start.length) == 0) {
		const char *value = line.data + start.length;
		const char *end = memchr(value, ',', line.length - start.length);
		if (end && (size_t)(end - value) <= sizeof("\"system_health\""))
			return classify((struct span){value, (size_t)(end - value)});
	}
	if (keys.count == 0)
		scan_keys_init(&keys, names, ARRAY_SIZE(names));
	if (!scan_object(line, &keys, &type, &error))
		return TEE_RECORD;
	return classify(type.value);
}

static int take_line(void *self, struct span line)
{
	struct tee *tee = self;
	enum tee_line kind = line_kind(line);
	int status = kind == TEE_EVENT ? queue_add(&tee->queue, line) : 0;

	if (kind != TEE_EVENT || !tee->settings->drop_events) {
		buffer_add_span(&tee->out, line);
		buffer_add_char(&tee->out, '\n');
	}
	if (kind != TEE_MARK)
		copy_add(&tee->copy, line);
	return status;
}

static int take_overlong(void *self, struct span beginning)
{
	struct tee *tee = self;

	record_put_overlong(&tee->out, "wd-tee", beginning);
	return 0;
}

/* Pass on the beginning of a line whose writer was killed as it is, so that the next stage can
 * tell. */
static int take_rest(void *self, struct span rest)
{
	struct tee *tee = self;
	struct scan_error error;

	if (scan_check(rest, SCAN_STRICT, &error))
		return take_line(self, rest);
	buffer_add_span(&tee->out, rest);
	return 0;
}

/* An event is durable before a mark behind it is passed on: its acknowledgement moves the state of
 * wd-watch, which then does not repeat the event. */
static int settle(void *self, bool idle)
{
	struct tee *tee = self;
	int status = queue_seal(&tee->queue);

	(void)idle;
	if (!status && (tee->out.length || tee->out.failed))
		status = buffer_write(&tee->out, STDOUT_FILENO, "stdout");
	copy_send(&tee->copy, clock_mono_us());
	return status;
}

static int timeout_ms(void *self)
{
	const struct tee *tee = self;

	return copy_wait_ms(&tee->copy, clock_mono_us());
}

static int run(struct tee *tee)
{
	const struct line_handler handler = {.self = tee,
		.line = take_line,
		.overlong = take_overlong,
		.settle = settle,
		.timeout_ms = timeout_ms,
		.rest = take_rest};
	static char *const no_files[] = {NULL};

	copy_send(&tee->copy, clock_mono_us());
	int status = lines_run(no_files, &handler);
	int closed = queue_close(&tee->queue);

	return status ? status : closed;
}

int tee_run(const struct tee_settings *settings)
{
	struct tee tee = {.settings = settings};
	int status = copy_open(&tee.copy, settings->copy);

	if (!status)
		status = queue_open(&tee.queue, settings->events, settings->writer);
	if (!status)
		status = run(&tee);
	copy_close(&tee.copy);
	buffer_release(&tee.out);
	return status;
}
