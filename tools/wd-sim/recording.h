/* Recorded replies of a kit: what --replay serves, byte for byte. */
#ifndef WD_SIM_RECORDING
#define WD_SIM_RECORDING

#include "common/span.h"
#include "tools/wd-sim/document.h"

/* A reply as it came over the wire: status line, headers, body. */
struct recording {
	struct span *replies[ENDPOINT_COUNT]; /* in the order of their file names */
	size_t count[ENDPOINT_COUNT];
	size_t next[ENDPOINT_COUNT];
};

/* Reads folder/poll*-ENDPOINT.http. 0, EX_NOINPUT (nothing there), EX_IOERR or EX_OSERR; on an
 * error too, release it. `recording` starts zero-initialised. */
int recording_open(struct recording *recording, const char *folder);
void recording_release(struct recording *recording);

/* The endpoint's next reply; after the last one a 503 with Retry-After: 300 for ever. */
struct span recording_next(struct recording *recording, enum endpoint endpoint);

/* Whether every endpoint that has replies has given its last. */
bool recording_over(const struct recording *recording);

#endif
