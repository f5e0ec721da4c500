/* The line loop that all filters share: read what is there, hand over each line, settle, block. */
#ifndef WD_COMMON_LINES_H
#define WD_COMMON_LINES_H

#include "common/span.h"

#include <stdint.h>

/* A longer line is handed to `overlong` instead of `line`. */
#define LINES_LINE_MAX ((size_t)16 << 20)

/* Whether progress is shown at a terminal: once reading has taken
 * two seconds, where all input is files, so that its size is known. */
enum lines_progress {
	LINES_PROGRESS_BESIDE_OUTPUT, /* unless stdout, to which the output goes, is a terminal */
	LINES_PROGRESS_ALONE,         /* nothing goes to stdout */
	LINES_PROGRESS_HIDDEN,        /* the caller shows it */
};

/* What a filter does with its input. Every function gets `self`, returns 0 or an exit status, and
 * any status but 0 ends the loop with it. Functions marked optional may be NULL. */
struct line_handler {
	void *self;

	/* One line without its newline, never blank (empty or only spaces, tabs and CR). The bytes
	 * are the loop's: they change with the next read. */
	int (*line)(void *self, struct span line);

	/* A line longer than LINES_LINE_MAX: its first LINES_LINE_MAX bytes. The rest was dropped.
	 */
	int (*overlong)(void *self, struct span beginning);

	/* After each read's lines have been handed over: write what is ready. `idle` says that no
	 * more input waits right now, so that a caller that collects a batch should close it.
	 * Called with `idle` before each wait and at the end of the input. */
	int (*settle)(void *self, bool idle);

	/* Optional: how long to wait for input at most, in milliseconds; -1 for ever. When the time
	 * is up, settle(idle) is called. */
	int (*timeout_ms)(void *self);

	/* Optional: a signal that is not a wish to stop (SIGHUP, SIGUSR1). */
	int (*signal)(void *self, int signal_number);

	/* Optional: what stands behind the last newline, not blank. It may be a whole line, or the
	 * beginning of one whose writer was killed. Without this, `line` gets it. */
	int (*rest)(void *self, struct span rest);

	enum lines_progress progress;
};

/* Runs the loop over stdin, or over the files named in the NULL-terminated `files` ("-" is stdin)
 * in turn, where there are any. Returns at the end of the input; on SIGTERM or SIGINT it goes on
 * until the end of the input, for at most 2 s, so that what the sender had finished is not lost; a
 * second signal ends it at once. What then stands behind the last newline is dropped. Returns 0;
 * EX_TEMPFAIL where it was asked to stop before the end of a file; EX_NOINPUT for a file that
 * cannot be opened, EX_IOERR for one that cannot be read, EX_OSERR without memory, or what a
 * function of the user returned. */
int lines_run(char *const *files, const struct line_handler *user);

/* How many bytes lines_run() would read of `files`; 0 where that is not known: not all of them are
 * regular files. */
uint64_t lines_size(char *const *files);

#endif
