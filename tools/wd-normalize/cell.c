/* One column of a record. */
#include "tools/wd-normalize/cell.h"

#include "common/lines/json.h"
#include "tools/wd-normalize/value.h"

#include <math.h>
#include <strings.h>

void cell_drop(struct map_cell *cell, const char *why)
{
	cell->form = FORM_NONE;
	cell->rule = why;
}

static bool applies(const struct map_rule *rule, double number)
{
	switch (rule->when) {
	case WHEN_IS:
		return number == rule->number;
	case WHEN_BELOW:
		return number < rule->number;
	case WHEN_ABOVE:
		return number > rule->number;
	case WHEN_WITHIN:
		return number >= rule->number && number <= rule->to;
	}
	return false;
}

static void set_number(struct map_cell *cell, double number, const char *why)
{
	if (!isfinite(number)) {
		cell_drop(cell, "not finite");
		return;
	}
	cell->form = FORM_NUMBER;
	cell->number = number;
	if (why)
		cell->rule = why;
}

static void apply_rules(struct map_cell *cell, const struct map_rule *rules, unsigned variant)
{
	for (const struct map_rule *r = rules; r && r->why && cell->form != FORM_NONE; r++) {
		if ((r->except & variant) || !applies(r, cell->number))
			continue;
		switch (r->then) {
		case THEN_DROP:
			cell_drop(cell, r->why);
			return;
		case THEN_ADD:
			set_number(cell, cell->number + r->by, r->why);
			return;
		case THEN_DIVIDE:
			set_number(cell, cell->number / r->by, r->why);
			return;
		}
	}
}

/* Return whether every database reads the digits of a number unchanged: it is short and has no
 * exponent, so it is neither too large nor too small for a double. */
static bool is_plain_number(const struct scan_member *member)
{
	struct span value = member->value;

	if (member->form == SCAN_FORM_DECIMAL)
		return true;
	if (scan_kind(value) != SCAN_NUMBER || value.length > 24)
		return false;
	for (size_t i = 0; i < value.length; i++) {
		if ((value.data[i] | 0x20) == 'e')
			return false;
	}
	return true;
}

static double share(const struct map_source *source, double part, double total)
{
	if (!(total > 0))
		return NAN;
	return (source->share == SHARE_FREE ? total - part : part) / total * 100;
}

static bool changes_unit(const struct map_source *source)
{
	return source->times != 0 || source->per != 0;
}

/* The result is rounded to nine decimals (a nanometre): further digits are noise, and writing them
 * took an eighth of the program's time. */
static double in_our_unit(const struct map_source *source, double number)
{
	if (!changes_unit(source))
		return number;
	if (source->times != 0)
		number *= source->times;
	if (source->per != 0)
		number /= source->per;
	return fabs(number) < 1e6 ? nearbyint(number * 1e9) / 1e9 : number;
}

static bool read_number(
	const struct map_source *source, const struct scan_member *member, double *number)
{
	*number = member->number;
	if (source->read)
		return source->read(member->value, number);
	return member->form == SCAN_FORM_DECIMAL || value_number(member->value, number);
}

/* The digits stay as they were sent, unless a rule changes them. */
void cell_take_number(struct map_cell *cell, const struct scan_member *member,
	const struct map_column *column, unsigned variant)
{
	const struct map_source *source = cell->source;

	if (!read_number(source, member, &cell->number)) {
		cell_drop(cell, "not a number");
		return;
	}
	cell->form = FORM_TOKEN;
	cell->span = member->value;
	if (source->read || changes_unit(source) || !is_plain_number(member))
		set_number(cell, in_our_unit(source, cell->number), source->why);
	apply_rules(cell, source->rules, variant);
	apply_rules(cell, column->rules, variant);
}

void cell_take_share(struct map_cell *cell, const struct map_column *column, struct span total)
{
	double part, whole;

	if (!value_number(cell->raw, &part) || !value_number(total, &whole)) {
		cell_drop(cell, "not a number");
		return;
	}
	set_number(cell, share(cell->source, part, whole), cell->source->why);
	apply_rules(cell, column->rules, 0);
}

void cell_take_degrees(struct map_cell *cell, const struct scan_member *member,
	const struct map_column *column, double max)
{
	cell_take_number(cell, member, column, 0);
	if (cell->form != FORM_NONE && !(cell->number >= -max && cell->number <= max))
		cell_drop(cell, "not on Earth");
}

void cell_take_integer(struct map_cell *cell, const struct scan_member *member,
	const struct map_column *column, unsigned variant, double (*whole)(double), double min,
	double max)
{
	cell_take_number(cell, member, column, variant);
	if (cell->form == FORM_NONE)
		return;
	double number = whole(cell->number);
	if (number < min || number > max)
		cell_drop(cell, "out of range");
	else if (number != cell->number)
		set_number(cell, number, "rounded");
	else if (cell->form == FORM_TOKEN && memchr(cell->span.data, '.', cell->span.length))
		set_number(cell, number, cell->rule);
}

static void take_choice(struct map_cell *cell, const struct map_column *column)
{
	char text[TEXT_MAX + 1];

	scan_text(cell->raw, text, sizeof(text));
	for (const struct map_choice *c = column->choices; c->text; c++) {
		if (strcasecmp(text, c->text) == 0) {
			cell->form = FORM_TEXT;
			cell->span = span_of(c->meaning);
			if (strcmp(text, c->meaning) != 0)
				cell->rule = "renamed";
			return;
		}
	}
	cell_drop(cell, "not a known value");
}

static bool has_space_at_ends(struct span quoted)
{
	return quoted.length > 2 &&
	       (quoted.data[1] == ' ' || quoted.data[quoted.length - 2] == ' ');
}

static size_t decoded_length(struct span text)
{
	char copy[TEXT_MAX + 1];

	return scan_text(text, copy, sizeof(copy));
}

static void decode_text(
	struct map_cell *cell, const struct map_column *column, struct text_arena *texts)
{
	char *out = texts->at + texts->used;
	size_t size = column->limit + 1;

	if (texts->size - texts->used < size) {
		cell_drop(cell, "too much text");
		return;
	}
	cell->form = FORM_TEXT;
	cell->span =
		(struct span){out, column->kind == KIND_ID ? scan_text_trimmed(cell->raw, out, size)
							   : scan_text(cell->raw, out, size)};
	texts->used += cell->span.length;
	if (cell->span.length == 0)
		cell_drop(cell, "empty");
	else if (cell->raw.length - 2 > column->limit)
		cell->rule = "truncated";
	else if (column->kind == KIND_ID && cell->span.length < decoded_length(cell->raw))
		cell->rule = "trimmed";
}

static void take_number_as_text(struct map_cell *cell, const struct map_column *column)
{
	if (column->choices || cell->raw.length > column->limit) {
		cell_drop(cell, "not a text");
		return;
	}
	cell->form = FORM_TEXT;
	cell->span = cell->raw;
	cell->rule = "number as text";
}

void cell_take_text(struct map_cell *cell, const struct scan_member *member,
	const struct map_column *column, struct text_arena *texts)
{
	enum scan_kind kind = scan_kind(cell->raw);

	if (kind == SCAN_NUMBER) {
		take_number_as_text(cell, column);
	} else if (kind != SCAN_TEXT) {
		cell_drop(cell, "not a text");
	} else if (column->choices) {
		take_choice(cell, column);
	} else if (member->form == SCAN_FORM_PLAIN && cell->raw.length - 2 <= column->limit &&
		   !(column->kind == KIND_ID && has_space_at_ends(cell->raw))) {
		cell->form = FORM_TOKEN;
		cell->span = cell->raw;
	} else {
		decode_text(cell, column, texts);
	}
}

void cell_take_flag(struct map_cell *cell)
{
	double flag;

	if (!(cell->source->read ? cell->source->read : value_flag)(cell->raw, &flag)) {
		cell_drop(cell, "neither true nor false");
		return;
	}
	cell->form = FORM_TOKEN;
	cell->span = flag == 1 ? SPAN("true") : SPAN("false");
	cell->rule = cell->source->why;
}

void cell_take_reply_time(struct map_cell *cell, const struct origin *origin, const char *why)
{
	cell->form = FORM_TIME;
	cell->time = origin->time;
	cell->rule = why;
}

void cell_take_time(struct map_cell *cell, double seconds, const struct origin *origin)
{
	double reply = (double)origin->time;
	double time = (seconds - origin->offset_s) * (double)CLOCK_SECOND_US;

	if (!(time <= reply + (double)TIME_AHEAD_MAX_US)) {
		cell_drop(cell, "later than the reply");
	} else if (!(time >= reply - (double)TIME_BEHIND_MAX_US)) {
		cell_drop(cell, "older than 30 days");
	} else {
		cell->form = FORM_TIME;
		cell->time = llround(time);
		cell->rule = origin->offset.data ? "clock corrected" : NULL;
	}
}

bool cell_is_zero(const struct map_cell *cell)
{
	double number = cell->number;

	if (cell->form == FORM_TOKEN)
		return value_number(cell->span, &number) && number == 0;
	return cell->form == FORM_NUMBER && number == 0;
}

struct span cell_text(const struct map_cell *cell)
{
	if (cell->form == FORM_TEXT)
		return cell->span;
	if (cell->form == FORM_TOKEN && scan_kind(cell->span) == SCAN_TEXT)
		return (struct span){cell->span.data + 1, cell->span.length - 2};
	return (struct span){0};
}

void cell_put(const struct map_cell *cell, struct buffer *out)
{
	char text[CLOCK_TEXT_SIZE];

	switch (cell->form) {
	case FORM_TOKEN:
		buffer_add_span(out, cell->span);
		break;
	case FORM_TEXT:
		json_put_text(out, cell->span);
		break;
	case FORM_NUMBER:
		json_put_number(out, cell->number);
		break;
	case FORM_TIME:
		clock_format(cell->time, text);
		buffer_add_char(out, '"');
		buffer_add(out, text, CLOCK_TEXT_SIZE - 1);
		buffer_add_char(out, '"');
		break;
	case FORM_NONE:
		break;
	}
}
