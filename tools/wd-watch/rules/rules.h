/* Rules, zones and known things, as wd-rules(5) describes them. */
#ifndef WD_WATCH_RULES_H
#define WD_WATCH_RULES_H

#include "tools/wd-watch/rules/condition.h"
#include "tools/wd-watch/zones/zone.h"

#include <stdint.h>

/* In the order of wd-rules(5). */
enum watch_event {
	EVENT_FIRST_SEEN,
	EVENT_SEEN,
	EVENT_LOST,
	EVENT_ENTER,
	EVENT_DWELL,
	EVENT_LEAVE,
	EVENT_PRESENT,
	EVENT_SIGNAL,
	EVENT_ONLINE,
	EVENT_OFFLINE,
	EVENT_STALE,
	EVENT_COUNT,
};

#define EVENT_BIT(event) (1u << (event))

/* "first_seen"; the `event` member of an event line. */
extern const char *const watch_event_names[EVENT_COUNT];

enum {
	ENTER_COUNT_MAX = 4,
	RULES_MAX = 1000,
	RULE_ZONE_NONE = -1, /* a rule without zones: everywhere */
};

struct rule {
	char *name;  /* owned; unique */
	char *level; /* owned; "info" */
	unsigned on; /* the events that it raises: EVENT_BIT()s */
	int *zones;  /* owned; indexes of struct zones, or RULE_ZONE_NONE alone */
	size_t zone_count;

	struct condition *where, *except; /* owned: all of `where`, none of `except` */
	size_t where_count, except_count;

	/* It is inside after `enter_count` consecutive observations within `enter_us`. */
	unsigned enter_count;
	int64_t enter_us;
	/* It is outside after `leave_us` spent more than `leave_m` outside. */
	double leave_m;
	int64_t leave_us;
	int64_t dwell_us; /* inside for this long: dwell */
	int64_t again_us; /* an event is not repeated before */

	uint64_t digest; /* of its definition: a changed rule is a new one */
	unsigned line;
};

/* Something known: its id, operator or MAC matches one of the patterns. */
struct known {
	char *tag;          /* owned: "friendly" */
	char *pattern;      /* owned; in lower case */
	enum watch_key key; /* drone_id, uid, operator_id or mac */
};

struct rules {
	struct zones zones;
	struct rule *items;
	size_t count;
	struct known *known;
	size_t known_count;
	struct watch_keys keys;
	int64_t lost_us; /* without a new observation for this long it is lost; default 60 s */
};

/* Load the file. Return 0, EX_CONFIG (logged with file, line and the text that is wrong) or
 * EX_NOINPUT. The caller releases `rules` in any case. */
int rules_load(struct rules *rules, const char *file);
void rules_release(struct rules *rules);

/* The tag of the first known thing that the record matches, else "unknown". */
const char *rules_known_tag(const struct rules *rules, const struct watch_line *line);

/* Whether the record matches all of `where` and none of `except`. */
bool rule_matches(const struct rule *rule, const struct condition_subject *subject);

#endif
