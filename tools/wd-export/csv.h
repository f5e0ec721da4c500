/* Cells of comma-separated values. */
#ifndef WD_EXPORT_CSV_H
#define WD_EXPORT_CSV_H

#include "common/base/buffer.h"

/* Append text as a cell (RFC 4180: quoted if it contains a comma, quote or line end). If `guarded`,
 * an apostrophe precedes text that a spreadsheet would evaluate as a formula, and terminal control
 * characters become U+FFFD. */
void csv_put_text(struct buffer *out, struct span text, bool guarded);

/* Append a validated JSON value as a cell: strings decoded, null as an empty cell, everything else
 * as its JSON. */
void csv_put_value(struct buffer *out, struct span json, bool guarded);

#endif
