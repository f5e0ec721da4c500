/* A kit that is being polled: its schedule, its clock, its name, and what its replies become. */
#ifndef WD_POLL_KIT_POLL_H
#define WD_POLL_KIT_POLL_H

#include "common/log_limit.h"
#include "tools/wd-poll/http/fetch.h"
#include "tools/wd-poll/schedule/clock_offset.h"
#include "tools/wd-poll/schedule/kit_identity.h"
#include "tools/wd-poll/schedule/queue.h"
#include "tools/wd-poll/schedule/schedule.h"

struct kit_poll {
	struct queue_item iterate;  /* when it is due; its owner is this */
	struct kit_config *kit;     /* its own */
	char id[KIT_IDENTITY_SIZE]; /* what it is called, its address while `known` is false */
	bool known;
	bool seen_good; /* at least one reply could be used */
	bool stays;     /* while a reload sorts out who goes, */
	bool replaced;  /* and who only changes */
	struct schedule schedule;
	struct clock_offset offset;
	struct log_condition conditions[ENDPOINT_COUNT];
	struct log_limit log_limit;
};

/* Takes over `kit`, whose slots lie at `place`. With `once`, each endpoint is
 * asked once, at once. NULL without memory. */
struct kit_poll *kit_poll_new(
	struct kit_config *kit, struct schedule_phase phase, bool once, int64_t now_us);
void kit_poll_free(struct kit_poll *poll);

/* Nothing is or will be asked. */
bool kit_poll_finished(const struct kit_poll *poll);

/* Asks the kit nothing more: it tells `id`, which is another's. Two kits that go by one name would
 * be mixed in all that is stored. */
void kit_poll_disable(struct kit_poll *poll, const char *id);

/* Where replies go, and who else is there. */
struct kit_poll_context {
	struct buffer *out;
	struct buffer scratch; /* the body meanwhile; the caller releases it */
	bool (*taken)(const void *self, const char *id); /* whether a kit is called so already */
	const void *self;
};

/* Appends what a request's end is worth: a `reply` line, unless it is tried again, and before it
 * the `kit` line of a kit that just told its name. One that tells the name of another is asked
 * nothing more. */
void kit_poll_handle(struct kit_poll *poll, const struct fetched *fetched, int64_t now_us,
	struct kit_poll_context *context);

#endif
