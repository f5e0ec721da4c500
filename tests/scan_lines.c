/* For tests/scan.bats: what the scanner finds in each line of stdin. Writes a line for each: the
 * compact text (strict), or `~` and the mended one, or `!` and the reason. */
#include "common/scan/scan.h"

#include <stdio.h>
#include <stdlib.h>

static void judge(struct span line, char *out)
{
	struct scan_error error;
	size_t length;

	if (scan_compact(line, SCAN_STRICT, out, &length, &error))
		printf("%.*s\n", (int)length, out);
	else if (scan_compact(line, SCAN_REPAIR, out, &length, &error))
		printf("~%.*s\n", (int)length, out);
	else
		printf("!%s at byte %zu\n", error.reason, error.at);
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t length;

	while ((length = getline(&line, &size, stdin)) > 0) {
		char *out = malloc(SCAN_COMPACT_MAX((size_t)length));
		if (!out)
			return 71;
		judge((struct span){line, (size_t)length - 1}, out);
		free(out);
	}
	free(line);
	return 0;
}
