/* wd-tee: passes lines on, copies them to a socket, and queues events for delivery. */
#include "common/base/array.h"
#include "common/cli/opt.h"
#include "common/process/signals.h"
#include "tools/wd-tee/tee.h"

#include <string.h>

int main(int argc, char **argv)
{
	struct tee_settings settings = {.writer = "tee"};
	struct opt opts[] = {
		{.name = "copy",
			.kind = OPT_TEXT,
			.value = &settings.copy,
			.argument = "SOCKET",
			.help = "copy all lines to the reader that listens at\nthis UNIX socket; "
				"never wait for it"},
		{.name = "events",
			.kind = OPT_TEXT,
			.value = &settings.events,
			.argument = "DIR",
			.help = "queue events there for wd-notify --events"},
		{.name = "writer",
			.kind = OPT_TEXT,
			.value = &settings.writer,
			.argument = "NAME",
			.help = "with --events: the name of this writer, as several\nprocesses may "
				"share a queue"},
		{.name = "drop-events",
			.kind = OPT_FLAG,
			.value = &settings.drop_events,
			.help = "do not pass events on"},
	};
	struct opt_tool tool = {.name = "wd-tee",
		.operands = "",
		.purpose =
			"Passes lines on, copies them to a socket and queues events for delivery.",
		.opts = opts,
		.count = ARRAY_SIZE(opts)};
	int status = signals_open();

	if (status)
		return status;
	int operand = opt_parse(&tool, argc, argv);
	if (argv[operand])
		return opt_usage(&tool, "unexpected argument", argv[operand]);
	/* It becomes the name of a folder. */
	if (*settings.writer == '\0' || *settings.writer == '.' || strchr(settings.writer, '/'))
		return opt_usage(&tool, "not a file name", settings.writer);
	return tee_run(&settings);
}
