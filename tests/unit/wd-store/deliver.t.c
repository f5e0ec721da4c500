/* What follows a failed attempt to store lines. */
#include "tools/wd-store/deliver/deliver.h"
#include "common/base/array.h"
#include "tests/unit/tap.h"

static const struct sink_error refused = {.code = "23514"};
static const struct sink_error unavailable = {.code = "53300"};
static const struct sink_error lost = {.code = ""};
static const struct sink_error schema = {.code = "42501"};
static const struct sink_error race = {.code = "40P01"};
static const struct sink_error raised = {.code = "57014", .raised = true};
static const struct sink_error limit = {.code = "53400"};
static const struct sink_error raised_limit = {.code = "53400", .raised = true};
static const struct sink_error slow = {.code = "57014", .too_slow = true};

static const struct {
	const char *name;
	const struct sink_error *error;
	enum sink_result result;
	const char *code_before;
	size_t count;
	enum deliver_action action;
} cases[] = {
	{"a refused row: split", &refused, SINK_REFUSED, "", 10, DELIVER_SPLIT},
	{"unavailable: wait", &unavailable, SINK_RETRY, "", 10, DELIVER_WAIT},
	{"unavailable again: wait", &unavailable, SINK_RETRY, "53300", 10, DELIVER_WAIT},
	{"connection lost again: wait", &lost, SINK_RETRY, "", 1, DELIVER_WAIT},
	{"no privilege: probe, a trigger may say this", &schema, SINK_SUSPECT, "", 1,
		DELIVER_PROBE},
	{"a limit of the configuration: give up, smaller batches would hide it", &limit,
		SINK_SUSPECT, "", 10, DELIVER_GIVE_UP},
	{"53400 raised by a trigger: probe", &raised_limit, SINK_SUSPECT, "", 10, DELIVER_PROBE},
	{"57014 raised by a trigger: probe", &raised, SINK_RETRY, "", 1, DELIVER_PROBE},
	{"too slow: wait first", &slow, SINK_RETRY, "", 10, DELIVER_WAIT},
	{"too slow again: probe", &slow, SINK_RETRY, "57014", 10, DELIVER_PROBE},
	{"one line that is too slow: wait, never reject", &slow, SINK_RETRY, "57014", 1,
		DELIVER_WAIT},
	{"a deadlock: again", &race, SINK_RACE, "", 10, DELIVER_AGAIN},
	{"a failure that was logged: give up", &schema, SINK_FAILED, "", 10, DELIVER_GIVE_UP},
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct deliver_history history = {0};
		strcpy(history.code, cases[i].code_before);
		is_number(deliver_decide(&history, cases[i].result, cases[i].error, cases[i].count),
			cases[i].action, cases[i].name);
	}

	struct deliver_history history = {0};
	for (int i = 0; i < 5; i++)
		deliver_decide(&history, SINK_RACE, &race, 10);
	is_number(deliver_decide(&history, SINK_RACE, &race, 10), DELIVER_WAIT,
		"the sixth deadlock: wait");

	is_number(deliver_wait_s(1, 1), 1, "the first wait is at most 1 s");
	is_number(deliver_wait_s(3, 0.5), 2, "the third is at most 4 s, times the random share");
	is_number(deliver_wait_s(100, 1), 30, "no wait is longer than 30 s");
	is_number(deliver_wait_s(100, 0), 0, "a wait may be 0");
	return tap_done();
}
