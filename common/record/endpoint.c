/* The endpoints of a kit. */
#include "common/record/endpoint.h"

const struct endpoint_info endpoint_table[ENDPOINT_COUNT] = {
	[ENDPOINT_DRONES] = {"drones", "drone", "drones", ENDPOINT_POLL_INTERVAL, true},
	[ENDPOINT_SIGNALS] = {"signals", "signal", "signals", ENDPOINT_POLL_INTERVAL, true},
	[ENDPOINT_STATUS] = {"status", "system_health", "system_health", ENDPOINT_STATUS_INTERVAL,
		false},
	[ENDPOINT_CONFIG] = {"config", NULL, NULL, ENDPOINT_CONFIG_INTERVAL, false, true},
};

enum endpoint endpoint_parse(struct span name)
{
	unsigned i = 0;

	while (i < ENDPOINT_COUNT && !span_equals(name, endpoint_table[i].name))
		i++;
	return (enum endpoint)i;
}
