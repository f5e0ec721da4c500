/* Recorded replies of a kit, which --replay serves byte for byte. */
#ifndef WD_SIM_RECORDING_H
#define WD_SIM_RECORDING_H

#include "common/base/span.h"
#include "tools/wd-sim/document.h"

/* Replies as they were sent: status line, headers, body. */
struct recording {
	struct span *replies[ENDPOINT_COUNT]; /* in the order of their file names */
	size_t count[ENDPOINT_COUNT];
	size_t next[ENDPOINT_COUNT];
};

/* Read folder/poll*-ENDPOINT.http into a zero-initialised recording. Return 0, EX_NOINPUT (no such
 * files), EX_IOERR or EX_OSERR. Release the recording after an error, too. */
int recording_open(struct recording *recording, const char *folder);
void recording_release(struct recording *recording);

/* Return the next reply of the endpoint; after the last one always 503 with Retry-After: 300. */
struct span recording_next(struct recording *recording, enum endpoint endpoint);

/* Whether every endpoint has returned its last reply. */
bool recording_finished(const struct recording *recording);

#endif
