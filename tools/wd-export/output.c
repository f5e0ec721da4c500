/* What the formats share. */
#include "tools/wd-export/output.h"

#include <unistd.h>

#define WORTH_WRITING ((size_t)64 << 10)

bool output_read(struct output *output, struct span line, struct observation *observation)
{
	enum observed observed = observation_read(line, observation);

	output->shown += observed == OBSERVED;
	output->others += observed == OBSERVED_OTHER;
	output->unread += observed == OBSERVED_BROKEN;
	return observed == OBSERVED;
}

int output_collect(struct output *output, struct span line)
{
	struct observation observation;

	if (!output_read(output, line, &observation))
		return 0;
	return sky_add(&output->sky, &observation);
}

int output_flush(struct output *output, bool all)
{
	if (!all && output->text.length < WORTH_WRITING)
		return 0;
	return buffer_write(&output->text, STDOUT_FILENO, "stdout");
}
