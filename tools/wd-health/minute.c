/* The end of a minute. */
#include "tools/wd-health/minute.h"

#include "common/log.h"
#include "tools/wd-health/report.h"
#include "tools/wd-health/say.h"

static void judge_each(struct fleet *fleet, clock_us end, struct coverage_link *link)
{
	for (size_t i = 0; i < fleet->count; i++) {
		struct kit *kit = &fleet->kits[i];
		kit->verdict = COVERAGE_NONE;
		if (!kit->watched)
			continue;
		kit->verdict = coverage_of(&kit->open, &kit->outlook, end);
		coverage_link_add(link, &kit->open, &kit->outlook, kit->verdict);
	}
}

/* Where the link is down, that is what is wrong with the kits that cannot be reached. */
static void blame_link(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->count; i++) {
		struct kit *kit = &fleet->kits[i];
		if (kit->verdict == COVERAGE_KIT_DOWN && kit->outlook.of_link)
			kit->verdict = COVERAGE_LINK_DOWN;
	}
}

static void say_link(struct fleet *fleet, bool is_down)
{
	if (is_down == fleet->link_is_down)
		return;
	fleet->link_is_down = is_down;
	if (is_down)
		log_warning("no kit can be reached: the link is down",
			{"kits", log_number((int64_t)fleet->count).text});
	else
		log_info("kits can be reached again");
}

static void put_away(struct kit *kit, minute_number minute, minute_number newest)
{
	ledger_put(&kit->ledger, minute, newest, kit->verdict);
	if (kit->open.tally.requests) {
		kit->past = kit->open;
		kit->past_minute = minute;
	}
	kit->open = (struct coverage_minute){0};
}

static void say_turned_away(struct fleet *fleet)
{
	uint64_t more = fleet->turned_away - fleet->turned_away_said;

	if (!more)
		return;
	log_warning("too many kits: some are not watched",
		{"limit", log_number(FLEET_KITS_MAX).text},
		{"lines", log_number((int64_t)more).text});
	fleet->turned_away_said = fleet->turned_away;
}

void minute_close(struct fleet *fleet, minute_number minute, minute_number newest, bool gap,
	struct buffer *out)
{
	struct coverage_link link = {0};

	judge_each(fleet, minute_start(minute + 1), &link);
	if (coverage_link_is_down(&link))
		blame_link(fleet);
	for (size_t i = 0; i < fleet->count; i++) {
		struct kit *kit = &fleet->kits[i];
		if (kit->watched)
			say_coverage(out, kit, minute);
		if (kit->watched && !gap)
			say_status(out, kit, minute_start(minute + 1));
		put_away(kit, minute, newest);
	}
	if (gap)
		return;
	say_link(fleet, coverage_link_is_down(&link));
	report_log(fleet);
	say_turned_away(fleet);
}

void minute_reopen(struct fleet *fleet, minute_number minute)
{
	for (size_t i = 0; i < fleet->count; i++) {
		struct kit *kit = &fleet->kits[i];
		kit->open = kit->past_minute == minute ? kit->past : (struct coverage_minute){0};
	}
}
