#include "tools/wd-export/output.h"

#include <unistd.h>

#define FLUSH_MIN ((size_t)64 << 10)

bool output_read(struct output *output, struct span line, struct observation *observation)
{
	enum observation_result observed = observation_read(line, observation);

	output->shown += observed == OBSERVED;
	output->ignored += observed == OBSERVED_IGNORED;
	output->malformed += observed == OBSERVED_MALFORMED;
	return observed == OBSERVED;
}

int output_collect(struct output *output, struct span line)
{
	struct observation observation;

	if (output_read(output, line, &observation))
		track_table_add(&output->tracks, &observation);
	return 0;
}

int output_flush(struct output *output, bool all)
{
	if (!all && output->text.length < FLUSH_MIN)
		return 0;
	return buffer_write(&output->text, STDOUT_FILENO, "stdout");
}
