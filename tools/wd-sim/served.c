/* How often each endpoint was served. */
#include "tools/wd-sim/served.h"

#include "common/log.h"

void served_report(const struct served *served)
{
	for (unsigned i = 0; i < ENDPOINT_COUNT; i++) {
		log_info("done", {"endpoint", endpoint_names[i]},
			{"served", log_number(served->replies[i]).text});
	}
	if (served->not_found)
		log_info("done", {"not_found", log_number(served->not_found).text});
}
