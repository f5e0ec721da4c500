#define _GNU_SOURCE /* canonicalize_file_name() */
#include "tools/wd-drain/options.h"

#include "common/base/array.h"
#include "common/cli/opt.h"
#include "common/log/log.h"
#include "common/pipeline/command_line.h"
#include "tools/wd-drain/pipeline/commands.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* wd-store reports after 5 s that it waits, then every 10 s: a shorter deadline would interrupt it
 * between two reports. */
#define STORE_DEADLINE_MIN_S 15

static double deadline_s = 60;
static struct settings settings = {.batch = 1000};

static struct opt opts[] = {
	{"once", OPT_FLAG, &settings.once, NULL, "store what is there, and exit"},
	{"keep", OPT_TEXT, &settings.keep, "DIR",
		"move stored segments there, compressed (zstd),\ninstead of removing them"},
	{"state", OPT_TEXT, &settings.state, "DIR",
		"where stages keep their state, outside the\nspool (default SPOOL.state)"},
	{"prometheus", OPT_TEXT, &settings.prometheus, "FILE",
		"have wd-health write its metrics there"},
	{"watch", OPT_TEXT, &settings.rules, "RULES",
		"add events by the rules in this file; see\nwd-rules(5)"},
	{"events", OPT_TEXT, &settings.events, "DIR",
		"with --watch: queue events there for\nwd-notify --events"},
	{"copy", OPT_TEXT, &settings.copy, "SOCKET",
		"copy what is stored to the reader that listens\nat this UNIX socket; never wait "
		"for it"},
	{"batch", OPT_NUMBER, &settings.batch, "N",
		"segments that are fed ahead of the last\ndeleted one, at most (default 1000)", 1,
		10000},
	{"deadline", OPT_SECONDS, &deadline_s, "SECONDS",
		"restart a pipeline that acknowledges nothing\nfor this long (default 60)", 1,
		3600},
	{.env = "HEALTH_FILE", .kind = OPT_TEXT, .value = &settings.health_file},
};

static struct opt_tool tool = {
	.name = "wd-drain",
	.operands = "SPOOL [TARGET | -- COMMAND ...]",
	.purpose = "Feeds spooled segments to wd-normalize | wd-health | wd-store, or to COMMAND,\n"
		   "and removes those that are acknowledged.",
	.opts = opts,
	.count = ARRAY_SIZE(opts),
	.notes = "TARGET is postgresql://USER@HOST/DATABASE or sqlite:FILE; without it\n"
		 "$DATABASE_URL, and without that sqlite:wardragon.db.",
};

static int check_operands(const struct command_line *operands)
{
	if (operands->count < 1 || !*operands->words[0])
		return opt_usage(&tool, "no spool given", NULL);
	if (operands->command && operands->count > 1)
		return opt_usage(&tool, "either a target or a command", operands->words[1]);
	if (operands->command && !operands->command[0])
		return opt_usage(&tool, "no command after --", NULL);
	if (operands->count > 2)
		return opt_usage(&tool, "too many operands", operands->words[2]);
	return 0;
}

/* Where `path` is, or would be made; NULL where its folder is not there either. The caller frees
 * it. */
static char *resolve(const char *path)
{
	char *resolved = canonicalize_file_name(path);

	if (resolved)
		return resolved;
	char *folder = strdup(path);
	if (!folder)
		return NULL;
	for (size_t end = strlen(folder); end > 1 && folder[end - 1] == '/';)
		folder[--end] = '\0';
	char *slash = strrchr(folder, '/');
	if (slash)
		slash[slash == folder] = '\0';
	resolved = canonicalize_file_name(slash ? folder : ".");
	free(folder);
	return resolved;
}

static bool is_inside(const char *folder, const char *path)
{
	char *outer = canonicalize_file_name(folder), *inner = resolve(path);
	size_t length = outer ? strlen(outer) : 0;
	bool inside = outer && inner && strncmp(outer, inner, length) == 0 &&
		      (inner[length] == '/' || inner[length] == '\0');

	free(outer);
	free(inner);
	return inside;
}

/* The folder next to the spool; its name is kept as long as the process runs. */
static int choose_state(struct settings *chosen)
{
	char *spool = canonicalize_file_name(chosen->spool);
	const char *base = spool ? spool : chosen->spool;
	size_t length = strlen(base);

	while (length > 1 && base[length - 1] == '/')
		length--;
	char *state = malloc(length + sizeof(".state"));
	if (state) {
		memcpy(state, base, length);
		memcpy(state + length, ".state", sizeof(".state"));
	}
	free(spool);
	chosen->state = state;
	return state ? 0 : fail(EX_OSERR, "out of memory");
}

static int check_folders(struct settings *chosen)
{
	if (!chosen->state) {
		int status = choose_state(chosen);
		if (status)
			return status;
	} else if (is_inside(chosen->spool, chosen->state)) {
		return opt_usage(&tool, "the state must be outside of the spool", chosen->state);
	}
	if (chosen->keep && is_inside(chosen->spool, chosen->keep))
		return opt_usage(&tool, "kept segments must be outside of the spool", chosen->keep);
	if (chosen->events && is_inside(chosen->spool, chosen->events))
		return opt_usage(&tool, "events must be outside of the spool", chosen->events);
	return 0;
}

/* What only the standard pipeline has, and what it needs. */
static int check_pipeline(const struct command_line *operands)
{
	const char *stage = settings.rules    ? "--watch"
			    : settings.events ? "--events"
			    : settings.copy   ? "--copy"
					      : NULL;

	if (operands->command && stage)
		return opt_usage(&tool, "not with a COMMAND, which can have that stage", stage);
	if (settings.events && !settings.rules)
		return opt_usage(&tool, "there are no events without --watch", "--events");
	if (!operands->command && deadline_s < STORE_DEADLINE_MIN_S)
		return fail(EX_USAGE, "the deadline is too short",
			{"deadline", log_seconds(deadline_s).text},
			{"expected", "15s or more: wd-store reports every 10 s that it waits"});
	return 0;
}

static int choose_commands(struct drain *drain, const struct command_line *operands)
{
	const char *target = operands->count > 1 ? operands->words[1] : NULL;
	int status = 0;

	if (operands->command) {
		status = commands_user(&drain->commands, operands->command);
		return status ? status : commands_user(&drain->trial, operands->command);
	}
	status = commands_standard(&drain->commands, &settings, target, false);
	if (!status)
		status = commands_standard(&drain->trial, &settings, target, true);
	if (!status && settings.rules)
		status = commands_check_rules(&settings);
	return status;
}

int options_read(struct drain *drain, int argc, char **argv)
{
	struct command_line operands = command_line_parse(&tool, argc, argv);
	int status = check_operands(&operands);

	if (!status)
		status = check_pipeline(&operands);
	if (status)
		return status;
	settings.spool = operands.words[0];
	settings.deadline_us = (int64_t)(deadline_s * (double)CLOCK_SECOND_US);
	status = check_folders(&settings);
	drain->settings = settings;
	return status ? status : choose_commands(drain, &operands);
}
