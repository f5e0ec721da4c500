#include "tools/wd-store/sink_open.h"

#include "common/db/target.h"

int sink_open(const char *text, struct sink **sink)
{
	struct target target;
	int status = target_parse(text, &target);

	if (status)
		return status;
	status = target.dialect == DIALECT_SQLITE ? sink_sqlite(target.location, sink)
						  : sink_postgresql(target.location, sink);
	target_release(&target);
	return status;
}
