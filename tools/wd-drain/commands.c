#include "tools/wd-drain/commands.h"

#include "common/db/credential.h"
#include "common/db/target.h"
#include "common/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define DEFAULT_TARGET "sqlite:wardragon.db"

/* "DATABASE_URL=…". */
static char *format_variable(const char *target)
{
	size_t size = sizeof("DATABASE_URL=") + strlen(target);
	char *variable = malloc(size);

	if (variable)
		snprintf(variable, size, "DATABASE_URL=%s", target);
	return variable;
}

/* Check what wd-store will get. */
static int check_target(const char *name)
{
	struct target target;
	int status = target_parse(name, &target);

	if (!status)
		target_release(&target);
	return status;
}

/* Set `*variable`. */
static int choose_target(const char *operand, char **variable)
{
	const char *environment = getenv("DATABASE_URL");
	char *credential = NULL;
	const char *target = operand;

	if (!target && environment && *environment)
		target = environment;
	if (!target)
		target = credential = database_credential();
	if (!target)
		target = DEFAULT_TARGET;
	int status = check_target(target);
	if (!status)
		*variable = format_variable(target);
	free(credential);
	return status || *variable ? status : fail(EX_OSERR, "out of memory");
}

static int add(struct command_list *list, char *const *argv, char *variable)
{
	struct command *command = &list->commands[list->count++];
	int status = command_init(command, argv);

	if (!status && variable)
		status = command_set_environment(command, variable);
	/* The quiet part of a service is quiet as a whole. */
	if (!status && !log_shows(LOG_INFO))
		status = command_set_environment(command, "LOG_LEVEL=warning");
	return status;
}

static int add_health(struct command_list *list, const struct settings *settings)
{
	static const char suffix[] = "/current/health";
	size_t size = strlen(settings->state) + sizeof(suffix);
	char *state = malloc(size);
	char *argv[7] = {"wd-health", "--replay", "--state", state};

	if (!state)
		return fail(EX_OSERR, "out of memory");
	list->texts[1] = state;
	snprintf(state, size, "%s%s", settings->state, suffix);
	if (settings->prometheus) {
		argv[4] = "--prometheus";
		argv[5] = (char *)settings->prometheus;
	}
	return add(list, argv, "DATABASE_URL");
}

int commands_standard(
	struct command_list *list, const struct settings *settings, const char *target)
{
	char *normalize[] = {"wd-normalize", NULL};
	char *store[] = {"wd-store", "--acknowledge", settings->once ? "--fail-fast" : NULL, NULL};
	int status = choose_target(target, &list->texts[0]);

	if (!status)
		status = add(list, normalize, "DATABASE_URL");
	if (!status)
		status = add_health(list, settings);
	if (!status)
		status = add(list, store, list->texts[0]);
	return status;
}

int commands_user(struct command_list *list, char **argv)
{
	if (strncmp(argv[0], "sqlite:", 7) == 0 || strstr(argv[0], "://"))
		return fail(EX_USAGE, "expected a command after --, not a database",
			{"hint", "wd-drain SPOOL TARGET, without --"});
	return add(list, argv, NULL);
}
