/* What names a row by the texts that it holds. */
#ifndef WD_STORE_DIGEST_H
#define WD_STORE_DIGEST_H

#include "tools/wd-store/value.h"

/* Hexadecimal digits: the first half of a SHA-256, which is as good as all of it to tell rows
 * apart. */
enum {
	DIGEST_TEXT_LENGTH = 32,
};

/* The text that tells this row's digested texts from any other's: for a column of COLUMN_DIGEST.
 * Its bytes are the arena's. False where memory, or libcrypto, fails. */
bool digest_row(const struct table *table, const struct value *row, struct arena *arena,
	struct value *digest);

#endif
