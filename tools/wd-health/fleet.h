/* The kits that wd-health knows, by id. */
#ifndef WD_HEALTH_FLEET_H
#define WD_HEALTH_FLEET_H

#include "tools/wd-health/hush.h"
#include "tools/wd-health/ledger.h"
#include "tools/wd-health/standstill.h"

/* More kits than this are not watched: ids come from the stream, and a stream can be hostile. */
#define FLEET_KITS_MAX 16384

struct kit {
	char id[RECORD_ID_MAX + 1];
	bool watched; /* not switched off in the configuration */
	struct watch watch;
	struct tally total;    /* since it became known */
	double clock_offset_s; /* of the latest good reply */
	struct standstill standstill;

	clock_us error_time; /* the latest failure; 0: none yet */
	enum watch_endpoint error_endpoint;
	char error[NOTICE_ERROR_SIZE];
	char message[NOTICE_MESSAGE_SIZE];

	struct coverage_outlook outlook;
	struct coverage_minute open; /* the minute that is going on */
	struct coverage_minute past; /* the last one that was closed with a reply in it, */
	minute_number past_minute;   /* and which that was: to go on with if time is set back */
	enum coverage verdict;       /* on the minute that is being closed */
	struct ledger ledger;

	struct hush changes; /* of its state, in the log */
};

/* Zero-initialise. Kits stand in the order in which they became known. */
struct fleet {
	struct kit *kits;
	size_t count;
	uint32_t *slots; /* index + 1 of a kit; 0 is free */
	size_t slot_count;
	uint64_t seed;
	uint64_t turned_away;      /* ids that found the fleet full, each time they came, */
	uint64_t turned_away_said; /* and how many of them have been said */
	bool link_is_down;         /* as the last minute had it */
};

void fleet_release(struct fleet *fleet);

/* The kit of that name, or NULL. It stays where it is until the next fleet_add(). */
struct kit *fleet_find(const struct fleet *fleet, const char *id);

/* The same, and makes it known, as watched, where it is not. NULL where the fleet is full (counted
 * in `turned_away`) or memory has run out. */
struct kit *fleet_add(struct fleet *fleet, const char *id);

#endif
