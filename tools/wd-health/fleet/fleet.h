/* The kits that wd-health knows, by id. */
#ifndef WD_HEALTH_FLEET_H
#define WD_HEALTH_FLEET_H

#include "common/log/log_limit.h"
#include "tools/wd-health/kit/ledger.h"
#include "tools/wd-health/kit/stale_status.h"

/* Further kits are not watched: ids come from the stream, and a stream can be hostile. */
#define FLEET_KITS_MAX 16384

struct health_kit {
	char id[RECORD_ID_MAX + 1];
	char poller[EVENT_POLLER_SIZE]; /* the writer of its latest line; "": not known */
	bool watched;                   /* enabled in the configuration */
	bool is_mqtt;                   /* its latest good reply came by MQTT */
	struct timeline timeline;
	struct watch watch;
	struct tally total;                  /* since it became known */
	uint64_t drones, signals;            /* records since then */
	char reported_id[RECORD_ID_MAX + 1]; /* by its latest good /status, if it has changed */
	char receivers[RECEIVERS_TEXT_SIZE]; /* of its latest good /config */
	double clock_offset_s;               /* of the latest good reply */
	struct stale_status status;          /* of its /status */

	clock_us error_time; /* the latest failure; 0: none yet */
	enum endpoint error_endpoint;
	char error[EVENT_ERROR_SIZE];
	char message[EVENT_MESSAGE_SIZE];

	struct coverage_outlook outlook;
	struct coverage_minute open; /* the current minute */
	struct coverage_minute past; /* the latest closed minute with a reply in it, */
	minute_number past_minute;   /* and its number: reopened if time is set back */
	enum coverage verdict;       /* on the minute that is being closed */
	struct ledger ledger;

	struct log_limit changes; /* of its state, in the log */
};

/* Note what a reply shows: of a good one the clock and how it arrived, of a failure its reason. */
void health_kit_add_result(struct health_kit *kit, const struct health_event *event);

/* Note the receivers of a reply of an optional endpoint. A kit without that endpoint is as healthy as
 * any other, so the reply counts for nothing else. */
void health_kit_add_optional(struct health_kit *kit, const struct health_event *event);

/* Zero-initialise. Kits are in the order in which they became known. */
struct fleet {
	struct health_kit *kits;
	size_t count;
	uint32_t *slots; /* index + 1 of a kit; 0 is free */
	size_t slot_count;
	uint64_t seed;
	uint64_t rejected;        /* lines of kits that were not added because the fleet is full, */
	uint64_t rejected_logged; /* and how many of them have been logged */
};

void fleet_release(struct fleet *fleet);

/* Return the kit of that name, or NULL. Valid until the next fleet_add(). */
struct health_kit *fleet_find(const struct fleet *fleet, const char *id);

/* Return the kit of that name, adding it as watched if it is new. NULL if the fleet is full
 * (counted in `rejected`). */
struct health_kit *fleet_add(struct fleet *fleet, const char *id);

#endif
