/* Detect typing errors, for "did you mean" hints. */
#include "common/cli/spelling.h"

#include <string.h>

bool one_edit_apart(const char *a, const char *b)
{
	size_t a_length = strlen(a), b_length = strlen(b);

	if (a_length < 3 || b_length < 3)
		return false;
	while (*a && *a == *b) {
		a++, b++;
		a_length--, b_length--;
	}
	while (a_length && b_length && a[a_length - 1] == b[b_length - 1])
		a_length--, b_length--;
	if (a_length == 2 && b_length == 2)
		return a[0] == b[1] && a[1] == b[0];
	return a_length + b_length > 0 && a_length <= 1 && b_length <= 1;
}
