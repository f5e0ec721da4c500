/* Whose fault the end of a pipeline is. */
#include "common/pipeline/cause.h"

#include "common/base/array.h"
#include "tests/unit/tap.h"

#include <signal.h>

#define EXIT(status)   ((status) << 8)
#define KILLED(number) (number)

static void test_causes(void)
{
	static const struct {
		int ends[3];
		enum cause cause;
		size_t stage;
		const char *name;
	} cases[] = {
		{{0, 0, 0}, CAUSE_NONE, 0, "all ended with 0"},
		{{0, 0, KILLED(SIGSEGV)}, CAUSE_DATA, 2, "a crash may be the data's fault"},
		{{0, 0, KILLED(SIGABRT)}, CAUSE_DATA, 2, "abort() as well"},
		{{0, KILLED(SIGBUS), 0}, CAUSE_DATA, 1, "in any stage"},
		{{0, 0, KILLED(SIGSEGV | 0x80)}, CAUSE_DATA, 2, "with a core dump, too"},
		{{0, 0, EXIT(65)}, CAUSE_DATA, 2, "bad data"},
		{{0, 0, EXIT(70)}, CAUSE_DATA, 2, "an internal error"},
		{{EXIT(70), 0, 0}, CAUSE_DATA, 0, "of the first stage"},
		{{0, 0, KILLED(SIGKILL)}, CAUSE_OUTSIDE, 2, "SIGKILL comes from outside"},
		{{0, 0, KILLED(SIGTERM)}, CAUSE_OUTSIDE, 2, "SIGTERM as well"},
		{{0, 0, KILLED(SIGXCPU)}, CAUSE_OUTSIDE, 2, "and a limit"},
		{{0, 0, EXIT(1)}, CAUSE_OUTSIDE, 2, "an unknown status proves nothing"},
		{{0, 0, EXIT(69)}, CAUSE_OUTSIDE, 2, "database failure"},
		{{0, 0, EXIT(71)}, CAUSE_OUTSIDE, 2, "no memory"},
		{{0, 0, EXIT(73)}, CAUSE_OUTSIDE, 2, "busy"},
		{{0, 0, EXIT(74)}, CAUSE_OUTSIDE, 2, "disk full"},
		{{0, 0, EXIT(75)}, CAUSE_OUTSIDE, 2, "database away"},
		{{0, 0, EXIT(78)}, CAUSE_OUTSIDE, 2, "schema"},
		{{0, 0, EXIT(124)}, CAUSE_OUTSIDE, 2, "a deadline"},
		{{0, 0, EXIT(127)}, CAUSE_OUTSIDE, 2, "not installed"},
		{{EXIT(74), EXIT(74), KILLED(SIGSEGV)}, CAUSE_DATA, 2,
			"stages that lost their reader did not fail"},
		{{KILLED(SIGPIPE), EXIT(74), EXIT(75)}, CAUSE_OUTSIDE, 2, "by SIGPIPE neither"},
		{{EXIT(74), KILLED(SIGKILL), 0}, CAUSE_OUTSIDE, 1, "the killed one is named"},
		{{KILLED(SIGKILL), 0, EXIT(70)}, CAUSE_OUTSIDE, 0,
			"what follows a stage that failed is not to blame"},
		{{0, EXIT(74), 0}, CAUSE_OUTSIDE, 1, "74 with all readers well is a failure"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cause_verdict verdict = cause_find(cases[i].ends, 3);
		ok(verdict.cause == cases[i].cause && verdict.stage == cases[i].stage,
			cases[i].name);
	}
}

static void test_texts(void)
{
	is_number(cause_status(EXIT(78)), 78, "an exit status stays");
	is_number(cause_status(KILLED(SIGKILL)), 75, "a signal is a temporary failure");
	is_text(cause_describe(EXIT(78)).key, "status", "a status is named so");
	is_text(cause_describe(EXIT(78)).value, "78", "with its number");
	is_text(cause_describe(KILLED(SIGSEGV)).key, "signal", "a signal is named so");
	is_text(cause_describe(KILLED(SIGSEGV)).value, "SEGV", "with its name");
}

int main(void)
{
	test_causes();
	test_texts();
	return tap_done();
}
