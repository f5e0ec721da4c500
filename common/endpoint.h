/* The endpoints of a kit. The only list for all tools: wd-poll(1) polls these paths, wd-sim(1)
 * serves them, wd-normalize(1) and wd-health(1) read replies by them. */
#ifndef WD_COMMON_ENDPOINT_H
#define WD_COMMON_ENDPOINT_H

#include "common/span.h"

enum endpoint {
	ENDPOINT_DRONES,
	ENDPOINT_SIGNALS,
	ENDPOINT_STATUS,
	ENDPOINT_COUNT
};

/* How often an endpoint is polled. */
enum endpoint_interval {
	ENDPOINT_POLL_INTERVAL,   /* every poll_interval of wd-kits(5) */
	ENDPOINT_STATUS_INTERVAL, /* every status_interval */
	ENDPOINT_INTERVAL_COUNT
};

struct endpoint_info {
	const char *name; /* "drones": the path without its slash, and a reply's `endpoint` */
	const char *record_type; /* of the records made from its replies: "drone" */
	const char *table;       /* where these are stored: "drones" */
	enum endpoint_interval interval;
	bool is_detection; /* a good reply means that the kit listens for drones or signals */
};

extern const struct endpoint_info endpoint_table[ENDPOINT_COUNT];

static inline const char *endpoint_name(enum endpoint endpoint)
{
	return endpoint_table[endpoint].name;
}

/* Return the endpoint with this name, or ENDPOINT_COUNT. */
enum endpoint endpoint_parse(struct span name);

#endif
