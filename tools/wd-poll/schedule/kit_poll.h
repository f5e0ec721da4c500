/* A kit that is polled: its schedule, its name, its clock, and the lines made from its replies. */
#ifndef WD_POLL_KIT_POLL_H
#define WD_POLL_KIT_POLL_H

#include "common/log/log_limit.h"
#include "common/time/clock_survey.h"
#include "tools/wd-poll/http/fetch.h"
#include "tools/wd-poll/schedule/clock_offset.h"
#include "tools/wd-poll/schedule/kit_identity.h"
#include "tools/wd-poll/schedule/queue.h"
#include "tools/wd-poll/schedule/schedule.h"

/* How the name of a kit in lines and messages was found. */
enum kit_name_source {
	KIT_NAME_PENDING,    /* the address, until /status has been tried */
	KIT_NAME_ADDRESS,    /* the address, because /status reports no id */
	KIT_NAME_REPORTED,   /* the id in /status */
	KIT_NAME_CONFIGURED, /* the id in kits.yaml or of --id */
};

struct kit_poll {
	struct queue_item turn; /* when the kit is due; its owner is this */
	struct kit_config *kit; /* owned */
	char name[KIT_IDENTITY_SIZE];
	enum kit_name_source name_source;
	struct kit_identity reported;     /* by the latest good /status */
	char first_id[KIT_IDENTITY_SIZE]; /* reported first, or used as the name */
	bool reports_another_id;          /* than `first_id`: another device may be in its place */
	bool tried_status;                /* an attempt has ended */
	bool polls_all;                   /* not only /status; or nothing, if disabled */
	bool is_responsive;               /* the latest attempt was answered */
	bool is_queued_responsive;        /* the queue of struct kit_set that `turn` is in */
	bool seen_good;                   /* a reply was usable */
	bool is_duplicate;                /* it reports the id of another kit, and is not polled */
	bool stays, replaced;             /* used during a reload only */
	int64_t first_attempt_us[ENDPOINT_COUNT]; /* of the current request, if it is a retry; or 0
						   */
	struct schedule schedule;
	struct clock_offset offset;
	struct log_condition conditions[ENDPOINT_COUNT];
	struct log_limit log_limit;
};

/* Create the state of `kit`, which it owns from then on. /status is polled first. With `once`, each
 * endpoint is polled once and at once, else in slots at `phase`. Return NULL if out of memory. */
struct kit_poll *kit_poll_new(
	struct kit_config *kit, const struct schedule_phase *phase, bool once, int64_t now_us);
void kit_poll_free(struct kit_poll *poll);

/* Return whether nothing is or will be polled. */
bool kit_poll_finished(const struct kit_poll *poll);

/* What the replies of all kits share. */
struct kit_poll_context {
	struct buffer *out;
	struct buffer scratch; /* a compact body; the caller releases it */
	const char *poller;    /* the name of this wd-poll */
	/* Return whether a kit has this name; check the clocks of all kits again. */
	bool (*has_name)(const void *set, const char *name);
	void (*check_clocks)(void *set, int64_t now_us);
	void *set;
	enum own_clock own_clock; /* times are corrected while it is trusted */
	bool kits_changed;        /* a `kit` line was appended; the reader of this clears it */
};

/* Handle the end of an attempt: append a `reply` line, unless it will be retried, and before it the
 * `kit` lines of a kit whose name is now known. */
void kit_poll_handle(struct kit_poll *poll, const struct fetched *fetched, int64_t now_us,
	struct kit_poll_context *context);

/* Append the `kit` line of a kit that has a name: as configured, or as no longer enabled. */
void kit_poll_put_kit(const struct kit_poll *poll, bool enabled, struct kit_poll_context *context);

/* Stop polling the kit until a reload, because it reports the id `id` of another kit: the data of
 * both would be mixed in everything that is stored. Append the `kit` line that removes its own name,
 * if it had one. */
void kit_poll_disable(struct kit_poll *poll, const char *id, struct kit_poll_context *context);

/* Use the reported id as the name from now on: append the `kit` lines, or disable the kit if
 * another has that name. */
void kit_poll_use_reported_id(struct kit_poll *poll, struct kit_poll_context *context);

#endif
