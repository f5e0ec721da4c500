/* The tables, merged by time. */
#ifndef WD_DUMP_DUMP_H
#define WD_DUMP_DUMP_H

#include "tools/wd-dump/source.h"

/* Writes to stdout what is wished for of the tables for which `wanted` is true: kits, their states,
 * then the others in the order of time. Returns 0 or an exit status. */
int dump(struct source *source, const bool wanted[TABLE_COUNT], const struct wish *wish);

#endif
