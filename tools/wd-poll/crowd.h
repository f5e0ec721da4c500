/* All kits that are polled, in the order of their turns, and how a reload changes them. */
#ifndef WD_POLL_CROWD_H
#define WD_POLL_CROWD_H

#include "tools/wd-poll/kits.h"
#include "tools/wd-poll/polled.h"

struct crowd {
	struct polled **polled; /* in the order of the configuration */
	size_t count;
	struct queue queue;
	bool once;
	int64_t start_us;    /* from which the phases are counted, on the monotonic clock */
	uint64_t next_index; /* of the next kit's phase */
};

/* Takes over `kits` and appends their `kit` lines. Returns 0 or EX_OSERR. */
int crowd_open(struct crowd *crowd, struct kits *kits, bool once, struct buffer *out);
void crowd_release(struct crowd *crowd);

/* The next kit that is due at `now_us`, or NULL; after asking it, and after each reply of it,
 * crowd_schedule(). */
struct polled *crowd_due(const struct crowd *crowd, int64_t now_us);
void crowd_schedule(struct crowd *crowd, struct polled *polled);
int64_t crowd_next_us(const struct crowd *crowd);

/* Loads the kits anew. Those of which nothing has changed go on as if nothing had happened; others
 * are begun afresh, and their requests forgotten. What cannot be loaded changes nothing, and is no
 * failure: that has been said. Returns 0 or EX_OSERR. */
int crowd_reload(struct crowd *crowd, const struct kits_source *source, struct fetcher *fetcher,
	struct buffer *out);

/* Whether one of the kits of `crowd`, a struct crowd, is known as `id`. */
bool crowd_has(const void *crowd, const char *id);

/* For --once: whether all is done, and whether every kit gave a usable reply. */
bool crowd_finished(const struct crowd *crowd);
bool crowd_all_good(const struct crowd *crowd);

#endif
