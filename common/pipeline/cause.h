/* Why a pipeline ended: because of its input, or for another reason. Pure.
 *
 * A wrong verdict sets good data aside, so the list of ends that count against the input is short:
 * a crash, or a status that means "bad data" or "internal error". Whatever depends on the machine,
 * the database or a sender of signals never counts. */
#ifndef WD_PIPELINE_CAUSE_H
#define WD_PIPELINE_CAUSE_H

#include <stdbool.h>
#include <stddef.h>

enum cause {
	CAUSE_NONE,    /* every stage ended with status 0 */
	CAUSE_DATA,    /* may be the input's fault */
	CAUSE_OUTSIDE, /* is not */
};

struct cause_verdict {
	enum cause cause;
	size_t stage; /* the one that failed first; with CAUSE_NONE: 0 */
};

/* `ends[0..count)` are the wait statuses (waitpid(2)) of the stages, in the order of the
 * pipeline. A stage that only lost its reader (74 or SIGPIPE, while a later one failed) did not
 * fail itself. */
struct cause_verdict cause_find(const int *ends, size_t count);

/* Whether only a change of the configuration, the schema or the installation can help. */
bool cause_is_permanent(int status);

/* sysexits.h's status of such an end: the exit status, or EX_TEMPFAIL for a signal. */
int cause_status(int end);

/* An end as a field of a message: "status" and "74", or "signal" and "SEGV". */
struct cause_text {
	const char *key;
	char value[16];
};
struct cause_text cause_describe(int end);

#endif
