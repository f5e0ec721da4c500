/* wd-normalize: turn the replies of kits into records that fit the tables. */
#include "common/base/array.h"
#include "common/cli/opt.h"
#include "common/lines/lines.h"
#include "common/process/signals.h"
#include "common/scan/scan.h"
#include "tools/wd-normalize/explain.h"
#include "tools/wd-normalize/jq_filter.h"
#include "tools/wd-normalize/normalize.h"

#include <sysexits.h>
#include <unistd.h>

static int process_line(void *self, struct span line)
{
	return normalize_line(self, line);
}

static int reject_overlong(void *self, struct span beginning)
{
	return normalize_overlong(self, beginning);
}

/* The sender was killed inside a line. The next stage can only notice that if no newline
 * follows. */
static int process_rest(void *self, struct span rest)
{
	struct normalize *normalize = self;
	struct scan_error error;

	if (scan_check(rest, SCAN_REPAIR, &error))
		return normalize_line(normalize, rest);
	buffer_add_span(&normalize->out, rest);
	return 0;
}

static int settle(void *self, bool idle)
{
	struct normalize *normalize = self;

	(void)idle;
	return buffer_write(&normalize->out, normalize->fd, "stdout");
}

static const char explain_help[] = "print the key and the rule behind each field, and the\n"
				   "unused keys, instead of records: text, or =json lines";
static const char filter_help[] = "run a jq program on each record and write its output";

/* Set up --explain or --filter. Return 0 or an exit status. */
static int open_user(const struct opt_tool *tool, const char *explain, const char *program,
	struct record_user *user)
{
	if (!explain && !program)
		return 0;
	if (explain && program)
		return opt_usage(tool, "either --explain or --filter", NULL);
	if (program) {
		struct jq_filter *filter;
		int status = jq_filter_open(&filter, program);
		if (!status)
			*user = (struct record_user){filter, jq_filter_record, false};
		return status;
	}
	if (strcmp(explain, "json") == 0)
		*user = (struct record_user){NULL, explain_as_json, true};
	else if (*explain == '\0' || strcmp(explain, "text") == 0)
		*user = (struct record_user){NULL, explain_as_text, true};
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
			.help = "exit with status 65 if anything was rejected"},
	};
	struct opt_tool tool = {"wd-normalize", "[FILE ...]",
		"Turns the replies of kits into records that fit the tables.", opts,
		ARRAY_SIZE(opts)};
	struct line_handler handler = {&normalize, process_line, reject_overlong, settle};

	int status = signals_open();
	if (status)
		return status;
	int first = opt_parse(&tool, argc, argv);
	status = open_user(&tool, explain, program, &normalize.user);
	if (status)
		return status;
	normalize_init(&normalize);
	if (!argv[first] && !strict && !explain && !program)
		handler.rest = process_rest;
	status = lines_run(argv + first, &handler);
	normalize_release(&normalize);
	if (program)
		jq_filter_close(normalize.user.self);
	if (!status && strict && normalize.rejected)
		return EX_DATAERR;
	return status;
}
