#include "tools/wd-drain/pipeline/commands.h"

#include "common/db/credential.h"
#include "common/db/target.h"
#include "common/log/log.h"
#include "common/pipeline/cause.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* Only wd-store gets the target. */
#define WITHOUT_DATABASE "DATABASE_URL"

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
	int status = target_parse(name, NULL, &target);

	if (!status)
		target_release(&target);
	return status;
}

/* Set `*variable`. */
static int choose_target(const char *operand, char **variable)
{
	const char *environment = getenv("DATABASE_URL");
	const char *given = environment && *environment ? environment : NULL;
	char *target = database_name(operand ? operand : given);
	int status = check_target(target);

	if (!status)
		*variable = format_variable(target);
	free(target);
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

/* Have the list own `text` (NULL: out of memory). */
static int keep_text(struct command_list *list, char *text)
{
	if (!text)
		return fail(EX_OSERR, "out of memory");
	list->texts[list->text_count++] = text;
	return 0;
}

/* Return STATE/current/NAME, to be freed; NULL without memory. */
static char *format_state(const struct settings *settings, const char *name)
{
	size_t size = strlen(settings->state) + sizeof("/current/") + strlen(name);
	char *path = malloc(size);

	if (path)
		snprintf(path, size, "%s/current/%s", settings->state, name);
	return path;
}

static int add_health(struct command_list *list, const struct settings *settings)
{
	char *state = format_state(settings, "health");
	char *argv[7] = {"wd-health", "--replay", "--state", state};

	if (settings->prometheus) {
		argv[4] = "--prometheus";
		argv[5] = (char *)settings->prometheus;
	}
	int status = keep_text(list, state);
	return status ? status : add(list, argv, WITHOUT_DATABASE);
}

static int add_watch(struct command_list *list, const struct settings *settings)
{
	char *state = settings->rules ? format_state(settings, "watch") : NULL;
	char *argv[] = {
		"wd-watch", "--replay", "--rules", (char *)settings->rules, "--state", state, NULL};

	if (!settings->rules)
		return 0;
	int status = keep_text(list, state);
	return status ? status : add(list, argv, WITHOUT_DATABASE);
}

/* Return the last component of the spool's path, without slashes; to be freed, NULL without memory.
 * One that would be no good name of a file is "drain". */
static char *format_writer(const char *spool)
{
	size_t end = strlen(spool);

	while (end > 0 && spool[end - 1] == '/')
		end--;
	size_t start = end;
	while (start > 0 && spool[start - 1] != '/')
		start--;
	return start == end || spool[start] == '.' ? strdup("drain")
						   : strndup(spool + start, end - start);
}

/* Several wd-drain may share a queue: each writes under the name of its spool. */
static int add_events(struct command_list *list, const struct settings *settings, char **argv)
{
	char *writer = format_writer(settings->spool);

	argv[0] = "--events";
	argv[1] = (char *)settings->events;
	argv[2] = "--writer";
	argv[3] = writer;
	return keep_text(list, writer);
}

/* In a trial segments are fed out of order, or in parts: the events may be wrong. */
static int add_tee(struct command_list *list, const struct settings *settings, bool is_trial)
{
	char *trial[] = {"wd-tee", "--drop-events", NULL};
	char *argv[8] = {"wd-tee"};
	size_t count = 1;
	int status = 0;

	if (is_trial)
		return settings->rules ? add(list, trial, WITHOUT_DATABASE) : 0;
	if (settings->rules && settings->events) {
		status = add_events(list, settings, argv + count);
		count += 4;
	}
	if (settings->copy) {
		argv[count++] = "--copy";
		argv[count++] = (char *)settings->copy;
	}
	return status || count == 1 ? status : add(list, argv, WITHOUT_DATABASE);
}

static int add_store(struct command_list *list, const struct settings *settings, const char *target)
{
	char *argv[] = {"wd-store", "--acknowledge", settings->once ? "--fail-fast" : NULL, NULL};
	char *variable = NULL;
	int status = choose_target(target, &variable);

	if (!status)
		status = keep_text(list, variable);
	return status ? status : add(list, argv, variable);
}

int commands_standard(struct command_list *list, const struct settings *settings,
	const char *target, bool is_trial)
{
	char *normalize[] = {"wd-normalize", NULL};
	int status = add(list, normalize, WITHOUT_DATABASE);

	if (!status)
		status = add_health(list, settings);
	if (!status)
		status = add_watch(list, settings);
	if (!status)
		status = add_tee(list, settings, is_trial);
	return status ? status : add_store(list, settings, target);
}

int commands_check_rules(const struct settings *settings)
{
	char *argv[] = {"wd-watch", "--rules", (char *)settings->rules, "--check", NULL};
	struct command command;
	struct stage stage;
	int status = command_init(&command, argv);
	int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (!status)
		status = command_set_environment(&command, WITHOUT_DATABASE);
	if (!status && null_fd < 0)
		status = fail(
			EX_OSERR, "cannot open a file", {"file", "/dev/null"}, LOG_ERRNO(errno));
	if (!status)
		status = stage_start(&stage, &command, null_fd, null_fd, 0);
	if (!status)
		status = cause_status(stage_wait(&stage));
	if (null_fd >= 0)
		close(null_fd);
	command_release(&command);
	return status;
}

int commands_user(struct command_list *list, char **argv)
{
	if (strncmp(argv[0], "sqlite:", 7) == 0 || strstr(argv[0], "://"))
		return fail(EX_USAGE, "expected a command after --, not a database",
			{"hint", "wd-drain SPOOL TARGET, without --"});
	return add(list, argv, NULL);
}
