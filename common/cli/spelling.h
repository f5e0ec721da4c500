/* Detect typing errors, for "did you mean" hints. */
#ifndef WD_COMMON_SPELLING_H
#define WD_COMMON_SPELLING_H

#include <stdbool.h>

/* Report whether one edit turns `a` into `b`: one character inserted, deleted or replaced, or two
 * neighbours swapped. False for equal words, and for words of fewer than three characters, which
 * resemble too many. */
bool one_edit_apart(const char *a, const char *b);

#endif
