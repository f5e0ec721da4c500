/* --filter: a user's jq program, applied to each record. */
#include "tools/wd-normalize/filter.h"

#include "common/log.h"

#include <jq.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

struct filter {
	jq_state *jq;
	struct buffer record, made;
	char reason[256];
};

static void free_jv(jv *value)
{
	jv_free(*value);
}

#define owned_jv __attribute__((cleanup(free_jv))) jv

/* What jq says while it compiles, a message a call. jv_get_kind() and jv_string_value() leave their
 * argument alone. */
static void note(void *data, jv message)
{
	struct buffer *complaint = data;
	owned_jv owned = message;

	if (jv_get_kind(owned) != JV_KIND_STRING)
		return;
	if (complaint->length > 0)
		buffer_add_text(complaint, "; ");
	buffer_add_text(complaint, jv_string_value(owned));
}

/* For `debug`; jq 1.6 crashes without this function, as it does without the next one. */
static void show(void *data, jv message)
{
	owned_jv text = jv_dump_string(message, 0);

	(void)data;
	log_info("--filter", {"jq", jv_string_value(text)});
}

/* For `input`: there is only the record at hand. */
static jv no_input(jq_state *jq, void *data)
{
	(void)jq;
	(void)data;
	return jv_invalid();
}

static bool compile(jq_state *jq, const char *program, struct buffer *complaint)
{
	/* Without these jq 1.6 fails an assertion when the program imports something. */
	jq_set_attr(jq, jv_string("JQ_ORIGIN"), jv_string("."));
	jq_set_attr(jq, jv_string("JQ_LIBRARY_PATH"), jv_array());
	jq_set_attr(jq, jv_string("PROGRAM_ORIGIN"), jv_string("."));
	jq_set_error_cb(jq, note, complaint);
	jq_set_debug_cb(jq, show, NULL);
	jq_set_input_cb(jq, no_input, NULL);
	bool compiled = jq_compile(jq, program) != 0;
	jq_set_error_cb(jq, NULL, NULL);
	return compiled;
}

int filter_open(struct filter **filter, const char *program)
{
	struct filter *new = calloc(1, sizeof(*new));
	struct buffer complaint = {0};

	if (new)
		new->jq = jq_init();
	if (!new || !new->jq) {
		free(new);
		return fail(EX_OSERR, "out of memory");
	}
	bool compiled = compile(new->jq, program, &complaint);
	buffer_add_char(&complaint, '\0');
	if (compiled) {
		*filter = new;
	} else {
		log_error("--filter does not compile", {"jq", complaint.data});
		filter_close(new);
	}
	buffer_release(&complaint);
	return compiled ? 0 : EX_USAGE;
}

void filter_close(struct filter *filter)
{
	if (!filter)
		return;
	jq_teardown(&filter->jq);
	buffer_release(&filter->record);
	buffer_release(&filter->made);
	free(filter);
}

static const char *refuse(struct filter *filter, const char *code, const char *message)
{
	snprintf(filter->reason, sizeof(filter->reason), "%s%s%s", code, message ? ": " : "",
		message ? message : "");
	return filter->reason;
}

/* What follows the last value: nothing, or an error with its message. */
static const char *ending(struct filter *filter, jv last)
{
	if (jq_halted(filter->jq)) {
		jv_free(last);
		return refuse(filter, "filter_failed", "it halted");
	}
	if (!jv_invalid_has_msg(jv_copy(last))) {
		jv_free(last);
		return NULL;
	}
	owned_jv message = jv_invalid_get_msg(last);
	if (jv_get_kind(message) == JV_KIND_STRING)
		return refuse(filter, "filter_failed", jv_string_value(message));
	owned_jv text = jv_dump_string(jv_copy(message), 0);
	return refuse(filter, "filter_failed", jv_string_value(text));
}

/* ASCII, because jq leaves the eight-bit control characters as they are. */
static void put(struct buffer *out, jv object)
{
	owned_jv text = jv_dump_string(object, JV_PRINT_ASCII);

	buffer_add_text(out, jv_string_value(text));
	buffer_add_char(out, '\n');
}

static const char *run(struct filter *filter, jv record)
{
	jv value;

	jq_start(filter->jq, record, 0);
	for (value = jq_next(filter->jq); jv_is_valid(value); value = jq_next(filter->jq)) {
		if (jv_get_kind(value) != JV_KIND_OBJECT) {
			jv_free(value);
			return refuse(filter, "filter_no_object: it made something else", NULL);
		}
		put(&filter->made, value);
	}
	return ending(filter, value);
}

const char *filter_record(
	void *self, const struct row *row, const struct mapping *mapping, struct buffer *out)
{
	struct filter *filter = self;

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
