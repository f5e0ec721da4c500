/* What the scanner accepts, and where it fails. */
#ifndef WD_SCAN_MODE_H
#define WD_SCAN_MODE_H

#include "common/base/span.h"

enum scan_mode {
	SCAN_STRICT,
	SCAN_REPAIR,
};

/* `reason` is a static text such as "expected a value"; `at` is the offset of the byte at fault. */
struct scan_error {
	const char *reason;
	size_t at;
};

#endif
