/* wd-normalize: replies of kits in, records that fit the tables out. */
#include "common/array.h"
#include "common/lines.h"
#include "common/opt.h"
#include "common/stop.h"
#include "tools/wd-normalize/normalize.h"

#include <sysexits.h>
#include <unistd.h>

static int take_line(void *self, struct span line)
{
	return normalize_line(self, line);
}

static int take_overlong(void *self, struct span beginning)
{
	return normalize_overlong(self, beginning);
}

static int settle(void *self, bool idle)
{
	struct normalize *normalize = self;

	(void)idle;
	return buffer_write(&normalize->out, normalize->fd, "stdout");
}

int main(int argc, char **argv)
{
	static struct normalize normalize = {.fd = STDOUT_FILENO};
	bool strict = false;
	struct opt opts[] = {
		{"strict", OPT_FLAG, &strict,
			.help = "exit 65 at the end if anything was rejected"},
	};
	struct opt_tool tool = {"wd-normalize", "[FILE ...]",
		"Turns the replies of kits into records that fit the tables.", opts,
		ARRAY_SIZE(opts)};
	struct lines_user user = {&normalize, take_line, take_overlong, settle};

	int status = stop_open();
	if (status)
		return status;
	int first = opt_parse(&tool, argc, argv);
	normalize_init(&normalize);
	status = lines_run(argv + first, &user);
	normalize_release(&normalize);
	if (!status && strict && normalize.rejected)
		return EX_DATAERR;
	return status;
}
