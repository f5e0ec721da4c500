/* wd-dump: the rows of a database as the records that they came from. */
#include "common/array.h"
#include "common/db/target.h"
#include "common/log.h"
#include "common/opt.h"
#include "common/signals.h"
#include "common/spelling.h"
#include "tools/wd-dump/dump.h"
#include "tools/wd-dump/moment.h"

#include <stdlib.h>
#include <sysexits.h>

static const char *target = "sqlite:wardragon.db";
static const char *since, *until;
static struct opt_list types;
static struct wish wish;

static struct opt opts[] = {
	{.env = "DATABASE_URL", .kind = OPT_TEXT, .value = &target},
	{"since", OPT_TEXT, &since, "TIME",
		"from then on: 2026-11-23, 2026-11-23T17:00:00Z,\n"
		"or how long ago: 90s, 2h, 7d"},
	{"until", OPT_TEXT, &until, "TIME", "before then"},
	{"kit", OPT_LIST, &wish.kits, "ID", "of this kit; may be given again"},
	{"drone", OPT_LIST, &wish.drones, "ID",
		"of this drone or aircraft, and no other\n"
		"types unless --type names them"},
	{"type", OPT_LIST, &types, "TYPE", "of this type; may be given again"},
	{"limit", OPT_NUMBER, &wish.max, "N", "of each type the newest N only", 1, 1e15},
};

static struct opt_tool tool = {
	.name = "wd-dump",
	.operands = "[TARGET]",
	.purpose = "Prints the rows of a database as records, in the order of time.",
	.opts = opts,
	.count = ARRAY_SIZE(opts),
	.libraries = target_libraries,
	.notes = "TYPE is kit, kit_status, system_health, drone, signal, coverage or reject.\n"
		 "TARGET is postgresql://USER@HOST/DATABASE or sqlite:FILE; without it\n"
		 "$DATABASE_URL, and without that sqlite:wardragon.db.",
};

static int read_moment(const char *option, const char *text, bool *given, clock_us *moment)
{
	*given = text != NULL;
	if (text && !moment_parse(text, clock_wall_us(), moment))
		return opt_usage(&tool, option, text);
	return 0;
}

static int want(const char *type, bool wanted[TABLE_COUNT])
{
	const struct table *table = table_find(type);
	const char *closest = NULL;

	for (int t = 0; t < TABLE_COUNT && !table; t++) {
		if (tables[t].type && one_edit_apart(type, tables[t].type))
			closest = tables[t].type;
	}
	if (!table)
		return opt_usage_closest(&tool, "no such type", type, closest);
	wanted[table - tables] = true;
	return 0;
}

static int choose(bool wanted[TABLE_COUNT])
{
	int status = 0;

	for (size_t i = 0; i < types.count && !status; i++)
		status = want(types.items[i], wanted);
	if (types.count)
		return status;
	if (wish.drones.count)
		return want("drone", wanted);
	for (size_t t = 0; t < TABLE_COUNT; t++)
		wanted[t] = tables[t].type != NULL;
	return 0;
}

static int open_source(struct source **source)
{
	const char *file = target_file(target);

	if (file)
		return source_sqlite(file, source);
	if (!target_is_postgresql(target))
		return target_usage_error();
	char *url = target_url(target);
	int status = url ? source_postgresql(url, source) : fail(EX_OSERR, "out of memory");
	free(url);
	return status;
}

static int run(void)
{
	bool wanted[TABLE_COUNT] = {false};
	struct source *source;
	int status = read_moment("no time for --since", since, &wish.from_since, &wish.since);

	if (!status)
		status = read_moment("no time for --until", until, &wish.to_until, &wish.until);
	if (!status)
		status = choose(wanted);
	if (!status)
		status = open_source(&source);
	if (status)
		return status;
	status = dump(source, wanted, &wish);
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
	return run();
}
