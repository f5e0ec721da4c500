/* --check: one line and an exit status, as a monitoring plugin
 * (https://www.monitoring-plugins.org/doc/guidelines.html). */
#include "common/log/log.h"
#include "tools/wd-health/output/sanitize.h"
#include "tools/wd-health/query/query.h"
#include "tools/wd-health/query/range.h"

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

/* An older state file was left by a wd-health that has ended: it is written every minute. */
#define TOO_OLD_S 600

enum {
	NAMED_MAX = 5
};

struct thresholds {
	const char *warning, *critical; /* as given */
	struct range warns, alarms;
};

static size_t not_online(const struct health_query *query)
{
	return query->watched - query->states[WATCH_ONLINE];
}

static int64_t age_s(const struct health_query *query)
{
	return (query->now - query->written) / CLOCK_SECOND_US;
}

static enum level level_of(const struct health_query *query, const struct thresholds *thresholds)
{
	double count = (double)not_online(query);
	bool none_online = !query->states[WATCH_ONLINE];

	if (!query->watched || query_is_of_future(query))
		return LEVEL_UNKNOWN;
	if (age_s(query) > TOO_OLD_S)
		return LEVEL_CRITICAL;
	if (thresholds->critical ? range_alarms(&thresholds->alarms, count) : none_online)
		return LEVEL_CRITICAL;
	return range_alarms(&thresholds->warns, count) || query->stale_status ? LEVEL_WARNING
									      : LEVEL_OK;
}

/* Append a kit's name. A bar would end the text and begin the performance data. */
static void put_name(struct buffer *out, const struct health_kit *kit)
{
	char name[SANITIZED_SIZE(RECORD_ID_MAX)];

	sanitize_text(name, sizeof(name), kit->id);
	for (char *at = name; *at; at++) {
		if (*at == '|')
			*at = '_';
	}
	buffer_add_text(out, name);
}

static bool is_ok(const struct health_kit *kit)
{
	return !kit->watched || (kit->watch.state == WATCH_ONLINE && !kit->status.is_stale);
}

static void put_names(struct buffer *out, const struct fleet *fleet)
{
	const char *join = ": ";
	size_t named = 0, more = 0;

	for (size_t i = 0; i < fleet->count; i++) {
		const struct health_kit *kit = &fleet->kits[i];
		if (is_ok(kit))
			continue;
		if (named == NAMED_MAX) {
			more++;
			continue;
		}
		buffer_add_text(out, join);
		put_name(out, kit);
		buffer_printf(out, " %s%s", watch_state_name(kit->watch.state),
			kit->status.is_stale ? " (old status)" : "");
		join = ", ";
		named++;
	}
	if (more)
		buffer_printf(out, " and %zu more", more);
}

static void put_data(
	struct buffer *out, const struct health_query *query, const struct thresholds *thresholds)
{
	buffer_printf(out, " | not_online=%zu;%s;%s;0;%zu", not_online(query), thresholds->warning,
		thresholds->critical ? thresholds->critical : "", query->watched);
	for (size_t i = 0; i < WATCH_STATES; i++)
		buffer_printf(out, " %s=%zu;;;0;%zu", watch_state_name((enum watch_state)i),
			query->states[i], query->watched);
	buffer_printf(out, " standing_still=%zu;;;0;%zu age=%llds;;%d;0\n", query->stale_status,
		query->watched, (long long)age_s(query), TOO_OLD_S);
}

static void put_future(struct buffer *out, const struct health_query *query)
{
	clock_us latest = query->health.now > query->written ? query->health.now : query->written;

	buffer_printf(out, "the state is %lld s in the future: check the clocks",
		(long long)((latest - query->now) / CLOCK_SECOND_US));
}

static void put_text(struct buffer *out, const struct health_query *query)
{
	if (!query->watched) {
		buffer_add_text(out, "no kit is known");
		return;
	}
	if (query_is_of_future(query)) {
		put_future(out, query);
		return;
	}
	if (age_s(query) > TOO_OLD_S)
		buffer_printf(out, "no update for %lld s, ", (long long)age_s(query));
	buffer_printf(out, "%zu of %zu kits online", query->states[WATCH_ONLINE], query->watched);
	put_names(out, &query->health.fleet);
}

static int finish(struct buffer *out, enum level level)
{
	int status = buffer_write(out, STDOUT_FILENO, "stdout");

	buffer_release(out);
	return (int)(status ? LEVEL_UNKNOWN : level);
}

static int check(struct health_query *query, const struct thresholds *thresholds)
{
	static const char *const names[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
	struct buffer out = {0};
	enum level level = level_of(query, thresholds);

	buffer_printf(&out, "KITS %s - ", names[level]);
	put_text(&out, query);
	put_data(&out, query, thresholds);
	return finish(&out, level);
}

static int unknown(const char *why, const char *what)
{
	char shown[512];
	struct buffer out = {0};

	sanitize_text(shown, sizeof(shown), what);
	buffer_printf(&out, "KITS UNKNOWN - %s %s\n", why, shown);
	return finish(&out, LEVEL_UNKNOWN);
}

int query_check(const char *path, int64_t threshold_us, const char *warning, const char *critical)
{
	struct thresholds thresholds = {.warning = warning ? warning : "0", .critical = critical};
	struct health_query query;

	if (!range_parse(thresholds.warning, &thresholds.warns))
		return unknown("invalid range:", thresholds.warning);
	if (critical && !range_parse(critical, &thresholds.alarms))
		return unknown("invalid range:", critical);
	int status = query_open(&query, path, threshold_us);
	int level = status ? unknown("no usable state file:", path) : check(&query, &thresholds);
	query_release(&query);
	return level;
}
