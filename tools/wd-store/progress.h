/* How far an import of files has come, on a terminal. */
#ifndef WD_PROGRESS_H
#define WD_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	bool shown; /* stderr is a terminal and the input's size is known */
	uint64_t bytes, total;
	uint64_t lines;
	int64_t began_us, drawn_us; /* on the monotonic clock */
};

/* For the files that will be read (NULL at the end; none: stdin, whose size is known where it is a
 * file). */
void progress_open(struct progress *progress, char *const *files);

/* A line of `length` bytes was read. */
static inline void progress_line(struct progress *progress, size_t length)
{
	progress->bytes += length + 1;
	progress->lines++;
}

/* Shows the line anew where the last one is older than a fifth of a second. */
void progress_show(struct progress *progress);

/* Takes the line away. */
void progress_close(struct progress *progress);

/* "12% of 1.2 GB, 120000 lines, 61000 lines/s, 0:14 left" after `elapsed_s` > 0. */
void progress_format(char *text, size_t size, const struct progress *progress, double elapsed_s);

#endif
