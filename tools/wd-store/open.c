/* From the name of a target to its sink. */
#include "tools/wd-store/open.h"

#include "common/log.h"
#include "common/target.h"

#include <stdlib.h>
#include <sysexits.h>

int open_sink(const char *target, struct sink **sink)
{
	const char *file = target_file(target);

	if (file)
		return sink_sqlite(file, sink);
	if (!target_is_url(target))
		return target_refuse();
	char *url = target_url(target);
	int status = url ? sink_postgresql(url, sink) : fail(EX_OSERR, "out of memory");
	free(url);
	return status;
}
