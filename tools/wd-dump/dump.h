/* Rows of several tables as records, merged by time. */
#ifndef WD_DUMP_DUMP_H
#define WD_DUMP_DUMP_H

#include "tools/wd-dump/source.h"

/* Write the selected rows of the tables for which `wanted` is true to stdout: kits, their statuses,
 * then the others by time; of TABLE_SIGHTING, the flights. Return 0 or an exit status. */
int dump(struct source *source, const bool wanted[TABLE_COUNT], const struct selection *selection);

#endif
