/* wd-drain: feed the segments of a spool to a pipeline, and remove those that it has stored. */
#include "common/log/log.h"
#include "common/process/notify.h"
#include "common/process/signals.h"
#include "tools/wd-drain/options.h"
#include "tools/wd-drain/report.h"
#include "tools/wd-drain/work.h"

int main(int argc, char **argv)
{
	static struct drain drain;
	int status = signals_open();

	if (status)
		return status;
	drain_init(&drain);
	status = options_read(&drain, argc, argv);
	if (status) {
		drain_close(&drain);
		return status;
	}
	notify("READY=1");
	status = work(&drain);
	log_status("");
	report_status(&drain, clock_mono_us());
	notify("STOPPING=1");
	drain_close(&drain);
	return status;
}
