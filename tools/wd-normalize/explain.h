/* --explain: for each field, the key and the rule that gave it, instead of the records. */
#ifndef WD_NORMALIZE_EXPLAIN_H
#define WD_NORMALIZE_EXPLAIN_H

#include "tools/wd-normalize/row.h"

/* Each is a record_user's `record` (without use for `self`) that rejects nothing: aligned text for
 * people, safe on a terminal; or one line of JSON for each record, without invisible characters. */
const char *explain_as_text(
	void *self, const struct map_row *row, const struct mapping *mapping, struct buffer *out);
const char *explain_as_json(
	void *self, const struct map_row *row, const struct mapping *mapping, struct buffer *out);

#endif
