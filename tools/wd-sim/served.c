/* How often each endpoint was served. */
#include "tools/wd-sim/served.h"

#include "common/log.h"
#include "common/stop.h"

void served_report(const struct served *served)
{
	for (unsigned i = 0; i < ENDPOINT_COUNT; i++) {
		log_info("done", {"endpoint", endpoint_names[i]},
			{"served", log_number(served->replies[i]).text});
	}
	if (served->not_found)
		log_info("done", {"not_found", log_number(served->not_found).text});
}

bool signals_ask_to_stop(void)
{
	int signal_number;

	while ((signal_number = stop_next())) {
		if (stop_asked(signal_number))
			return true;
	}
	return false;
}
