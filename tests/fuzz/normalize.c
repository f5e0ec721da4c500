/* Fuzzes the mapping: whatever comes in, what goes out is lines of JSON, and records keep the
 * promise. The first byte selects what the rest is: a line, or a reply's body for one of the
 * endpoints. */
#include <stdio.h>

#include "tests/fuzz/insertable.h"
#include "tools/wd-normalize/explain.h"
#include "tools/wd-normalize/normalize.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const heads[] = {
	"",
	"{\"type\":\"reply\",\"kit_id\":\"k\",\"endpoint\":\"drones\",\"time\":\"2026-11-23T18:00:"
	"00Z\","
	"\"body\":",
	"{\"type\":\"reply\",\"kit_id\":\"k\",\"endpoint\":\"signals\",\"time\":\"2026-11-23T18:00:"
	"00Z\","
	"\"body\":",
	"{\"type\":\"reply\",\"kit_id\":\"k\",\"endpoint\":\"status\",\"time\":\"2026-11-23T18:00:"
	"00Z\","
	"\"clock_offset_s\":-7.5,\"body\":",
};

/* Stands in for row_write() in the filter: writes the row, and both explanations of it. */
static const char *check(
	void *self, const struct map_row *row, const struct mapping *mapping, struct buffer *out)
{
	struct buffer line = {0};
	struct scan_error error;

	(void)self;
	row_write(row, mapping, &line);
	insertable_record(mapping->table, (struct span){line.data, line.length - 1});
	line.length = 0;
	explain_as_json(NULL, row, mapping, &line);
	if (!scan_check(buffer_span(&line), SCAN_STRICT, &error))
		insertable_broken("explanation", buffer_span(&line));
	explain_as_text(NULL, row, mapping, out);
	out->length = 0;
	buffer_release(&line);
	return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct normalize normalize = {.user = {NULL, check, false}, .fd = -1};
	static bool ready;
	struct buffer line = {0};

	if (size == 0 || memchr(data, '\n', size))
		return 0;
	if (!ready)
		normalize_init(&normalize);
	ready = true;
	const char *head = heads[data[0] % 4];
	buffer_add_text(&line, head);
	buffer_add(&line, data + 1, size - 1);
	if (*head)
		buffer_add_char(&line, '}');
	/* A copy of just its length, so that a read past its end is noticed. */
	char *exact = malloc(line.length);
	memcpy(exact, line.data, line.length);
	normalize.out.length = 0;
	if (normalize_line(&normalize, (struct span){exact, line.length}))
		abort();
	free(exact);
	buffer_release(&line);
	return 0;
}
