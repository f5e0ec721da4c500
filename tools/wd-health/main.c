/* wd-health: watch which kits answer. */
#include "common/base/array.h"
#include "common/cli/opt.h"
#include "common/process/signals.h"
#include "tools/wd-health/query/query.h"
#include "tools/wd-health/run.h"

#include <string.h>

struct options {
	struct run_settings run;
	double threshold_s, since_s;
	const char *report; /* "" or "json" */
	bool check;
	const char *warning, *critical;
};

static int report(const struct options *options)
{
	struct health_query query;
	int status = query_open(&query, options->run.state, options->run.threshold_us);

	query.since_us = (int64_t)(options->since_s * (double)CLOCK_SECOND_US);
	if (!status)
		status = *options->report ? query_json(&query) : query_table(&query);
	query_release(&query);
	return status;
}

/* Return what is wrong with the combination of options, or NULL. */
static const char *conflict(const struct options *options)
{
	bool is_query = options->report || options->check;

	if (options->report && *options->report && strcmp(options->report, "json") != 0)
		return "--report is a table, or =json";
	if (options->report && options->check)
		return "either --report or --check";
	if (is_query && !options->run.state)
		return "--report and --check need --state FILE";
	if (options->since_s > 0 && !options->report)
		return "--since belongs to --report";
	if ((options->warning || options->critical) && !options->check)
		return "--warning and --critical belong to --check";
	return NULL;
}

static int run(const struct options *options, char *const *files)
{
	event_open();
	state_open();
	if (options->check)
		return query_check(options->run.state, options->run.threshold_us, options->warning,
			options->critical);
	if (options->report)
		return report(options);
	return run_filter(files, &options->run);
}

int main(int argc, char **argv)
{
	struct options options = {.threshold_s = 60};
	struct opt opts[] = {
		{"state", OPT_TEXT, &options.run.state, "FILE",
			"load state from FILE at start and keep it\nupdated"},
		{"stale-threshold", OPT_SECONDS, &options.threshold_s, "SECONDS",
			"time without a good reply after which a kit\nis stale", 1, 86400,
			"STALE_THRESHOLD"},
		{"replay", OPT_FLAG, &options.run.is_replay, NULL,
			"only lines move time: each kit's own, and ticks"},
		{"report-lines", OPT_FLAG, &options.run.report_lines, NULL,
			"log a line for each kit every minute, not\nonly a summary"},
		{"prometheus", OPT_TEXT, &options.run.prometheus, "FILE",
			"keep FILE updated for node_exporter's\ntextfile collector"},
		{"report", OPT_MAYBE, &options.report, "json", "print the state file and exit"},
		{"since", OPT_SECONDS, &options.since_s, "TIME",
			"with --report, list the gaps of the last TIME\n(up to 24h)", 60, 86400},
		{"check", OPT_FLAG, &options.check, NULL,
			"act as a monitoring plugin on the state file"},
		{"warning", OPT_TEXT, &options.warning, "RANGE",
			"warn if this many kits are not online\n(default 0)", .letter = 'w'},
		{"critical", OPT_TEXT, &options.critical, "RANGE",
			"critical if this many are not online\n(default all)", .letter = 'c'},
	};
	struct opt_tool tool = {"wd-health", "[FILE ...]",
		"Watches which kits answer, and passes all lines on.", opts, ARRAY_SIZE(opts)};

	int status = signals_open();
	if (status)
		return status;
	int operand = opt_parse(&tool, argc, argv);
	options.run.threshold_us = (int64_t)(options.threshold_s * (double)CLOCK_SECOND_US);
	const char *wrong = conflict(&options);
	return wrong ? opt_usage(&tool, wrong, NULL) : run(&options, argv + operand);
}
