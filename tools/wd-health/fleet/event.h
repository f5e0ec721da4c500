/* A line, as far as it concerns wd-health. */
#ifndef WD_HEALTH_EVENT_H
#define WD_HEALTH_EVENT_H

#include "common/file/checkpoint.h"
#include "common/record/record.h"
#include "tools/wd-health/kit/receivers.h"
#include "tools/wd-health/kit/watch.h"

/* The longest texts that are kept, with the NUL. */
#define EVENT_ERROR_SIZE   24
#define EVENT_MESSAGE_SIZE 120
#define EVENT_POLLER_SIZE  (RECORD_ID_MAX + 1)

enum event_kind {
	EVENT_NONE, /* a line that is only passed on */
	EVENT_KIT,  /* a configured kit */
	EVENT_REPLY,
	EVENT_STATUS,    /* a `system_health` record */
	EVENT_DRONE,     /* a `drone` record; nothing else of it is read */
	EVENT_SIGNAL,    /* a `signal` record, likewise */
	EVENT_REJECT,    /* a `reject` record, likewise */
	EVENT_TICK,      /* the poller runs: time moves although no reply is due */
	EVENT_MARK,      /* a mark whose state is to be saved */
	EVENT_MALFORMED, /* not a JSON object, or a reply without a kit or a time */
};

/* Which members are set depends on `kind`; the others are zero. Strings are decoded and truncated
 * at a character. */
struct health_event {
	enum event_kind kind;
	char kit_id[RECORD_ID_MAX + 1];
	char poller[EVENT_POLLER_SIZE]; /* who wrote the line; "": not known */
	bool enabled;                   /* kit: not `enabled:false` */
	clock_us time;     /* reply, tick: when; status: by the kit's clock. After 1970. */
	clock_us kit_time; /* reply of /status with its body: the body's last_update_time, else 0 */
	bool is_normalized; /* reply: without a body; wd-normalize removes it */
	struct watch_reply reply;
	char error[EVENT_ERROR_SIZE];
	char message[EVENT_MESSAGE_SIZE];
	char reported_id[RECORD_ID_MAX + 1]; /* of /status: the id, if it has changed; else "" */
	char receivers[RECEIVERS_TEXT_SIZE]; /* of /config; "": not known */
	double clock_offset_s;               /* 0: right, or not known */
	double retry_in_s; /* when the poller asks next, if the line has it; else 0 */
	char mark[CHECKPOINT_MARK_SIZE];
};

/* Call once, before the first event_read(). */
void event_open(void);

/* Read a line. Most lines are records that are not read any further than their first bytes,
 * `{"type":"drone"` and the like: whatever follows in such a line (another `type`, or invalid JSON)
 * is left to the programs that use the record. */
void event_read(struct span line, struct health_event *event);

/* Return "drones", "signals", "status", "config"; "" for others. */
const char *event_endpoint_name(enum endpoint endpoint);

#endif
