/* What the replies of a kit show, apart from its state. */
#include "tools/wd-health/fleet/fleet.h"

#include <stdio.h>

static void add_failure(struct health_kit *kit, const struct health_event *event)
{
	kit->error_time = event->time;
	kit->error_endpoint = event->reply.endpoint;
	snprintf(kit->error, sizeof(kit->error), "%s", event->error[0] ? event->error : "unknown");
	memcpy(kit->message, event->message, sizeof(kit->message));
}

void health_kit_add_result(struct health_kit *kit, const struct health_event *event)
{
	if (event->reply.outcome != OUTCOME_GOOD) {
		add_failure(kit, event);
		return;
	}
	kit->clock_offset_s = event->clock_offset_s;
	kit->is_mqtt = event->reply.is_mqtt;
	if (event->reply.endpoint == ENDPOINT_STATUS)
		memcpy(kit->reported_id, event->reported_id, sizeof(kit->reported_id));
}

void health_kit_add_optional(struct health_kit *kit, const struct health_event *event)
{
	clock_us *latest = &kit->watch.endpoints[event->reply.endpoint].time;

	if (event->time <= *latest || !event->receivers[0])
		return;
	*latest = event->time;
	memcpy(kit->receivers, event->receivers, sizeof(kit->receivers));
}
