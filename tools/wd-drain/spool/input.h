/* Reading a segment: its lines, or a range of them, without those that must not be fed. */
#ifndef WD_DRAIN_INPUT_H
#define WD_DRAIN_INPUT_H

#include "common/base/buffer.h"
#include "common/spool/reader.h"

#include <stdint.h>

/* Writers seal a segment at 1 MiB, and no line is longer than 16 MiB: a larger file is not
 * theirs. */
#define INPUT_SEGMENT_MAX ((int64_t)64 << 20)

/* Lines are numbered from 1. Zero-initialised: none are left out. */
struct line_numbers {
	size_t *numbers; /* ascending */
	size_t count, capacity;
};

/* Return 0, or EX_OSERR. `number` is greater than those that are there. */
int line_numbers_add(struct line_numbers *numbers, size_t number);
void line_numbers_release(struct line_numbers *numbers);

struct input {
	int fd; /* -1: nothing is open */
	char name[SEGMENT_NAME_SIZE];
	struct segment_identity identity;
	struct buffer rest; /* of a line whose end was not read yet */
	size_t line;        /* the number of the line that `rest` begins */
	size_t first, last; /* the lines that are wanted */
	bool overlong;      /* `rest` belongs to a line that was passed on in parts */
	bool failed;        /* it could not be read to its end */
	int64_t reserved;   /* lines that were dropped: marks and acknowledgements */
	const struct line_numbers *skipped; /* lines that are left out, or NULL */
};

/* Open all lines of a segment; `first`, `last` and `skipped` may be set then. Return 0, or -1 and
 * errno: see spool_reader_open_segment(); EFBIG for a file larger than INPUT_SEGMENT_MAX. */
int input_open(struct input *input, const struct spool_reader *reader, const char *name);
void input_close(struct input *input);

/* Read once and append the whole lines to `out`, each with its newline, also one that has none at
 * the end of the segment. False at the end, or where reading failed (`failed`, errno). */
bool input_read(struct input *input, struct buffer *out);

/* Count the lines of a segment. Return 0, or -1 and errno. */
int input_count_lines(const struct spool_reader *reader, const char *name, size_t *lines);

#endif
