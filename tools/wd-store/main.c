/* wd-store: the records of its input become rows of a database, each once. */
#include "common/array.h"
#include "common/db/target.h"
#include "common/log.h"
#include "common/opt.h"
#include "common/signals.h"
#include "tools/wd-store/batch.h"
#include "tools/wd-store/jobs.h"
#include "tools/wd-store/sink_open.h"

#include <string.h>
#include <sysexits.h>

static const char *target = "sqlite:wardragon.db";
static bool migrate, roles, check;
static int64_t jobs = 1;
static struct ingest_settings settings = {.batch = 5000, .delay_s = 0.1, .jobs = 1};

static struct opt opts[] = {
	{.env = "DATABASE_URL", .kind = OPT_TEXT, .value = &target},
	{"batch", OPT_NUMBER, &settings.batch, "LINES", "commit after so many lines", 1,
		BATCH_LINES_MAX},
	{"delay", OPT_SECONDS, &settings.delay_s, "SECONDS", "commit what has waited so long",
		0.001, 3600},
	{"jobs", OPT_NUMBER, &jobs, "N",
		"store through N connections, the lines of one kit in their order\n"
		"(PostgreSQL)",
		1, JOBS_MAX},
	{"fail-fast", OPT_FLAG, &settings.fail_fast, NULL,
		"exit with status 75 when the database is away, instead of waiting for it"},
	{"acknowledge", OPT_FLAG, &settings.acknowledge, NULL,
		"answer each mark in the input with an ack on standard output, once\n"
		"everything before it is committed (wd-drain uses this)"},
	{"migrate", OPT_FLAG, &migrate, NULL, "make or complete the tables, and end"},
	{"roles", OPT_FLAG, &roles, NULL,
		"with --migrate: also the roles wd_writer and wd_reader (PostgreSQL)"},
	{"check", OPT_FLAG, &check, NULL, "say whether lines could be stored, and end"},
};

static struct opt_tool tool = {
	.name = "wd-store",
	.operands = "[TARGET] [FILE ...]",
	.purpose = "Stores the records of its input, or of the files, in a database, each once.",
	.opts = opts,
	.count = ARRAY_SIZE(opts),
	.notes = "TARGET is postgresql://USER@HOST/DATABASE or sqlite:FILE; without it\n"
		 "$DATABASE_URL, and without that sqlite:wardragon.db.",
	.libraries = target_libraries,
};

/* A step by itself, for people and scripts who want an answer: nothing is tried again. */
static int run_command(void)
{
	struct sink *sink;
	int status = sink_open(target, &sink);

	if (status)
		return status;
	if (migrate)
		log_status("completing the tables");
	status = migrate ? sink->calls->migrate(sink, roles) : sink->calls->check(sink);
	if (!status && check)
		sink->calls->check_kits(sink);
	if (status == SINK_AGAIN)
		status = fail(EX_TEMPFAIL, "the database is away", {"reason", sink->reason});
	if (status == SINK_DATA)
		status = fail(EX_CONFIG, "the database does not fit", {"reason", sink->reason});
	if (!status)
		log_info(migrate ? "the tables are complete" : "ready to store");
	sink->calls->close(sink);
	return status;
}

static int store_files(char *const *files)
{
	struct counts counts = {0};
	struct sink *sink;
	int status;

	if (jobs > 1) {
		status = jobs_run(target, &settings, (size_t)jobs, files, &counts);
	} else {
		status = sink_open(target, &sink);
		if (status)
			return status;
		status = ingest_run(sink, &settings, files, &counts);
	}
	if (log_shows(LOG_INFO))
		counts_report(&counts);
	return status;
}

/* Also a database that is none of ours, and a SQLite file without `sqlite:`: they are to be refused
 * as such, not as a missing file, nor read as lines. */
static bool looks_like_database(const char *text)
{
	const char *dot = strrchr(text, '.');

	return target_is_database(text) || strstr(text, "://") ||
	       (dot && (strcmp(dot, ".db") == 0 || strcmp(dot, ".sqlite") == 0));
}

int main(int argc, char **argv)
{
	int status = signals_open();

	if (status)
		return status;
	char **operands = argv + opt_parse(&tool, argc, argv);
	if (*operands && looks_like_database(*operands))
		target = *operands++;
	if (*operands && (migrate || check))
		return opt_usage(&tool, "--migrate and --check read no file", *operands);
	if (roles && !migrate)
		return opt_usage(&tool, "goes with --migrate only", "--roles");
	if (settings.acknowledge && (*operands || jobs > 1 || migrate || check))
		return opt_usage(
			&tool, "reads standard input, through one connection", "--acknowledge");
	if (jobs > 1 && target_file(target))
		return opt_usage(&tool, "SQLite has one writer", "--jobs");
	return migrate || check ? run_command() : store_files(operands);
}
