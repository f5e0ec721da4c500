#include "tools/wd-dump/source.h"

#include "common/db/target.h"
#include "common/process/signals.h"

int source_open(const char *text, struct source **source)
{
	struct target target;
	int status = target_parse(text, NULL, &target);

	if (status)
		return status;
	status = target.dialect == DIALECT_SQLITE ? source_sqlite(target.location, source)
						  : source_postgresql(target.location, source);
	target_release(&target);
	return status;
}

bool source_stopped(void)
{
	int signal_number;

	while ((signal_number = signals_next()) != 0) {
		if (signal_is_stop(signal_number))
			return true;
	}
	return false;
}
