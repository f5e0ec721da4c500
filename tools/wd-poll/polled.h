/* A kit that is being polled: its schedule, its clock, its name, and what its replies become. */
#ifndef WD_POLL_POLLED_H
#define WD_POLL_POLLED_H

#include "common/log_limit.h"
#include "tools/wd-poll/due.h"
#include "tools/wd-poll/fetch.h"
#include "tools/wd-poll/identity.h"
#include "tools/wd-poll/offset.h"
#include "tools/wd-poll/queue.h"

struct polled {
	struct queue_item turn; /* when it is due; its owner is this */
	struct kit *kit;        /* its own */
	char id[IDENTITY_SIZE]; /* what it is called, its address while `known` is false */
	bool known;
	bool seen_good; /* at least one reply could be used */
	bool stays;     /* while a reload sorts out who goes, */
	bool replaced;  /* and who only changes */
	struct due due;
	struct offset offset;
	struct log_condition conditions[ENDPOINT_COUNT];
	struct log_limit log_limit;
};

/* Takes over `kit`, whose slots lie at `place`. With `once`, each endpoint is
 * asked once, at once. NULL without memory. */
struct polled *polled_new(struct kit *kit, struct due_place place, bool once, int64_t now_us);
void polled_free(struct polled *polled);

/* Nothing is or will be asked. */
bool polled_finished(const struct polled *polled);

/* Asks the kit nothing more: it tells `id`, which is another's. Two kits that go by one name would
 * be mixed in all that is stored. */
void polled_refuse(struct polled *polled, const char *id);

/* Where replies go, and who else is there. */
struct polled_context {
	struct buffer *out;
	struct buffer scratch; /* the body meanwhile; the caller releases it */
	bool (*taken)(const void *self, const char *id); /* whether a kit is called so already */
	const void *self;
};

/* Appends what a request's end is worth: a `reply` line, unless it is tried again, and before it
 * the `kit` line of a kit that just told its name. One that tells the name of another is asked
 * nothing more. */
void polled_take(struct polled *polled, const struct fetched *fetched, int64_t now_us,
	struct polled_context *context);

#endif
