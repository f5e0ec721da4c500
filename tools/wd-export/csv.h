/* Cells of comma-separated values. */
#ifndef WD_EXPORT_CSV
#define WD_EXPORT_CSV

#include "common/buffer.h"

/* Text as a cell (RFC 4180: quoted where it holds a comma, a quote or a line end). With `guarded` a
 * text that a spreadsheet would take for a formula is preceded by an apostrophe, and control
 * characters that a terminal would obey are U+FFFD. */
void csv_put_text(struct buffer *out, struct span text, bool guarded);

/* A value of a record, a checked one: numbers as they stand there, texts as text, true and false,
 * nothing for null; lists and objects as their JSON. */
void csv_put_value(struct buffer *out, struct span json, bool guarded);

#endif
