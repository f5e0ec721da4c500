/* The report of each minute, in the log. */
#include "tools/wd-health/output/report.h"

#include "common/log/log.h"
#include "tools/wd-health/output/sanitize.h"

#include <inttypes.h>
#include <stdio.h>

static void log_kit(const struct health_kit *kit)
{
	char id[SANITIZED_SIZE(RECORD_ID_MAX)];
	char line[sizeof(id) + 160];

	sanitize_text(id, sizeof(id), kit->id);
	snprintf(line, sizeof(line),
		"Kit %s: %s | Success rate: %.1f%% | Requests: %" PRIu64 " (OK: %" PRIu64
		", Failed: %" PRIu64 ")",
		id, watch_state_name(kit->watch.state), tally_success_percent(&kit->total),
		kit->total.requests, kit->total.ok, kit->total.failed);
	log_plain(line);
}

static void log_error_of(const struct health_kit *kit)
{
	char message[SANITIZED_SIZE(EVENT_MESSAGE_SIZE)];
	char line[sizeof(message) + 80];

	if (kit->watch.state == WATCH_ONLINE || !kit->error_time ||
		kit->error_time < kit->watch.last_seen)
		return;
	sanitize_text(message, sizeof(message), kit->message[0] ? kit->message : kit->error);
	snprintf(line, sizeof(line), "  Last error: Request error fetching /%s: %s",
		event_endpoint_name(kit->error_endpoint), message);
	log_plain(line);
}

static void log_block(const struct fleet *fleet)
{
	log_plain("=== Kit Health Status ===");
	for (size_t i = 0; i < fleet->count; i++) {
		if (!fleet->kits[i].watched)
			continue;
		log_kit(&fleet->kits[i]);
		log_error_of(&fleet->kits[i]);
	}
	log_plain("========================================");
}

/* `kits=100 online=98 offline=2`: states without kits are left out. */
static void log_summary(const struct fleet *fleet)
{
	size_t states[WATCH_STATES] = {0}, watched = 0;
	char line[160];

	for (size_t i = 0; i < fleet->count; i++) {
		watched += fleet->kits[i].watched;
		states[fleet->kits[i].watch.state] += fleet->kits[i].watched;
	}
	int length = snprintf(line, sizeof(line), "kits=%zu", watched);
	for (size_t i = 0; i < WATCH_STATES; i++) {
		if (states[i])
			length += snprintf(line + length, sizeof(line) - (size_t)length, " %s=%zu",
				watch_state_name((enum watch_state)i), states[i]);
	}
	log_plain(line);
}

void report_log(const struct health *health)
{
	if (!log_shows(LOG_INFO))
		return;
	if (health->report_lines || log_shows(LOG_DEBUG))
		log_block(&health->fleet);
	else
		log_summary(&health->fleet);
}

void report_link(struct health *health, bool is_down)
{
	if (is_down == health->link_is_down)
		return;
	health->link_is_down = is_down;
	if (is_down)
		log_warning("no kit can be reached: the link is down",
			{"kits", log_number((int64_t)health->fleet.count).text});
	else
		log_info("kits can be reached again");
}

void report_rejected(struct fleet *fleet)
{
	uint64_t more = fleet->rejected - fleet->rejected_logged;

	if (!more)
		return;
	log_warning("too many kits: some are not watched",
		{"limit", log_number(FLEET_KITS_MAX).text},
		{"lines", log_number((int64_t)more).text});
	fleet->rejected_logged = fleet->rejected;
}
