/* What the formats share. */
#include "tools/wd-export/format.h"

#include <unistd.h>

#define WORTH_WRITING ((size_t)64 << 10)

bool export_read(struct export *export, struct span line, struct observation *observation)
{
	enum observed observed = observation_read(line, observation);

	export->unread += observed == OBSERVED_BROKEN;
	return observed == OBSERVED;
}

int export_collect(struct export *export, struct span line)
{
	struct observation observation;

	if (!export_read(export, line, &observation))
		return 0;
	return sky_add(&export->sky, &observation);
}

int export_flush(struct export *export, bool all)
{
	if (!all && export->out.length < WORTH_WRITING)
		return 0;
	return buffer_write(&export->out, STDOUT_FILENO, "stdout");
}
