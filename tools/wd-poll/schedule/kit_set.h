/* All kits that are polled, in the order of their turns, and how a reload changes them. */
#ifndef WD_POLL_KIT_SET_H
#define WD_POLL_KIT_SET_H

#include "common/kits/kit_list.h"
#include "tools/wd-poll/schedule/kit_poll.h"

struct kit_set {
	struct kit_poll **poll; /* in the order of the configuration */
	size_t count;
	struct queue queue;
	bool once;
	int64_t start_us;    /* from which the phases are counted, on the monotonic clock */
	uint64_t next_index; /* of the next kit's phase */
};

/* Takes over `kits` and appends their `kit` lines. Returns 0 or EX_OSERR. */
int kit_set_open(struct kit_set *set, struct kit_list *kits, bool once, struct buffer *out);
void kit_set_release(struct kit_set *set);

/* The next kit that is due at `now_us`, or NULL; after asking it, and after each reply of it,
 * crowd_schedule(). */
struct kit_poll *kit_set_next(const struct kit_set *set, int64_t now_us);
void kit_set_reschedule(struct kit_set *set, struct kit_poll *poll);
int64_t kit_set_next_us(const struct kit_set *set);

/* Loads the kits anew. Those of which nothing has changed go on as if nothing had happened; others
 * are begun afresh, and their requests forgotten. What cannot be loaded changes nothing, and is no
 * failure: that has been said. Returns 0 or EX_OSERR. */
int kit_set_reload(struct kit_set *set, const struct kit_source *source, struct fetcher *fetcher,
	struct buffer *out);

/* Whether one of the kits of `crowd`, a struct crowd, is known as `id`. */
bool kit_set_has(const void *set, const char *id);

/* For --once: whether all is done, and whether every kit gave a usable reply. */
bool kit_set_finished(const struct kit_set *set);
bool kit_set_all_good(const struct kit_set *set);

#endif
