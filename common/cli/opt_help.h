/* Print --help and --version; for opt.c only. */
#ifndef WD_COMMON_OPT_HELP_H
#define WD_COMMON_OPT_HELP_H

#include "common/cli/opt.h"

/* Set `default_text` from the value that the option has before anything is parsed; "" if it has no
 * default. */
void opt_default_format(struct opt *opt);

/* Report whether the number is in the range of the option. */
bool opt_in_range(const struct opt *opt, double value);

void opt_help_print(const struct opt_tool *tool);
void opt_version_print(const struct opt_tool *tool);

#endif
