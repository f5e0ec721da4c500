/* wd-tee: passes lines on, copies them to a socket, and queues events for delivery. */
#include "common/array.h"
#include "common/opt.h"
#include "common/signals.h"
#include "tools/wd-tee/tee.h"

int main(int argc, char **argv)
{
	struct tee_settings settings = {0};
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
	return tee_run(&settings);
}
