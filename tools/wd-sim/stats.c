#include "tools/wd-sim/stats.h"

#include "common/log/log.h"

void stats_report(const struct stats *stats)
{
	for (unsigned i = 0; i < ENDPOINT_COUNT; i++) {
		log_info("done", {"endpoint", endpoint_name(i)},
			{"served", log_number(stats->replies[i]).text});
	}
	if (stats->not_found)
		log_info("done", {"not_found", log_number(stats->not_found).text});
}
