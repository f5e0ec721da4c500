/* Segments that cannot be read for a reason outside of them: a permission, or the disk. They stay
 * in the spool and are tried again later. */
#ifndef WD_DRAIN_UNREADABLE_H
#define WD_DRAIN_UNREADABLE_H

#include "common/spool/reader.h"

struct unreadable {
	struct segment_names names; /* not to be fed; unsorted */
	int64_t retry_us;           /* when to try them again, monotonic clock; INT64_MAX: never */
};

void unreadable_init(struct unreadable *unreadable);
void unreadable_release(struct unreadable *unreadable);

/* Reading the segment `name` failed with the errno `error`: add it, to be tried again after 30 s, or
 * never with `once`. Log the first of a list, with what fixes it. Return 0 or EX_OSERR. */
int unreadable_add(struct unreadable *unreadable, const struct spool_reader *reader,
	const char *name, int error, bool once);

/* Do not wait before the next try. */
void unreadable_wake(struct unreadable *unreadable);

/* Empty the list if it is time to try again, and return whether it is. */
bool unreadable_retry(struct unreadable *unreadable, int64_t now_us);

#endif
