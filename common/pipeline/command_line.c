#include "common/pipeline/command_line.h"

#include <string.h>

/* Return the index of the first "--" from `from` on, or argc. */
static int find_dashes(int argc, char *const *argv, int from)
{
	while (from < argc && strcmp(argv[from], "--") != 0)
		from++;
	return from;
}

struct command_line command_line_parse(struct opt_tool *tool, int argc, char **argv)
{
	struct command_line line = {0};
	int dashes = find_dashes(argc, argv, 1);
	char *cut = dashes < argc ? argv[dashes] : NULL;

	argv[dashes] = NULL;
	line.words = argv + opt_parse(tool, dashes, argv);
	line.count = (int)(argv + dashes - line.words);
	argv[dashes] = cut;
	if (cut && line.count == 0) {
		int next = find_dashes(argc, argv, dashes + 1);
		line.words = argv + dashes + 1;
		line.count = next - dashes - 1;
		dashes = next;
	}
	if (dashes < argc)
		line.command = argv + dashes + 1;
	return line;
}
