/* --explain: for each field which key and which rule gave it, in place of the records. */
#ifndef WD_NORMALIZE_EXPLAIN_H
#define WD_NORMALIZE_EXPLAIN_H

#include "tools/wd-normalize/row.h"

/* Each is a normalize_user's `record` (which has no use for `self`), and rejects nothing: aligned
 * text for people, safe on a terminal; or one line of JSON a record. */
const char *explain_as_text(
	void *self, const struct row *row, const struct mapping *mapping, struct buffer *out);
const char *explain_as_json(
	void *self, const struct row *row, const struct mapping *mapping, struct buffer *out);

#endif
