/* The minute report: what people read in the log. */
#include "tools/wd-health/report.h"

#include "common/log.h"
#include "tools/wd-health/plain.h"

#include <inttypes.h>
#include <stdio.h>

static void log_kit(const struct kit *kit)
{
	char id[PLAIN_SIZE(RECORD_ID_MAX)];
	char line[sizeof(id) + 160];

	plain_text(id, sizeof(id), kit->id);
	snprintf(line, sizeof(line),
		"Kit %s: %s | Success rate: %.1f%% | Requests: %" PRIu64 " (OK: %" PRIu64
		", Failed: %" PRIu64 ")",
		id, watch_state_name(kit->watch.state), tally_success_percent(&kit->total),
		kit->total.requests, kit->total.ok, kit->total.failed);
	log_plain(line);
}

static void log_error_of(const struct kit *kit)
{
	char message[PLAIN_SIZE(NOTICE_MESSAGE_SIZE)];
	char line[sizeof(message) + 80];

	if (kit->watch.state == WATCH_ONLINE || !kit->error_time ||
		kit->error_time < kit->watch.last_seen)
		return;
	plain_text(message, sizeof(message), kit->message[0] ? kit->message : kit->error);
	snprintf(line, sizeof(line), "  Last error: Request error fetching /%s: %s",
		notice_endpoint_name(kit->error_endpoint), message);
	log_plain(line);
}

void report_log(const struct fleet *fleet)
{
	if (!log_shows(LOG_INFO))
		return;
	log_plain("=== Kit Health Status ===");
	for (size_t i = 0; i < fleet->count; i++) {
		if (!fleet->kits[i].watched)
			continue;
		log_kit(&fleet->kits[i]);
		log_error_of(&fleet->kits[i]);
	}
	log_plain("========================================");
}
