/* What becomes of each message: which kit sent it, whether it is used, and the lines that result.
 * Uses no clock, socket or file. */
#ifndef WD_MQTT_INTAKE_H
#define WD_MQTT_INTAKE_H

#include "common/log/log_limit.h"
#include "common/time/clock_survey.h"
#include "tools/wd-mqtt/broker/topic.h"
#include "tools/wd-mqtt/intake/batch.h"
#include "tools/wd-mqtt/intake/repeat.h"
#include "tools/wd-mqtt/kits/kit_table.h"

/* One moment on both clocks. */
struct moment {
	int64_t mono_us;
	clock_us wall;
};

/* How often a kit whose payloads are in no line gets a line that shows that it is alive, and how
 * often a lost broker is reported for each kit. */
#define INTAKE_ALIVE_US  (15 * CLOCK_SECOND_US)
#define INTAKE_BROKER_US (30 * CLOCK_SECOND_US)

/* How often the time is written, for consumers that take it from the lines. */
#define INTAKE_TICK_US (15 * CLOCK_SECOND_US)

struct intake_settings {
	bool known_only;      /* use configured kits only */
	int64_t payload_rate; /* payloads a second of one kit; 0: any number */
};

/* All messages that were received, and those of them that were not used. */
struct intake_counts {
	uint64_t received;
	uint64_t retained; /* data from the broker's memory: of unknown age */
	uint64_t repeated; /* the same payload again */
	uint64_t rejected; /* unusable: written as reject lines, within a rate */
	uint64_t limited;  /* above the rate of one kit, or more kits than fit */
	uint64_t unused;   /* of kits that are polled by HTTP, or not configured */
};

struct intake {
	struct intake_settings settings;
	struct topics topics;
	struct kit_table kits;
	struct mqtt_kit *default_kit; /* of payloads that name none; one of `kits`, or NULL */
	struct payload_batch batch;
	struct repeat_cache observations; /* which have their own time */
	struct repeat_cache latest;       /* the latest payload of what has none: aircraft */
	struct intake_counts counts;
	struct buffer *out; /* where lines go */
	struct buffer scratch;
	struct rate reject_rate;
	struct log_limit limit;
	uint64_t seed;
	uint64_t connection; /* the number of the current one, from 1 */
	bool broker_is_lost;
	int64_t broker_due_us; /* the next report of a lost broker; if `broker_is_lost` */
	int64_t tick_due_us;
	enum own_clock own_clock; /* times are corrected while it is trusted */
	bool clocks_changed;      /* a kit's clock estimate has changed; the caller clears this */
};

/* Zero-initialise `intake`, and set `settings`, `topics`, `out` and `seed`. */
void intake_init(struct intake *intake, int64_t now_us);
void intake_release(struct intake *intake);

/* Take a message as libmosquitto delivers it. */
void intake_message(struct intake *intake, const char *topic, struct span payload, bool is_retained,
	struct moment now);

/* The connection to the broker is there, or lost (`reason` is for people). */
void intake_connected(struct intake *intake);
void intake_broker_lost(struct intake *intake, const char *reason, struct moment now);

/* Write what is due, or (`intake_flush`) all that waits. */
void intake_tick(struct intake *intake, struct moment now);
void intake_flush(struct intake *intake, struct moment now);

/* When intake_tick() has something to do, on the monotonic clock. */
int64_t intake_next_us(const struct intake *intake);

#endif
