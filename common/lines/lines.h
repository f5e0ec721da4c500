/* The line loop of all filters: read what is available, process each line, settle, block. */
#ifndef WD_COMMON_LINES_H
#define WD_COMMON_LINES_H

#include "common/base/span.h"

#include <poll.h>
#include <stdint.h>

/* A longer line goes to `overlong` instead of `line`. */
#define LINES_LINE_MAX ((size_t)16 << 20)

/* Whether a user at a terminal sees the progress of reading: after two seconds, if all input is
 * files, so that its size is known. */
enum lines_progress {
	LINES_PROGRESS_BESIDE_OUTPUT, /* unless stdout, which gets the output, is a terminal */
	LINES_PROGRESS_ALONE,         /* stdout gets nothing */
	LINES_PROGRESS_HIDDEN,        /* never */
};

/* How a filter processes its input. Every function gets `self` and returns 0 or an exit status,
 * which ends the loop. Optional functions may be NULL. */
struct line_handler {
	void *self;

	/* Process one line without its newline, never blank (empty or only spaces, tabs and CR).
	 * The bytes belong to the loop and change with the next read. */
	int (*line)(void *self, struct span line);

	/* Process the first LINES_LINE_MAX bytes of a longer line; the rest is dropped. */
	int (*overlong)(void *self, struct span beginning);

	/* Write what is ready; called after the lines of each read. `idle`: no more input is
	 * waiting, so a batch should be closed; before each wait and at the end of the input. */
	int (*settle)(void *self, bool idle);

	/* Optional: return the maximum time to wait for input, in milliseconds; -1 without limit.
	 * settle(idle) is called then. */
	int (*timeout_ms)(void *self);

	/* Optional: return a descriptor to wait for together with the input (`fd` -1: none).
	 * settle(idle) is called when it is ready. */
	struct pollfd (*watch)(void *self);

	/* Optional: handle a signal that does not ask to stop (SIGHUP, SIGUSR1). */
	int (*signal)(void *self, int signal_number);

	/* Optional: process what follows the last newline, not blank. It may be a whole line, or
	 * the beginning of one whose writer was killed. Without this function, `line` gets it. */
	int (*rest)(void *self, struct span rest);

	enum lines_progress progress;
};

/* Run the loop over stdin, or over the files named in the NULL-terminated `files` ("-" is stdin),
 * if there are any. A byte order mark at the start of each is skipped. Return at the end of the
 * input; on SIGTERM or SIGINT continue until the end of the input, for at most 2 s, so that what
 * the sender has written is not lost; a second signal ends the loop at once. What follows the last
 * newline is then dropped. Return 0; EX_TEMPFAIL if stopped before the end of a file; EX_NOINPUT
 * for a file that cannot be opened, EX_IOERR for one that cannot be read, or the status of a
 * function. */
int lines_run(char *const *files, const struct line_handler *handler);

/* Return the number of bytes that lines_run() would read from `files`; 0 if not known, because not
 * all are regular files. */
uint64_t lines_size(char *const *files);

#endif
