/* Releasing stored segments: removing them from the spool, with --keep after a compressed copy was
 * made. A segment that cannot be kept or removed stays, is never fed again, and is retried later. */
#ifndef WD_DRAIN_RELEASE_H
#define WD_DRAIN_RELEASE_H

#include "tools/wd-drain/spool/keep.h"

/* Number of stored but unreleased segments at which feeding stops. */
#define RELEASE_WAITING_MAX 10000

struct release {
	struct spool_reader *reader; /* not owned */
	struct keep keep;
	struct segment_names waiting; /* stored, not released yet; unsorted */
	size_t next;                  /* the first of them that has not been tried */
	bool failing;                 /* the last try failed: logged */
	int64_t retry_us;             /* when to try all again; INT64_MAX: nothing failed */
	int64_t released;             /* ever */
};

/* `keep` is the folder for compressed copies, or NULL. Return as keep_open(). */
int release_open(struct release *release, struct spool_reader *reader, const char *keep);

void release_close(struct release *release);

/* Add a stored segment, to be released as soon as possible. Return 0 or EX_OSERR. */
int release_add(struct release *release, const char *name);

/* Release what can be released now. To be called after release_add(), when the event descriptor of
 * `keep` is readable, and at `retry_us`. */
void release_continue(struct release *release, int64_t now_us);

/* Wait for a copy that is being made and handle its outcome. */
void release_wait(struct release *release);

/* Wait, and forget all segments: another spool follows. */
void release_clear(struct release *release);

/* Whether something is still to be tried for the first time. */
bool release_is_busy(const struct release *release);

#endif
