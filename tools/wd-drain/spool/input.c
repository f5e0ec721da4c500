#include "tools/wd-drain/spool/input.h"

#include "common/lines/lines.h"
#include "common/log/log.h"
#include "common/pipeline/reply.h"

#include <errno.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#define READ_BYTES ((size_t)256 << 10)

int line_numbers_add(struct line_numbers *numbers, size_t number)
{
	if (numbers->count == numbers->capacity) {
		size_t capacity = numbers->capacity ? 2 * numbers->capacity : 16;
		void *grown = realloc(numbers->numbers, capacity * sizeof(*numbers->numbers));
		if (!grown)
			return fail(EX_OSERR, "out of memory");
		numbers->numbers = grown;
		numbers->capacity = capacity;
	}
	numbers->numbers[numbers->count++] = number;
	return 0;
}

void line_numbers_release(struct line_numbers *numbers)
{
	free(numbers->numbers);
	*numbers = (struct line_numbers){0};
}

int input_open(struct input *input, const struct spool_reader *reader, const char *name)
{
	*input = (struct input){.line = 1, .first = 1, .last = SIZE_MAX};
	memcpy(input->name, name, SEGMENT_NAME_SIZE);
	input->fd = spool_reader_open_segment(reader, name, &input->identity);
	if (input->fd >= 0 && input->identity.size > INPUT_SEGMENT_MAX) {
		input_close(input);
		errno = EFBIG;
	}
	return input->fd < 0 ? -1 : 0;
}

void input_close(struct input *input)
{
	if (input->fd >= 0)
		close(input->fd);
	input->fd = -1;
	buffer_release(&input->rest);
}

static bool is_skipped(const struct input *input)
{
	const struct line_numbers *skipped = input->skipped;

	for (size_t i = 0; skipped && i < skipped->count; i++) {
		if (skipped->numbers[i] == input->line)
			return true;
	}
	return false;
}

static bool is_wanted(const struct input *input)
{
	return input->line >= input->first && input->line <= input->last && !is_skipped(input);
}

/* One line without its newline, or the last part of one that is too long. */
static void pass_line(struct input *input, struct span line, struct buffer *out)
{
	bool wanted = is_wanted(input);

	if (wanted && !input->overlong && reply_is_reserved(line)) {
		input->reserved++;
		wanted = false;
	}
	if (wanted) {
		buffer_add_span(out, line);
		buffer_add_char(out, '\n');
	}
	input->overlong = false;
	input->line++;
}

/* A line that is too long for every stage is passed on unchanged: wd-normalize rejects it. */
static void pass_overlong(struct input *input, struct buffer *out)
{
	if (input->rest.length <= LINES_LINE_MAX)
		return;
	if (is_wanted(input))
		buffer_add_span(out, buffer_span(&input->rest));
	input->rest.length = 0;
	input->overlong = true;
}

static void pass_lines(struct input *input, size_t searched, struct buffer *out)
{
	struct buffer *rest = &input->rest;
	size_t start = 0;
	char *newline;

	while ((newline = memchr(rest->data + searched, '\n', rest->length - searched)) != NULL) {
		size_t end = (size_t)(newline - rest->data);
		pass_line(input, (struct span){rest->data + start, end - start}, out);
		start = searched = end + 1;
	}
	memmove(rest->data, rest->data + start, rest->length - start);
	rest->length -= start;
	pass_overlong(input, out);
}

bool input_read(struct input *input, struct buffer *out)
{
	struct buffer *rest = &input->rest;
	size_t searched = rest->length;
	char *at = buffer_reserve(rest, READ_BYTES);
	ssize_t n = at ? read(input->fd, at, READ_BYTES) : -1;

	if (n < 0) {
		input->failed = true;
		return false;
	}
	rest->length += (size_t)n;
	if (n > 0) {
		pass_lines(input, searched, out);
		return true;
	}
	if (rest->length > 0 || input->overlong)
		pass_line(input, buffer_span(rest), out);
	rest->length = 0;
	return false;
}

int input_count_lines(const struct spool_reader *reader, const char *name, size_t *lines)
{
	struct input input;
	struct buffer out = {0};

	if (input_open(&input, reader, name))
		return -1;
	input.last = 0;
	while (input_read(&input, &out))
		;
	*lines = input.line - 1;
	int result = input.failed ? -1 : 0;
	input_close(&input);
	buffer_release(&out);
	return result;
}
