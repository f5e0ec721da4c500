#include "tools/wd-store/sink/sink_open.h"

int sink_open(const struct target *target, bool force, struct sink **sink)
{
	return target->dialect == DIALECT_SQLITE ? sink_sqlite(target->location, force, sink)
						 : sink_postgresql(target->location, sink);
}
