#include "tools/wd-export/output.h"

#include "common/base/array.h"

#include <unistd.h>

#define FLUSH_MIN ((size_t)64 << 10)

void export_ignore(struct export_output *output, struct span line)
{
	static const char *const names[] = {"type", "body"};
	static struct scan_keys keys;
	struct scan_member members[ARRAY_SIZE(names)];
	struct scan_error error;

	if (!keys.count)
		scan_keys_init(&keys, names, ARRAY_SIZE(names));
	output->ignored++;
	if (!scan_object(line, &keys, members, &error))
		return;
	output->not_normalized += scan_text_is(members[0].value, "reply") && members[1].value.data;
	output->flights_ignored += scan_text_is(members[0].value, "flight");
}

bool export_read(struct export_output *output, struct span line, struct observation *observation)
{
	enum observation_result observed = observation_read(line, observation);

	output->shown += observed == OBSERVED;
	if (observed == OBSERVED_IGNORED)
		export_ignore(output, line);
	output->malformed += observed == OBSERVED_MALFORMED;
	return observed == OBSERVED;
}

int export_collect(struct export_output *output, struct span line)
{
	struct observation observation;

	if (export_read(output, line, &observation))
		track_table_add(&output->tracks, &observation);
	return 0;
}

int export_flush(struct export_output *output, bool all)
{
	if (!all && output->text.length < FLUSH_MIN)
		return 0;
	return buffer_write(&output->text, STDOUT_FILENO, "stdout");
}
