#define _GNU_SOURCE /* pidfd_open(), P_PIDFD */
#include "common/pipeline/stage.h"

#include "common/log/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

extern char **environ;

/* The folder of our own program, without a slash at its end; "" where that is not known. */
static void own_folder(char *folder, size_t size)
{
	ssize_t length = readlink("/proc/self/exe", folder, size - 1);

	folder[length > 0 ? length : 0] = '\0';
	char *slash = strrchr(folder, '/');
	if (slash)
		*slash = '\0';
}

/* The program's path if it can be run; an empty folder is the current one. */
static char *program_in(const char *folder, size_t length, const char *name)
{
	size_t size = length + strlen(name) + sizeof("./");
	char *path = malloc(size);

	if (!path)
		return NULL;
	if (length == 0)
		snprintf(path, size, "./%s", name);
	else
		snprintf(path, size, "%.*s/%s", (int)length, folder, name);
	if (access(path, X_OK) == 0)
		return path;
	free(path);
	return NULL;
}

static char *find_program(const char *name)
{
	const char *folders = getenv("PATH");
	char own[PATH_MAX];
	char *path = NULL;

	if (strchr(name, '/'))
		return access(name, X_OK) == 0 ? strdup(name) : NULL;
	while (folders && !path) {
		size_t length = strcspn(folders, ":");
		path = program_in(folders, length, name);
		folders = folders[length] ? folders + length + 1 : NULL;
	}
	own_folder(own, sizeof(own));
	return path || !*own ? path : program_in(own, strlen(own), name);
}

static size_t count_strings(char *const *strings)
{
	size_t count = 0;

	while (strings[count])
		count++;
	return count;
}

/* A copy of the array with room for `more` strings. */
static char **copy_array(char *const *strings, size_t more)
{
	size_t count = count_strings(strings);
	char **copy = calloc(count + more + 1, sizeof(*copy));

	if (copy)
		memcpy(copy, strings, count * sizeof(*copy));
	return copy;
}

int command_init(struct command *command, char *const *argv)
{
	*command = (struct command){.name = argv[0], .path = find_program(argv[0])};
	if (!command->path)
		return fail(EX_CONFIG, "not installed", {"program", argv[0]});
	command->argv = copy_array(argv, 0);
	return command->argv ? 0 : fail(EX_OSERR, "out of memory", {"program", argv[0]});
}

int command_set_environment(struct command *command, char *variable)
{
	size_t length = strcspn(variable, "=");
	char **envp = copy_array(command->envp ? command->envp : environ, 1);
	size_t kept = 0;

	if (!envp)
		return fail(EX_OSERR, "out of memory", {"program", command->name});
	for (size_t i = 0; envp[i]; i++) {
		if (strncmp(envp[i], variable, length) != 0 || envp[i][length] != '=')
			envp[kept++] = envp[i];
	}
	if (variable[length] == '=')
		envp[kept++] = variable;
	envp[kept] = NULL;
	free(command->envp);
	command->envp = envp;
	return 0;
}

void command_release(struct command *command)
{
	free(command->path);
	free(command->argv);
	free(command->envp);
	*command = (struct command){0};
}

/* In the child, where other threads may have held locks at the fork: only calls that signal
 * handlers may make. */
static void run_command(
	const struct command *command, int in_fd, int out_fd, pid_t group, pid_t parent)
{
	struct sigaction standard = {.sa_handler = SIG_DFL};
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EX_OSERR);
	setpgid(0, group);
	for (int number = 1; number < NSIG; number++)
		sigaction(number, &standard, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(in_fd, STDIN_FILENO) < 0 || dup2(out_fd, STDOUT_FILENO) < 0)
		_exit(EX_OSERR);
	execve(command->path, command->argv, command->envp ? command->envp : environ);
	_exit(errno == ENOENT ? 127 : 126);
}

int stage_start(
	struct stage *stage, const struct command *command, int in_fd, int out_fd, pid_t group)
{
	pid_t parent = getpid();

	*stage = (struct stage){.pid_fd = -1};
	stage->pid = fork();
	if (stage->pid == 0)
		run_command(command, in_fd, out_fd, group, parent);
	if (stage->pid > 0) {
		/* Also here: whichever comes first, the group exists before it is signalled. */
		setpgid(stage->pid, group);
		stage->pid_fd = pidfd_open(stage->pid, 0);
	}
	if (stage->pid_fd >= 0)
		return 0;
	int error = errno;
	if (stage->pid > 0) {
		kill(stage->pid, SIGKILL);
		waitpid(stage->pid, NULL, 0);
	}
	return fail(EX_OSERR, "cannot start a stage", {"stage", command->name}, LOG_ERRNO(error));
}

static bool reap(struct stage *stage, int options)
{
	if (stage->pid_fd < 0)
		return true;
	if (waitpid(stage->pid, &stage->end, options) != stage->pid)
		return false;
	close(stage->pid_fd);
	stage->pid_fd = -1;
	return true;
}

bool stage_reap(struct stage *stage)
{
	return reap(stage, WNOHANG);
}

int stage_wait(struct stage *stage)
{
	while (!reap(stage, 0))
		;
	return stage->end;
}
