/* Runs the strict scanner over the lines of a file, again and again, for scripts/bench.
 *
 *     scan check|compact|repair FILE TIMES */
#include "common/scan/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct span load(const char *path)
{
	FILE *file = fopen(path, "r");

	if (!file)
		return (struct span){0};
	fseek(file, 0, SEEK_END);
	size_t length = (size_t)ftell(file);
	rewind(file);
	char *bytes = malloc(length);
	if (!bytes || fread(bytes, 1, length, file) != length)
		length = 0;
	fclose(file);
	return (struct span){bytes, length};
}

static bool scan(const char *how, struct span line, char *out)
{
	struct scan_error error;
	size_t written;

	if (strcmp(how, "check") == 0)
		return scan_check(line, SCAN_STRICT, &error);
	enum scan_mode mode = strcmp(how, "repair") == 0 ? SCAN_REPAIR : SCAN_STRICT;
	return scan_compact(line, mode, out, &written, &error);
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return 64;
	struct span text = load(argv[2]);
	char *out = malloc(SCAN_COMPACT_MAX(text.length));
	if (!text.data || !out)
		return 74;
	for (int times = atoi(argv[3]); times > 0; times--) {
		const char *at = text.data, *end = text.data + text.length;
		while (at < end) {
			const char *newline = memchr(at, '\n', (size_t)(end - at));
			size_t length = (size_t)((newline ? newline : end) - at);
			if (!scan(argv[1], (struct span){at, length}, out))
				return 65;
			at += length + 1;
		}
	}
	return 0;
}
