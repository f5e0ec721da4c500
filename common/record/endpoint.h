/* The endpoints of a kit. The only list for all tools: wd-poll(1) polls these paths, wd-sim(1)
 * serves them, wd-normalize(1) and wd-health(1) read replies by them. */
#ifndef WD_COMMON_ENDPOINT_H
#define WD_COMMON_ENDPOINT_H

#include "common/base/span.h"

enum endpoint {
	ENDPOINT_DRONES,
	ENDPOINT_SIGNALS,
	ENDPOINT_STATUS,
	ENDPOINT_CONFIG,
	ENDPOINT_COUNT
};

/* How often an endpoint is polled. */
enum endpoint_interval {
	ENDPOINT_POLL_INTERVAL,   /* every poll_interval of wd-kits(5) */
	ENDPOINT_STATUS_INTERVAL, /* every status_interval */
	ENDPOINT_CONFIG_INTERVAL, /* every hour */
	ENDPOINT_INTERVAL_COUNT
};

struct endpoint_info {
	const char *name; /* "drones": the path without its slash, and a reply's `endpoint` */
	const char *record_type; /* of the records made from its replies: "drone"; or NULL */
	const char *table;       /* where these are stored: "drones"; or NULL */
	enum endpoint_interval interval;
	bool is_detection; /* a good reply means that the kit listens for drones or signals */
	bool is_optional;  /* older kits lack it: its replies do not affect the kit's health */
};

extern const struct endpoint_info endpoint_table[ENDPOINT_COUNT];

static inline const char *endpoint_name(enum endpoint endpoint)
{
	return endpoint_table[endpoint].name;
}

/* `endpoint` may be ENDPOINT_COUNT, an unknown one. */
static inline bool endpoint_is_optional(enum endpoint endpoint)
{
	return endpoint < ENDPOINT_COUNT && endpoint_table[endpoint].is_optional;
}

/* Return the endpoint with this name, or ENDPOINT_COUNT. */
enum endpoint endpoint_parse(struct span name);

#endif
