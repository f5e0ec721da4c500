#include "tools/wd-watch/rules/condition.h"

#include "common/base/array.h"
#include "common/base/xalloc.h"

#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	VALUE_SIZE = 520 /* the longest text of a record and a NUL */
};

static const char *const derived_names[DERIVED_COUNT] = {
	[DERIVED_KIND] = "kind",
	[DERIVED_KNOWN] = "known",
	[DERIVED_RANGE_M] = "range_m",
	[DERIVED_PILOT_DISTANCE_M] = "pilot_distance_m",
	[DERIVED_ABOVE_KIT_M] = "above_kit_m",
};

bool condition_open(struct condition *condition, struct watch_keys *keys, const char *name)
{
	*condition = (struct condition){.derived = -1};
	for (int i = 0; i < DERIVED_COUNT; i++) {
		if (strcmp(derived_names[i], name) == 0) {
			condition->derived = i;
			condition->name = derived_names[i];
			return true;
		}
	}
	int key = watch_keys_add(keys, name);
	if (key < 0)
		return false;
	condition->key = (size_t)key;
	condition->name = keys->names[key];
	return true;
}

void condition_release(struct condition *condition)
{
	for (size_t i = 0; i < condition->count; i++)
		free(condition->tests[i].text);
	free(condition->tests);
}

/* A number with nothing but blanks behind it, up to `end`. */
static bool parse_number(const char *text, const char *end, double *number)
{
	char copy[32], *rest;
	size_t length = (size_t)(end - text);

	if (length == 0 || length >= sizeof(copy))
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	*number = strtod(copy, &rest);
	return rest != copy && isfinite(*number) && rest[strspn(rest, " ")] == '\0';
}

static bool parse_comparison(const char *text, struct condition_test *test)
{
	const char *number = text + strspn(text, "<>=");
	bool less = *text == '<', equal = number - text == 2 && text[1] == '=';
	double limit;

	if (number - text > 2 || (number - text == 2 && !equal) || *text == '=' ||
		!parse_number(number, number + strlen(number), &limit))
		return false;
	test->min = less ? -INFINITY : limit;
	test->max = less ? limit : INFINITY;
	test->above_min = !less && !equal;
	test->below_max = less && !equal;
	return true;
}

static bool parse_range(const char *text, struct condition_test *test)
{
	const char *end = text + strlen(text), *dots = strstr(text, "..");

	if (*text == '<' || *text == '>')
		return parse_comparison(text, test);
	if (dots)
		return parse_number(text, dots, &test->min) &&
		       parse_number(dots + 2, end, &test->max);
	if (!parse_number(text, end, &test->min))
		return false;
	test->max = test->min;
	return true;
}

const char *condition_add(struct condition *condition, const char *text)
{
	struct condition_test test = {.kind = CONDITION_PATTERN};

	if (parse_range(text, &test))
		test.kind = CONDITION_RANGE;
	else if (*text == '<' || *text == '>')
		return "not a comparison with a number, such as \">= 20\"";
	else if (!*text)
		return "an empty text matches nothing";
	if (test.kind == CONDITION_RANGE && test.min > test.max)
		return "the first number of the range is the greater one";
	test.text = xstrdup(text);
	condition->tests =
		xrealloc(condition->tests, (condition->count + 1) * sizeof(*condition->tests));
	condition->tests[condition->count++] = test;
	return NULL;
}

static double number_of(const struct condition *condition, const struct condition_subject *subject)
{
	switch (condition->derived) {
	case -1:
		return watch_line_number(subject->line, condition->key);
	case DERIVED_RANGE_M:
		return subject->range_m;
	case DERIVED_PILOT_DISTANCE_M:
		return subject->pilot_distance_m;
	case DERIVED_ABOVE_KIT_M:
		return subject->above_kit_m;
	default:
		return NAN;
	}
}

/* The field as text; false if it is absent. Numbers and booleans are as the line has them. */
static bool text_of(const struct condition *condition, const struct condition_subject *subject,
	char text[VALUE_SIZE])
{
	if (condition->derived == DERIVED_KIND || condition->derived == DERIVED_KNOWN) {
		const char *derived =
			condition->derived == DERIVED_KIND ? subject->kind : subject->known;
		snprintf(text, VALUE_SIZE, "%s", derived);
		return true;
	}
	if (condition->derived >= 0) {
		double number = number_of(condition, subject);
		snprintf(text, VALUE_SIZE, "%.0f", number);
		return !isnan(number);
	}
	struct span value = subject->line->members[condition->key].value;
	if (scan_kind(value) == SCAN_TEXT)
		return scan_text(value, text, VALUE_SIZE) > 0;
	snprintf(text, VALUE_SIZE, "%.*s", value.data ? (int)value.length : 0,
		value.data ? value.data : "");
	return scan_kind(value) == SCAN_NUMBER || scan_kind(value) == SCAN_TRUE ||
	       scan_kind(value) == SCAN_FALSE;
}

static bool in_range(const struct condition_test *test, double number)
{
	return (test->above_min ? number > test->min : number >= test->min) &&
	       (test->below_max ? number < test->max : number <= test->max);
}

/* The test that the record matches, or NULL. */
static const struct condition_test *matching_test(const struct condition *condition,
	const struct condition_subject *subject, char text[VALUE_SIZE])
{
	double number = number_of(condition, subject);
	bool has_text = text_of(condition, subject, text);

	for (size_t i = 0; i < condition->count; i++) {
		const struct condition_test *test = &condition->tests[i];
		if (test->kind == CONDITION_RANGE && in_range(test, number))
			return test;
		if (has_text && fnmatch(test->text, text, 0) == 0)
			return test;
	}
	return NULL;
}

bool condition_matches(const struct condition *condition, const struct condition_subject *subject)
{
	char text[VALUE_SIZE];

	return matching_test(condition, subject, text) != NULL;
}

void condition_explain(struct buffer *out, const struct condition *condition,
	const struct condition_subject *subject)
{
	char text[VALUE_SIZE];
	const struct condition_test *test = matching_test(condition, subject, text);

	buffer_printf(out, "%s %s", condition->name, text);
	if (test && test->kind == CONDITION_RANGE)
		buffer_printf(out, " %s%s", *test->text == '<' || *test->text == '>' ? "" : "in ",
			test->text);
}
