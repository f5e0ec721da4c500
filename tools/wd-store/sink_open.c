#include "tools/wd-store/sink_open.h"

#include "common/db/target.h"
#include "common/log.h"

#include <stdlib.h>
#include <sysexits.h>

int sink_open(const char *target, struct sink **sink)
{
	const char *file = target_file(target);

	if (file)
		return sink_sqlite(file, sink);
	if (!target_is_postgresql(target))
		return target_usage_error();
	char *url = target_url(target);
	int status = url ? sink_postgresql(url, sink) : fail(EX_OSERR, "out of memory");
	free(url);
	return status;
}
