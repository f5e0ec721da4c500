/* --filter: a user's jq program, applied to each record. */
#include "tools/wd-normalize/jq_filter.h"

#include "common/base/xalloc.h"
#include "common/log/log.h"

#include <jq.h>
#include <stdlib.h>
#include <sysexits.h>

struct jq_filter {
	jq_state *jq;
	struct buffer record, made;
	char reason[REJECT_REASON_SIZE];
};

static void free_jv(jv *value)
{
	jv_free(*value);
}

#define owned_jv __attribute__((cleanup(free_jv))) jv

/* Collect jq's messages while it compiles, one a call. jv_get_kind() and jv_string_value() do not
 * consume their argument. */
static void collect_message(void *data, jv message)
{
	struct buffer *messages = data;
	owned_jv owned = message;

	if (jv_get_kind(owned) != JV_KIND_STRING)
		return;
	if (messages->length > 0)
		buffer_add_text(messages, "; ");
	buffer_add_text(messages, jv_string_value(owned));
}

/* For `debug`. jq 1.6 crashes without this function, and without the next one. */
static void log_debug_output(void *data, jv message)
{
	owned_jv text = jv_dump_string(message, 0);

	(void)data;
	log_info("--filter", {"jq", jv_string_value(text)});
}

/* For `input`: there is only the current record. */
static jv no_input(jq_state *jq, void *data)
{
	(void)jq;
	(void)data;
	return jv_invalid();
}

static bool compile(jq_state *jq, const char *program, struct buffer *messages)
{
	/* Without these jq 1.6 fails an assertion when the program imports something. */
	jq_set_attr(jq, jv_string("JQ_ORIGIN"), jv_string("."));
	jq_set_attr(jq, jv_string("JQ_LIBRARY_PATH"), jv_array());
	jq_set_attr(jq, jv_string("PROGRAM_ORIGIN"), jv_string("."));
	jq_set_error_cb(jq, collect_message, messages);
	jq_set_debug_cb(jq, log_debug_output, NULL);
	jq_set_input_cb(jq, no_input, NULL);
	bool compiled = jq_compile(jq, program) != 0;
	jq_set_error_cb(jq, NULL, NULL);
	return compiled;
}

int jq_filter_open(struct jq_filter **filter, const char *program)
{
	struct jq_filter *new = xcalloc(1, sizeof(*new));
	struct buffer messages = {0};
	int status = 0;

	new->jq = jq_init();
	if (!new->jq)
		status = fail(EX_OSERR, "cannot start jq", {"option", "--filter"});
	else if (!compile(new->jq, program, &messages))
		status = EX_USAGE;
	buffer_add_char(&messages, '\0');
	if (status == EX_USAGE)
		log_error("--filter does not compile", {"jq", messages.data});
	buffer_release(&messages);
	if (status)
		jq_filter_close(new);
	else
		*filter = new;
	return status;
}

void jq_filter_close(struct jq_filter *filter)
{
	if (!filter)
		return;
	if (filter->jq)
		jq_teardown(&filter->jq);
	buffer_release(&filter->record);
	buffer_release(&filter->made);
	free(filter);
}

/* The result after the last value: nothing, or an error with its message. */
static const char *ending(struct jq_filter *filter, jv last)
{
	if (jq_halted(filter->jq)) {
		jv_free(last);
		return reject_reason(filter->reason, REJECT_FILTER_FAILED, NULL);
	}
	if (!jv_invalid_has_msg(jv_copy(last))) {
		jv_free(last);
		return NULL;
	}
	owned_jv message = jv_invalid_get_msg(last);
	if (jv_get_kind(message) == JV_KIND_STRING)
		return reject_reason(
			filter->reason, REJECT_FILTER_FAILED, jv_string_value(message));
	owned_jv text = jv_dump_string(jv_copy(message), 0);
	return reject_reason(filter->reason, REJECT_FILTER_FAILED, jv_string_value(text));
}

/* In ASCII, because jq does not escape the control characters U+0080..U+009F. */
static void put(struct buffer *out, jv object)
{
	owned_jv text = jv_dump_string(object, JV_PRINT_ASCII);

	buffer_add_text(out, jv_string_value(text));
	buffer_add_char(out, '\n');
}

static const char *run(struct jq_filter *filter, jv record)
{
	jv value;

	jq_start(filter->jq, record, 0);
	for (value = jq_next(filter->jq); jv_is_valid(value); value = jq_next(filter->jq)) {
		if (jv_get_kind(value) != JV_KIND_OBJECT) {
			jv_free(value);
			return reject_reason(filter->reason, REJECT_FILTER_NO_OBJECT, NULL);
		}
		put(&filter->made, value);
	}
	return ending(filter, value);
}

const char *jq_filter_record(
	void *self, const struct map_row *row, const struct mapping *mapping, struct buffer *out)
{
	struct jq_filter *filter = self;

	filter->record.length = filter->made.length = 0;
	row_write(row, mapping, &filter->record);
	out->failed |= filter->record.failed;
	if (out->failed)
		return NULL;
	jv record = jv_parse_sized(filter->record.data, (int)filter->record.length);
	const char *reason = run(filter, record);
	if (!reason)
		buffer_add_span(out, buffer_span(&filter->made));
	out->failed |= filter->made.failed;
	return reason;
}
