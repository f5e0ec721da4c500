/* wd-dump: prints the rows of a database as records. */
#include "common/base/array.h"
#include "common/cli/opt.h"
#include "common/cli/spelling.h"
#include "common/db/credential.h"
#include "common/db/target.h"
#include "common/log/log.h"
#include "common/process/signals.h"
#include "common/time/time_arg.h"
#include "tools/wd-dump/dump.h"
#include "tools/wd-dump/kits_yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

static const char *target; /* NULL: not given */
static const char *since, *until, *output;
static bool kits, replay_order;
static struct opt_list types;
static struct selection selection;

static struct opt opts[] = {
	{.env = "DATABASE_URL", .kind = OPT_TEXT, .value = &target},
	{"since", OPT_TEXT, &since, "TIME",
		"only rows of this time or later: 2026-11-23,\n"
		"2026-11-23T17:00:00Z, or a time ago: 90s, 2h, 7d"},
	{"until", OPT_TEXT, &until, "TIME", "only rows before this time"},
	{"kit", OPT_LIST, &selection.kits, "ID", "only rows of this kit; repeatable"},
	{"drone", OPT_LIST, &selection.drones, "ID",
		"only rows of this drone or aircraft, and of other\n"
		"types only those that --type names; repeatable"},
	{"type", OPT_LIST, &types, "TYPE", "only rows of this type; repeatable"},
	{"limit", OPT_NUMBER, &selection.max, "N", "only the newest N rows of each type", 1, 1e15},
	{"replay-order", OPT_FLAG, &replay_order, NULL,
		"print what was observed, in the order of its time,\n"
		"for wd-watch: no statuses, events and rejects"},
	{"kits", OPT_FLAG, &kits, NULL, "print the enabled kits with HTTP as a kits.yaml instead"},
	{"output", OPT_TEXT, &output, "FILE", "with --kits: replace FILE if its content differs"},
};

static struct opt_tool tool = {
	.name = "wd-dump",
	.operands = "[TARGET]",
	.purpose = "Prints the rows of a database as records, ordered by time.",
	.opts = opts,
	.count = ARRAY_SIZE(opts),
	.libraries = target_libraries,
	.notes = "TYPE is kit, kit_status, system_health, drone, signal, coverage, event,\n"
		 "reject or flight. Flights are computed; they are printed only if --type\n"
		 "names them.\n"
		 "TARGET is postgresql://USER@HOST/DATABASE or sqlite:FILE (default\n"
		 "$DATABASE_URL, else sqlite:wardragon.db).",
};

static int read_time(const char *option, const char *text, bool *given, clock_us *time)
{
	*given = text != NULL;
	if (!text || time_arg_parse(text, clock_wall_us(), time))
		return 0;
	log_error("invalid value", {option, text},
		{"expected", "a time such as 2026-11-23T17:00:00Z, a day such as 2026-11-23, or "
			     "how long ago, such as 90s, 2h, 1d or 1w"});
	fprintf(stderr, "Try '%s --help'.\n", tool.name);
	return EX_USAGE;
}

static int want(const char *type, bool wanted[TABLE_COUNT])
{
	const struct table *table = table_find(type);
	const char *closest = one_edit_apart(type, flight_table.type) ? flight_table.type : NULL;

	if (strcmp(type, flight_table.type) == 0)
		table = &tables[TABLE_SIGHTING];
	for (int t = 0; t < TABLE_COUNT && !table; t++) {
		if (tables[t].type && one_edit_apart(type, tables[t].type))
			closest = tables[t].type;
	}
	if (!table)
		return opt_usage_closest(&tool, "no such type", type, closest);
	wanted[table - tables] = true;
	return 0;
}

/* Whether the rows are input of wd-watch. Of the states of a kit only the last one is stored. */
static bool is_observed(size_t t)
{
	return t != TABLE_KIT_STATUS && t != TABLE_EVENT && t != TABLE_REJECT;
}

static int choose_types(bool wanted[TABLE_COUNT])
{
	int status = 0;

	for (size_t i = 0; i < types.count && !status; i++)
		status = want(types.items[i], wanted);
	if (types.count)
		return status;
	if (selection.drones.count)
		return want("drone", wanted);
	for (size_t t = 0; t < TABLE_COUNT; t++)
		wanted[t] = tables[t].type && (!replay_order || is_observed(t));
	return 0;
}

static int read_selection(bool wanted[TABLE_COUNT])
{
	int status = read_time("--since", since, &selection.has_since, &selection.since);

	if (!status)
		status = read_time("--until", until, &selection.has_until, &selection.until);
	return status ? status : choose_types(wanted);
}

/* The order of wd-drain(1): the operand, the environment, a credential of systemd. */
static int open_source(struct source **source)
{
	char *name = database_name(target);
	int status = source_open(name, source);

	free(name);
	return status;
}

static int run(void)
{
	bool wanted[TABLE_COUNT] = {false};
	struct source *source;
	int status = read_selection(wanted);

	if (!status)
		status = open_source(&source);
	if (status)
		return status;
	status = kits ? kits_yaml_write(source, &selection.kits, output)
		      : dump(source, wanted, &selection);
	source->calls->close(source);
	return status;
}

int main(int argc, char **argv)
{
	int status = signals_open();

	if (status)
		return status;
	char **operands = argv + opt_parse(&tool, argc, argv);
	if (*operands)
		target = *operands++;
	if (*operands)
		return opt_usage(&tool, "unexpected argument", *operands);
	if (replay_order && (types.count || selection.drones.count || selection.max))
		return opt_usage(&tool, "can be combined with --since, --until and --kit only",
			"--replay-order");
	if (kits && (since || until || types.count || selection.drones.count || selection.max ||
			    replay_order))
		return opt_usage(&tool, "can be combined with --kit and --output only", "--kits");
	if (output && !kits)
		return opt_usage(&tool, "only together with --kits", "--output");
	return run();
}
