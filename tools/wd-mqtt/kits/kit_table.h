/* The kits that are configured or have published, by the name that they use in their payloads. */
#ifndef WD_MQTT_KIT_TABLE_H
#define WD_MQTT_KIT_TABLE_H

#include "common/record/endpoint.h"
#include "common/record/record.h"
#include "tools/wd-mqtt/intake/rate.h"
#include "tools/wd-mqtt/kits/clock_estimate.h"

#include <stdint.h>

#define KIT_NAME_SIZE (RECORD_ID_MAX + 1)

/* What anybody who may publish can make us remember. */
#define KIT_TABLE_MAX 16384

/* Payloads of one kit and endpoint that wait in the batch: indexes of its items, from 1; 0:
 * none. */
struct batch_chain {
	uint32_t first, last;
	uint32_t count;
};

/* How we use what a kit publishes. */
enum kit_use {
	USE_ALL,      /* `source: mqtt`, and kits that are not configured */
	USE_LIVENESS, /* `source: both`: its observations are taken from HTTP */
	USE_NOTHING,  /* `source: http` */
};

struct mqtt_kit {
	char name[KIT_NAME_SIZE]; /* in its payloads: its `mqtt_id`, else its id */
	char slug[KIT_NAME_SIZE]; /* in its topics */
	char id[KIT_NAME_SIZE];   /* in the lines that we write */
	enum kit_use use;
	bool is_configured;
	bool was_configured; /* before the latest reload */
	bool is_announced;   /* its `kit` line was written */
	bool was_ignored;    /* it was logged that its payloads are not used */

	struct clock_estimate clock;
	struct rate rate;
	struct batch_chain chains[ENDPOINT_COUNT];

	bool is_lost;          /* the latest line that we wrote reports a failure */
	int64_t line_us;       /* when that line was written, on the monotonic clock; 0: never */
	uint64_t heard_in;     /* the connection in which it published last; 0: in none */
	struct mqtt_kit *next; /* in its bucket */
};

enum {
	KIT_TABLE_BUCKETS = 4096
};

/* Zero-initialise, with a random seed, so that publishers cannot choose slugs that share a bucket.
 * Kits stay where they are until kit_table_release(). */
struct kit_table {
	uint64_t seed;
	struct mqtt_kit **items; /* in the order in which they were added */
	size_t count;
	struct mqtt_kit *buckets[KIT_TABLE_BUCKETS]; /* by the hash of the slug */
};

void kit_table_release(struct kit_table *table);

struct mqtt_kit *kit_table_find(const struct kit_table *table, const char *name);

/* Return the kit with this slug; NULL if there is none, or more than one. */
struct mqtt_kit *kit_table_find_slug(const struct kit_table *table, struct span slug);

/* Return the kit that is stored under this id, or NULL. Slow. */
struct mqtt_kit *kit_table_find_id(const struct kit_table *table, const char *id);

/* Add a kit; its name must be new. NULL if the table is full or memory has run out. */
struct mqtt_kit *kit_table_add(struct kit_table *table, const char *name, const char *id);

#endif
