/* What both sinks share. */
#include "tools/wd-store/sink.h"

#include "common/log.h"
#include "common/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

int sink_says(struct sink *sink, int status, const char *code, const char *what)
{
	snprintf(sink->reason, sizeof(sink->reason), "%s%s%s", code, what ? " " : "",
		what ? what : "");
	return status;
}

int sink_open(const char *target, struct sink **sink)
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
