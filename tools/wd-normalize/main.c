/* wd-normalize: replies of kits in, records that fit the tables out. */
#include "common/array.h"
#include "common/lines.h"
#include "common/opt.h"
#include "common/signals.h"
#include "tools/wd-normalize/explain.h"
#include "tools/wd-normalize/filter.h"
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

static const char explain_help[] = "instead of records write where each field comes from, and by\n"
				   "which rule: text, or with =json a line a record";
static const char filter_help[] = "run a jq program on each record; what it makes goes out";

/* What --explain and --filter ask for. Returns 0 or EX_USAGE. */
static int choose_user(const struct opt_tool *tool, const char *explain, const char *program,
	struct normalize_user *user)
{
	if (!explain && !program)
		return 0;
	if (explain && program)
		return opt_usage(tool, "either --explain or --filter", NULL);
	if (program) {
		struct filter *filter;
		int status = filter_open(&filter, program);
		if (!status)
			*user = (struct normalize_user){filter, filter_record, false};
		return status;
	}
	if (strcmp(explain, "json") == 0)
		*user = (struct normalize_user){NULL, explain_as_json, true};
	else if (*explain == '\0' || strcmp(explain, "text") == 0)
		*user = (struct normalize_user){NULL, explain_as_text, true};
	else
		return opt_usage(tool, "--explain is text or json", explain);
	return 0;
}

int main(int argc, char **argv)
{
	static struct normalize normalize = {.fd = STDOUT_FILENO};
	bool strict = false;
	const char *explain = NULL, *program = NULL;
	struct opt opts[] = {
		{"explain", OPT_MAYBE, &explain, "json", explain_help},
		{"filter", OPT_TEXT, &program, "PROGRAM", filter_help},
		{"strict", OPT_FLAG, &strict,
			.help = "exit 65 at the end if anything was rejected"},
	};
	struct opt_tool tool = {"wd-normalize", "[FILE ...]",
		"Turns the replies of kits into records that fit the tables.", opts,
		ARRAY_SIZE(opts)};
	struct line_handler user = {&normalize, take_line, take_overlong, settle};

	int status = signals_open();
	if (status)
		return status;
	int first = opt_parse(&tool, argc, argv);
	status = choose_user(&tool, explain, program, &normalize.user);
	if (status)
		return status;
	normalize_init(&normalize);
	status = lines_run(argv + first, &user);
	normalize_release(&normalize);
	if (program)
		filter_close(normalize.user.self);
	if (!status && strict && normalize.rejected)
		return EX_DATAERR;
	return status;
}
