/* Fuzz wd-export: for any input, the output must be valid in its format. The first byte selects the
 * format. */
#define _GNU_SOURCE
#include "common/log/log.h"
#include "tests/fuzz/hold.h"
#include "tools/wd-export/format.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool begins(struct span text, const char *with)
{
	return text.length >= strlen(with) && memcmp(text.data, with, strlen(with)) == 0;
}

static struct span behind(struct span text, size_t length)
{
	return (struct span){text.data + length, text.length - length};
}

static void hold_json(struct span text)
{
	struct scan_error error;

	hold(scan_check(text, SCAN_STRICT, &error), "JSON");
}

/* The records in the page are JSON that cannot end its script element. */
static void hold_html(struct span text)
{
	static const char opening[] = "id=\"records\">", closing[] = "</script>";
	const char *from = memmem(text.data, text.length, opening, strlen(opening));

	hold(from != NULL, "records are there");
	text = behind(text, (size_t)(from - text.data) + strlen(opening));
	const char *end = memchr(text.data, '<', text.length);
	hold(end && begins(behind(text, (size_t)(end - text.data)), closing), "records are text");
	hold_json((struct span){text.data, (size_t)(end - text.data)});
}

/* Count the cells of the first record of `text` and remove it. */
static size_t take_record(struct span *text)
{
	size_t cells = 1, i = 0;

	for (bool quoted = false;; i++) {
		hold(i < text->length, "a record ends");
		char c = text->data[i];
		if (c == '"')
			quoted = !quoted;
		else if (!quoted && c == ',')
			cells++;
		else if (!quoted && c == '\r')
			break;
		else
			hold(quoted || c != '\n', "line ends are quoted");
	}
	*text = behind(*text, i);
	hold(begins(*text, "\r\n"), "a record ends with CR LF");
	*text = behind(*text, 2);
	return cells;
}

static void hold_csv(struct span text)
{
	size_t columns = take_record(&text);

	while (text.length > 0)
		hold(take_record(&text) == columns, "each row has the header's columns");
}

static void hold_reference(struct span text)
{
	static const char *const known[] = {
		"&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#9;", "&#10;", "&#13;"};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (begins(text, known[i]))
			return;
	}
	if (begins(text, "&#")) {
		long code = 0;
		for (text = behind(text, 2); text.length > 0 && *text.data != ';';
			text = behind(text, 1))
			code = code * 10 + (*text.data - '0');
		hold(code >= 0x7f && code < 0xa0, "only DEL and C1 are references by number");
		return;
	}
	hold(false, "references are known");
}

/* Return the length of a tag and count the depth; attributes are quoted. */
static size_t hold_tag(struct span text, int *depth)
{
	bool quoted = false;

	for (size_t i = 1; i < text.length; i++) {
		if (text.data[i] == '"')
			quoted = !quoted;
		hold(text.data[i] != '<', "no markup in attributes");
		if (text.data[i] == '&')
			hold_reference(behind(text, i));
		if (quoted || text.data[i] != '>')
			continue;
		if (text.data[1] == '/')
			(*depth)--;
		else if (text.data[i - 1] != '/' && text.data[1] != '?')
			(*depth)++;
		return i + 1;
	}
	hold(false, "a tag ends");
	return 0;
}

static void hold_xml(struct span text)
{
	int depth = 0;

	while (text.length > 0) {
		unsigned char c = (unsigned char)*text.data;
		size_t length = 1;
		hold(c >= 0x20 || c == '\n', "no control characters");
		hold(!begins(text, "]]>"), "no end of CDATA");
		if (c == '<')
			length = hold_tag(text, &depth);
		else if (c == '&')
			hold_reference(text);
		hold(depth >= 0, "what closes was open");
		text = behind(text, length);
	}
	hold(depth == 0, "what was open closes");
}

static const struct {
	const struct format *format;
	void (*hold)(struct span text);
} targets[] = {{&format_geojson, hold_json}, {&format_kml, hold_xml}, {&format_csv, hold_csv},
	{&format_cot, hold_xml}, {&format_html, hold_html}};

static void run(const struct format *format, struct export_output *output, struct span text)
{
	track_table_init(&output->tracks, 1000);
	hold(!format->begin || !format->begin(output), "begins");
	while (text.length > 0) {
		const char *newline = memchr(text.data, '\n', text.length);
		size_t length = newline ? (size_t)(newline - text.data) : text.length;
		hold(format->line(output, (struct span){text.data, length}) == 0, "reads");
		text = behind(text, length + (newline ? 1 : 0));
	}
	hold(!format->end || !format->end(output), "ends");
	hold(export_flush(output, true) == 0, "is written");
	track_table_release(&output->tracks);
	buffer_release(&output->text);
}

/* Check the output, which went to a memory file. */
static void look(void (*hold_format)(struct span text))
{
	size_t length = (size_t)lseek(STDOUT_FILENO, 0, SEEK_CUR);
	char *text = malloc(length + 1);

	hold(text && pread(STDOUT_FILENO, text, length, 0) == (ssize_t)length, "is read");
	hold_format((struct span){text, length});
	free(text);
	hold(lseek(STDOUT_FILENO, 0, SEEK_SET) == 0 && ftruncate(STDOUT_FILENO, 0) == 0, "is cut");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool opened;
	struct export_output output = {.type = "drone",
		.title = "fuzz",
		.tiles_credit = "",
		.gap_us = CLOCK_MINUTE_US,
		.stale_us = CLOCK_MINUTE_US};

	if (!opened) {
		log_open("wd-export");
		dup2(memfd_create("stdout", 0), STDOUT_FILENO);
		opened = true;
	}
	if (size == 0)
		return 0;
	size_t chosen = data[0] % (sizeof(targets) / sizeof(targets[0]));
	run(targets[chosen].format, &output, (struct span){(const char *)data + 1, size - 1});
	look(targets[chosen].hold);
	return 0;
}
