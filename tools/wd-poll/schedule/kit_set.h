/* All kits that are polled, in the order in which they are due, and how a reload changes them. */
#ifndef WD_POLL_KIT_SET_H
#define WD_POLL_KIT_SET_H

#include "common/kits/kit_list.h"
#include "tools/wd-poll/schedule/kit_poll.h"

/* How long after the start the clock of a kit may be compared with those of kits that have not
 * answered yet, before our own clock is trusted. */
#define KIT_SET_SURVEY_US (10 * CLOCK_SECOND_US)

struct kit_set {
	struct kit_poll **polls; /* in the order of the configuration */
	size_t count;
	/* Kits by the time at which they are due: those whose latest attempt was not answered, and
	 * those whose latest attempt was. */
	struct queue queues[2];
	bool once;
	int64_t start_us;    /* from which the phases are counted, on the monotonic clock */
	uint64_t next_index; /* of the next kit's phase */
	struct kit_poll_context context;
};

/* Take over `kits` and append their `kit` lines to `out`. `poller` is the name of this wd-poll.
 * Return 0 or EX_OSERR. */
int kit_set_open(struct kit_set *set, struct kit_list *kits, bool once, const char *poller,
	struct buffer *out);
void kit_set_release(struct kit_set *set);

/* Return a kit that is due at `now_us`, or NULL: responsive kits first, others only if they may be
 * polled. After polling it, and after each reply of it, call kit_set_reschedule(). */
struct kit_poll *kit_set_next(const struct kit_set *set, bool with_unresponsive, int64_t now_us);
void kit_set_reschedule(struct kit_set *set, struct kit_poll *poll);

/* Return when the next kit is due, responsive or not. */
int64_t kit_set_next_us(const struct kit_set *set, bool is_responsive);

/* Handle a reply of a kit of the set. */
void kit_set_handle(struct kit_set *set, const struct fetched *fetched, int64_t now_us);

/* Load the kits again. Kits that are configured as before are not affected; others start again, and
 * their requests are cancelled. If loading fails, which is logged, nothing changes, and that is not
 * an error. Return 0 or EX_OSERR. */
int kit_set_reload(struct kit_set *set, const struct kit_source *source, struct fetcher *fetcher);

/* For --once: whether everything is done, and whether every kit gave a usable reply. */
bool kit_set_finished(const struct kit_set *set);
bool kit_set_all_good(const struct kit_set *set);

#endif
