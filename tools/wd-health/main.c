/* wd-health: which kits can be trusted, now. */
#include "common/array.h"
#include "common/opt.h"
#include "common/signals.h"
#include "tools/wd-health/ask.h"
#include "tools/wd-health/filter.h"

#include <string.h>

struct wishes {
	struct filter_settings filter;
	double threshold_s, since_s;
	const char *report; /* "" or "json" */
	bool check;
	const char *warning, *critical;
};

static int report(const struct wishes *wishes)
{
	struct answer answer;
	int status = ask_open(&answer, wishes->filter.state, wishes->filter.threshold_us);

	answer.since_us = (int64_t)(wishes->since_s * (double)CLOCK_SECOND_US);
	if (!status)
		status = *wishes->report ? ask_json(&answer) : ask_table(&answer);
	ask_release(&answer);
	return status;
}

/* What is wrong with the options, taken together; NULL if nothing is. */
static const char *contradiction(const struct wishes *wishes)
{
	bool asks = wishes->report || wishes->check;

	if (wishes->report && *wishes->report && strcmp(wishes->report, "json") != 0)
		return "--report is a table, or =json";
	if (wishes->report && wishes->check)
		return "either --report or --check";
	if (asks && !wishes->filter.state)
		return "--report and --check need --state FILE";
	if (wishes->since_s > 0 && !wishes->report)
		return "--since belongs to --report";
	if ((wishes->warning || wishes->critical) && !wishes->check)
		return "--warning and --critical belong to --check";
	return NULL;
}

static int run(const struct wishes *wishes, char *const *files)
{
	notice_open();
	state_open();
	if (wishes->check)
		return ask_check(wishes->filter.state, wishes->filter.threshold_us, wishes->warning,
			wishes->critical);
	if (wishes->report)
		return report(wishes);
	return filter_run(files, &wishes->filter);
}

int main(int argc, char **argv)
{
	struct wishes wishes = {.threshold_s = 60};
	struct opt opts[] = {
		{"state", OPT_TEXT, &wishes.filter.state, "FILE",
			"go on where FILE says that the last run\nended, and keep it up"},
		{"stale-threshold", OPT_SECONDS, &wishes.threshold_s, "SECONDS",
			"without a good reply for this long a kit\nis stale", 1, 86400,
			"STALE_THRESHOLD"},
		{"replay", OPT_FLAG, &wishes.filter.replay, NULL,
			"time passes by lines only, never by waiting"},
		{"prometheus", OPT_TEXT, &wishes.filter.prometheus, "FILE",
			"keep FILE for node_exporter's textfile\ncollector"},
		{"report", OPT_MAYBE, &wishes.report, "json",
			"print what the state file knows, and exit"},
		{"since", OPT_SECONDS, &wishes.since_s, "TIME",
			"report the gaps of the last TIME, too\n(up to 24h)", 60, 86400},
		{"check", OPT_FLAG, &wishes.check, NULL,
			"be a monitoring plugin on the state file"},
		{"warning", OPT_TEXT, &wishes.warning, "RANGE",
			"warn if so many kits are not online (default 0)", .letter = 'w'},
		{"critical", OPT_TEXT, &wishes.critical, "RANGE",
			"critical if so many are not online (default: all)", .letter = 'c'},
	};
	struct opt_tool tool = {"wd-health", "[FILE ...]",
		"Watches which kits answer, and passes all lines on.", opts, ARRAY_SIZE(opts)};

	int status = signals_open();
	if (status)
		return status;
	int operand = opt_parse(&tool, argc, argv);
	wishes.filter.threshold_us = (int64_t)(wishes.threshold_s * (double)CLOCK_SECOND_US);
	const char *wrong = contradiction(&wishes);
	return wrong ? opt_usage(&tool, wrong, NULL) : run(&wishes, argv + operand);
}
