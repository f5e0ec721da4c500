/* What the fuzz targets say when something does not hold, and how they end. */
#ifndef WD_FUZZ_HOLD_H
#define WD_FUZZ_HOLD_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static inline void hold(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}

#endif
