/* Setting data aside in SPOOL/bad. */
#ifndef WD_DRAIN_ASIDE_H
#define WD_DRAIN_ASIDE_H

#include "tools/wd-drain/spool/input.h"

/* Move a whole segment to bad/; `reason` is logged. Return 0 or EX_IOERR. */
int aside_segment(const struct spool_reader *reader, const char *name, const char *reason);

/* Copy one line of a segment to bad/NAME-LINE, durably. Return 0; EX_IOERR, which has been logged; or
 * -1 and errno if the segment cannot be read. */
int aside_line(const struct spool_reader *reader, const char *name, size_t line);

#endif
