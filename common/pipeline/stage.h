/* One process of a pipeline. */
#ifndef WD_PIPELINE_STAGE_H
#define WD_PIPELINE_STAGE_H

#include <stdbool.h>
#include <sys/types.h>

/* A command, ready to be started: everything that needs memory was done before fork(2). */
struct command {
	const char *name; /* for messages */
	char *path;       /* of the program; owned */
	char **argv;      /* its strings are not owned, the array is */
	char **envp;      /* NULL: ours; else the array is owned */
};

/* Find the program `argv[0]` on PATH, then beside ourselves. Return 0; EX_CONFIG where it is not
 * installed; EX_OSERR. `argv` is copied, its strings are not. */
int command_init(struct command *command, char *const *argv);

/* Have the command run with `variable` ("NAME=value", not copied) set, or with NAME unset where it
 * is just "NAME". Return 0 or EX_OSERR. */
int command_set_environment(struct command *command, char *variable);
void command_release(struct command *command);

struct stage {
	pid_t pid;
	int pid_fd; /* readable once the process has ended; -1: it has been reaped */
	int end;    /* its wait status then */
};

/* Start the command with these descriptors as stdin and stdout, in the process group `group` (0: a
 * new one of its own pid). Signals have their default dispositions there; SIGKILL ends it when we
 * end. Return 0 or EX_OSERR. */
int stage_start(
	struct stage *stage, const struct command *command, int in_fd, int out_fd, pid_t group);

/* Return whether the process has ended, and reap it then. Do not wait. */
bool stage_reap(struct stage *stage);

/* Wait for the process to end, reap it and return its wait status. */
int stage_wait(struct stage *stage);

#endif
