/* The key of a row that has no natural key: a digest of its texts. */
#ifndef WD_STORE_DIGEST_H
#define WD_STORE_DIGEST_H

#include "tools/wd-store/rows/value.h"

/* Hexadecimal digits: the first 128 bits of a SHA-256. */
enum {
	DIGEST_TEXT_LENGTH = 32,
};

/* Compute the value of a COLUMN_DIGEST column from the row's digested texts. Its bytes are in
 * `arena`. False if memory or libcrypto fails. */
bool digest_row(const struct table *table, const struct value *row, struct arena *arena,
	struct value *digest);

#endif
