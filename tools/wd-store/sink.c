/* What both sinks share. */
#include "tools/wd-store/sink.h"

#include <stdio.h>

int sink_set_reason(struct sink *sink, int status, const char *code, const char *what)
{
	snprintf(sink->reason, sizeof(sink->reason), "%s%s%s", code, what ? " " : "",
		what ? what : "");
	return status;
}
