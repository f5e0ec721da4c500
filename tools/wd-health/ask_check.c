/* --check: one line and an exit status, as monitoring plugins give them
 * (https://www.monitoring-plugins.org/doc/guidelines.html). */
#include "common/log.h"
#include "tools/wd-health/ask.h"
#include "tools/wd-health/plain.h"
#include "tools/wd-health/range.h"

#include <math.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

enum level {
	LEVEL_OK,
	LEVEL_WARNING,
	LEVEL_CRITICAL,
	LEVEL_UNKNOWN
};

/* A state file that is older was left by a wd-health that has ended: it is written each minute. */
#define TOO_OLD_S 600

enum {
	NAMED_MAX = 5
};

struct thresholds {
	const char *warning, *critical; /* as they were given */
	struct range warns, alarms;
};

static size_t not_online(const struct answer *answer)
{
	return answer->watched - answer->states[WATCH_ONLINE];
}

static int64_t age_s(const struct answer *answer)
{
	return (answer->now - answer->written) / CLOCK_SECOND_US;
}

static enum level judge(const struct answer *answer, const struct thresholds *thresholds)
{
	double count = (double)not_online(answer);
	bool none_online = !answer->states[WATCH_ONLINE];

	if (!answer->watched)
		return LEVEL_UNKNOWN;
	if (age_s(answer) > TOO_OLD_S)
		return LEVEL_CRITICAL;
	if (thresholds->critical ? range_alarms(&thresholds->alarms, count) : none_online)
		return LEVEL_CRITICAL;
	return range_alarms(&thresholds->warns, count) || answer->still ? LEVEL_WARNING : LEVEL_OK;
}

/* A kit's name; a bar would end the text and begin the performance data. */
static void put_name(struct buffer *out, const struct kit *kit)
{
	char name[PLAIN_SIZE(RECORD_ID_MAX)];

	plain_text(name, sizeof(name), kit->id);
	for (char *at = name; *at; at++) {
		if (*at == '|')
			*at = '_';
	}
	buffer_add_text(out, name);
}

static bool is_well(const struct kit *kit)
{
	return !kit->watched || (kit->watch.state == WATCH_ONLINE && !kit->standstill.still);
}

static void put_names(struct buffer *out, const struct fleet *fleet)
{
	const char *join = ": ";
	size_t named = 0, more = 0;

	for (size_t i = 0; i < fleet->count; i++) {
		const struct kit *kit = &fleet->kits[i];
		if (is_well(kit))
			continue;
		if (named == NAMED_MAX) {
			more++;
			continue;
		}
		buffer_add_text(out, join);
		put_name(out, kit);
		buffer_printf(out, " %s%s", watch_state_name(kit->watch.state),
			kit->standstill.still ? " (status stands still)" : "");
		join = ", ";
		named++;
	}
	if (more)
		buffer_printf(out, " and %zu more", more);
}

static void put_data(
	struct buffer *out, const struct answer *answer, const struct thresholds *thresholds)
{
	buffer_printf(out, " | not_online=%zu;%s;%s;0;%zu", not_online(answer), thresholds->warning,
		thresholds->critical ? thresholds->critical : "", answer->watched);
	for (size_t i = 0; i < WATCH_STATES; i++)
		buffer_printf(out, " %s=%zu;;;0;%zu", watch_state_name((enum watch_state)i),
			answer->states[i], answer->watched);
	buffer_printf(out, " standing_still=%zu;;;0;%zu age=%llds;;%d;0\n", answer->still,
		answer->watched, (long long)age_s(answer), TOO_OLD_S);
}

static void put_text(struct buffer *out, const struct answer *answer)
{
	if (!answer->watched) {
		buffer_add_text(out, "no kit is known");
		return;
	}
	if (age_s(answer) > TOO_OLD_S)
		buffer_printf(out, "nothing was written for %lld s, ", (long long)age_s(answer));
	buffer_printf(out, "%zu of %zu kits online", answer->states[WATCH_ONLINE], answer->watched);
	put_names(out, &answer->health.fleet);
}

static int say(struct buffer *out, enum level level)
{
	int status = buffer_write(out, STDOUT_FILENO, "stdout");

	buffer_release(out);
	return (int)(status ? LEVEL_UNKNOWN : level);
}

static int check(struct answer *answer, const struct thresholds *thresholds)
{
	static const char *const names[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
	struct buffer out = {0};
	enum level level = judge(answer, thresholds);

	buffer_printf(&out, "KITS %s - ", names[level]);
	put_text(&out, answer);
	put_data(&out, answer, thresholds);
	return say(&out, level);
}

static int unknown(const char *why, const char *what)
{
	char shown[512];
	struct buffer out = {0};

	plain_text(shown, sizeof(shown), what);
	buffer_printf(&out, "KITS UNKNOWN - %s %s\n", why, shown);
	return say(&out, LEVEL_UNKNOWN);
}

int ask_check(const char *path, int64_t threshold_us, const char *warning, const char *critical)
{
	struct thresholds thresholds = {.warning = warning ? warning : "0", .critical = critical};
	struct answer answer;

	if (!range_parse(thresholds.warning, &thresholds.warns))
		return unknown("no range:", thresholds.warning);
	if (critical && !range_parse(critical, &thresholds.alarms))
		return unknown("no range:", critical);
	int status = ask_open(&answer, path, threshold_us);
	int level = status ? unknown("no state in", path) : check(&answer, &thresholds);
	ask_release(&answer);
	return level;
}
