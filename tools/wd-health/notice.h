/* What a line tells wd-health, where it tells anything. */
#ifndef WD_HEALTH_NOTICE_H
#define WD_HEALTH_NOTICE_H

#include "common/record.h"
#include "tools/wd-health/watch.h"

/* The longest error code and message that are kept, with the NUL. */
#define NOTICE_ERROR_SIZE   24
#define NOTICE_MESSAGE_SIZE 120
/* A mark is 16 hexadecimal digits, a dot and a counter; with the NUL. */
#define NOTICE_MARK_SIZE 40

enum notice_kind {
	NOTICE_NOTHING, /* a line that wd-health only passes on */
	NOTICE_KIT,     /* a configured kit */
	NOTICE_REPLY,
	NOTICE_STATUS, /* a `system_health` record */
	NOTICE_TICK,   /* the poller runs: time moves although no reply is due */
	NOTICE_MARK,   /* a mark whose state is to be saved */
	NOTICE_BROKEN, /* no JSON object, or a reply without a kit or a time */
};

/* Which members mean something depends on `kind`; the others are zero. Strings are decoded, cut to
 * their arrays at a character. */
struct notice {
	enum notice_kind kind;
	char kit_id[RECORD_ID_MAX + 1];
	bool enabled;      /* kit: not `enabled:false` */
	clock_us time;     /* reply, tick: when; status: the kit's own idea of when. After 1970. */
	clock_us kit_time; /* reply of /status with its body: the body's last_update_time, else 0 */
	enum watch_endpoint endpoint;
	enum watch_outcome outcome;
	char error[NOTICE_ERROR_SIZE];
	char message[NOTICE_MESSAGE_SIZE];
	double clock_offset_s; /* 0: right, or not known */
	double retry_in_s;     /* when the poller asks next, where it said so; else 0 */
	char mark[NOTICE_MARK_SIZE];
};

/* To be called once, before the first notice_read(). */
void notice_open(void);

/* Reads a line. Most lines are records that do not concern wd-health: those are told by how they
 * begin, `{"type":"drone"` and the like, and are not looked at any further. So what comes later in
 * such a line (another `type`, or no JSON at all) is left to those who use the record. */
void notice_read(struct span line, struct notice *notice);

/* "drones", "signals", "status"; "" for others. */
const char *notice_endpoint_name(enum watch_endpoint endpoint);

#endif
