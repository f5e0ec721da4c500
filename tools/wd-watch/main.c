/* wd-watch: events from records, by zones and rules. */
#include "common/base/array.h"
#include "common/cli/opt.h"
#include "common/log/log.h"
#include "common/process/signals.h"
#include "tools/wd-watch/filter.h"
#include "tools/wd-watch/zones/zones_geojson.h"

#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

struct watch_options {
	const char *rules;
	struct watch_settings filter;
	double late_s;
	bool check, zones, replay;
};

static int check(const struct rules *rules)
{
	printf("%zu rules, %zu zones, %zu known\n", rules->count, rules->zones.count,
		rules->known_count);
	if (fflush(stdout) || ferror(stdout))
		return fail(EX_IOERR, "cannot write", {"file", "stdout"});
	return 0;
}

static int print_zones(const struct rules *rules)
{
	struct buffer out = {0};

	zones_geojson(&out, rules);
	int status = buffer_write(&out, STDOUT_FILENO, "stdout");
	buffer_release(&out);
	return status;
}

static int run(const struct watch_options *settings, char *const *files)
{
	struct rules rules = {0};
	int status = rules_load(&rules, settings->rules);

	if (!status && settings->zones)
		status = print_zones(&rules);
	else if (!status)
		status = settings->check ? check(&rules)
					 : filter_run(files, &rules, &settings->filter);
	rules_release(&rules);
	return status;
}

int main(int argc, char **argv)
{
	struct watch_options settings = {.late_s = 300};
	struct opt opts[] = {
		{.name = "rules",
			.kind = OPT_TEXT,
			.value = &settings.rules,
			.argument = "FILE",
			.help = "zones, known drones and rules; see wd-rules(5)",
			.letter = 'r'},
		{.name = "state",
			.kind = OPT_TEXT,
			.value = &settings.filter.state,
			.argument = "FILE",
			.help = "load state from FILE at start and keep it\nupdated"},
		{.name = "only",
			.kind = OPT_FLAG,
			.value = &settings.filter.only_events,
			.help = "write events only, not the input"},
		{.name = "late",
			.kind = OPT_SECONDS,
			.value = &settings.late_s,
			.argument = "SECONDS",
			.help = "observations that are older than this by\ntheir kit's time "
				"raise no event (default 300)",
			.min = 0,
			.max = 30 * 86400},
		{.name = "replay",
			.kind = OPT_FLAG,
			.value = &settings.replay,
			.help = "only lines move time: always so, accepted as\nin wd-health"},
		{.name = "check",
			.kind = OPT_FLAG,
			.value = &settings.check,
			.help = "check the rules file, print what it holds, exit"},
		{.name = "zones",
			.kind = OPT_FLAG,
			.value = &settings.zones,
			.help = "print zones and known drones as GeoJSON, for\nwd-serve and "
				"wd-export html, exit"},
	};
	struct opt_tool tool = {.name = "wd-watch",
		.operands = "[FILE ...]",
		.purpose =
			"Adds an event line when a record matches a rule, and passes all lines on.",
		.opts = opts,
		.count = ARRAY_SIZE(opts)};

	int status = signals_open();
	if (status)
		return status;
	int operand = opt_parse(&tool, argc, argv);
	settings.filter.late_us = (int64_t)(settings.late_s * (double)CLOCK_SECOND_US);
	if (!settings.rules)
		return opt_usage(&tool, "no rules file: -r FILE", NULL);
	if ((settings.check || settings.zones) && argv[operand])
		return opt_usage(&tool, "--check and --zones read no input", argv[operand]);
	return run(&settings, argv + operand);
}
