/* Command lines that end with a command: [OPTION ...] OPERAND ... [-- COMMAND ...]. */
#ifndef WD_PIPELINE_COMMAND_LINE_H
#define WD_PIPELINE_COMMAND_LINE_H

#include "common/cli/opt.h"

/* What follows the options; all of it points into argv. */
struct command_line {
	char **words;   /* the operands before the command */
	int count;      /* of `words` */
	char **command; /* what follows "--"; NULL without one */
};

/* Parse the options as opt_parse() does. A "--" in front of all operands only ends the options; the
 * next one begins the command. */
struct command_line command_line_parse(struct opt_tool *tool, int argc, char **argv);

#endif
