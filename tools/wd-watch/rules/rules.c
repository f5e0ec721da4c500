#include "tools/wd-watch/rules/rules.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>

const char *const watch_event_names[EVENT_COUNT] = {
	[EVENT_FIRST_SEEN] = "first_seen",
	[EVENT_SEEN] = "seen",
	[EVENT_LOST] = "lost",
	[EVENT_ENTER] = "enter",
	[EVENT_DWELL] = "dwell",
	[EVENT_LEAVE] = "leave",
	[EVENT_PRESENT] = "present",
	[EVENT_SIGNAL] = "signal",
	[EVENT_ONLINE] = "online",
	[EVENT_OFFLINE] = "offline",
	[EVENT_STALE] = "stale",
};

static void release_conditions(struct condition *conditions, size_t count)
{
	for (size_t i = 0; i < count; i++)
		condition_release(&conditions[i]);
	free(conditions);
}

void rules_release(struct rules *rules)
{
	for (size_t i = 0; i < rules->count; i++) {
		struct rule *rule = &rules->items[i];
		release_conditions(rule->where, rule->where_count);
		release_conditions(rule->except, rule->except_count);
		free(rule->name);
		free(rule->level);
		free(rule->zones);
	}
	for (size_t i = 0; i < rules->known_count; i++) {
		free(rules->known[i].tag);
		free(rules->known[i].pattern);
	}
	free(rules->items);
	free(rules->known);
	zones_release(&rules->zones);
	watch_keys_release(&rules->keys);
}

static void to_lower(char *text)
{
	for (; *text; text++)
		*text = (char)tolower((unsigned char)*text);
}

const char *rules_known_tag(const struct rules *rules, const struct watch_line *line)
{
	char text[WATCH_ID_SIZE];
	int read = -1;

	for (size_t i = 0; i < rules->known_count; i++) {
		const struct known *known = &rules->known[i];
		if (read != (int)known->key) {
			scan_text(line->members[known->key].value, text, sizeof(text));
			to_lower(text);
		}
		read = (int)known->key;
		if (*text && fnmatch(known->pattern, text, 0) == 0)
			return known->tag;
	}
	return "unknown";
}

bool rule_matches(const struct rule *rule, const struct condition_subject *subject)
{
	for (size_t i = 0; i < rule->where_count; i++) {
		if (!condition_matches(&rule->where[i], subject))
			return false;
	}
	for (size_t i = 0; i < rule->except_count; i++) {
		if (condition_matches(&rule->except[i], subject))
			return false;
	}
	return true;
}
