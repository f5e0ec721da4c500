/* wd-store: stores the records of its input in a database, each once. */
#include "common/base/array.h"
#include "common/cli/opt.h"
#include "common/db/credential.h"
#include "common/db/target.h"
#include "common/log/log.h"
#include "common/process/signals.h"
#include "common/time/time_arg.h"
#include "tools/wd-store/deliver/jobs.h"
#include "tools/wd-store/deliver/probe.h"
#include "tools/wd-store/rows/batch.h"
#include "tools/wd-store/schema/prune.h"
#include "tools/wd-store/sightings/fill.h"
#include "tools/wd-store/sink/sink_open.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static const char *target_name;
static struct target target;
static const char *backup, *refill;
static clock_us refill_since;
static bool migrate, check, prune, force;
static struct migration migration;
static struct retention *const retention = &migration.retention;
static int64_t jobs = 1;
static struct ingest_settings settings = {.batch = 10000, .delay_s = 0.1, .jobs = 1};

static struct opt opts[] = {
	{.env = "DATABASE_URL", .kind = OPT_TEXT, .value = &target_name},
	{"batch", OPT_NUMBER, &settings.batch, "LINES", "commit after this number of lines", 1,
		BATCH_LINES_MAX},
	{"delay", OPT_SECONDS, &settings.delay_s, "SECONDS",
		"commit lines that have waited this long", 0.001, 3600},
	{"jobs", OPT_NUMBER, &jobs, "N",
		"store files through N connections, one per kit\n"
		"(PostgreSQL only)",
		1, JOBS_MAX},
	{"fail-fast", OPT_FLAG, &settings.fail_fast, NULL,
		"exit with status 75 if the database is unavailable, instead of waiting"},
	{"acknowledge", OPT_FLAG, &settings.acknowledge, NULL,
		"answer each mark in the input with an ack on standard output, once\n"
		"everything before it is committed (wd-drain uses this)"},
	{"migrate", OPT_FLAG, &migrate, NULL, "create or complete the tables, and exit"},
	{"roles", OPT_FLAG, &migration.roles, NULL,
		"with --migrate: also create the roles wd_writer and wd_reader\n"
		"(PostgreSQL)"},
	{"distribute", OPT_FLAG, &migration.distribute, NULL,
		"with --migrate: also distribute the tables over the nodes of Citus"},
	{"prune", OPT_FLAG, &prune, NULL, "delete old rows, and exit"},
	{"keep-rows", OPT_SECONDS, &migration.retention.keep_s[KEEP_ROWS], "AGE",
		"with --prune, or --migrate on TimescaleDB: how long to keep drones and\n"
		"signals, such as 30d (default 30d)",
		3600, 1e10},
	{"keep-health", OPT_SECONDS, &migration.retention.keep_s[KEEP_HEALTH], "AGE",
		"the same for system_health, coverage and rejects (default 90d)", 3600, 1e10},
	{"keep-sightings", OPT_SECONDS, &migration.retention.keep_s[KEEP_SIGHTINGS], "AGE",
		"the same for sightings and, with --prune, events (default 365d)", 3600, 1e10},
	{"refill", OPT_TEXT, &refill, "TIME",
		"compute the sightings of this time and later once more, and exit: after\n"
		"another program has changed drones; 2026-11-23, or a time ago: 2h, 7d"},
	{"check", OPT_FLAG, &check, NULL, "check that lines could be stored, and exit"},
	{"backup", OPT_TEXT, &backup, "FILE",
		"copy the database of SQLite to a new file, and exit"},
	{"force", OPT_FLAG, &force, NULL, "accept a file of SQLite on a network file system"},
};

static struct opt_tool tool = {
	.name = "wd-store",
	.operands = "[TARGET [FILE ...]]",
	.purpose = "Stores records from standard input or files in a database, each once.",
	.opts = opts,
	.count = ARRAY_SIZE(opts),
	.notes = "TARGET is postgresql://USER@HOST/DATABASE or sqlite:FILE; default:\n"
		 "$DATABASE_URL, else sqlite:wardragon.db. The first operand is always TARGET.",
	.libraries = target_libraries,
};

static enum sink_result check_sink(struct sink *sink)
{
	enum sink_result result = sink->calls->check(sink);

	if (result == SINK_OK)
		result = probe_sink(sink);
	if (result == SINK_OK)
		sink->calls->check_kits(sink);
	if (result == SINK_OK)
		result = fill_check(sink);
	return result;
}

static enum sink_result migrate_sink(struct sink *sink)
{
	enum sink_result result = sink->calls->migrate(sink, &migration);

	return result == SINK_OK ? fill_sightings(sink) : result;
}

static enum sink_result refill_sink(struct sink *sink)
{
	const bool deletes[TABLE_COUNT] = {[TABLE_SIGHTING] = true};
	enum sink_result result = sink->calls->check(sink);

	if (result == SINK_OK)
		result = sink->calls->check_delete(sink, deletes);
	return result == SINK_OK ? refill_sightings(sink, refill_since) : result;
}

/* --migrate, --refill, --check, --prune and --backup: one attempt. */
static int run_command(void)
{
	struct sink *sink;
	int status = sink_open(&target, force, &sink);

	if (status)
		return status;
	if (migrate)
		log_status("completing the tables");
	enum sink_result result = backup    ? sink->calls->backup(sink, backup)
				  : migrate ? migrate_sink(sink)
				  : refill  ? refill_sink(sink)
				  : prune   ? prune_run(sink, retention)
					    : check_sink(sink);
	if (result == SINK_RETRY || result == SINK_RACE)
		result = sink_fail(sink, EX_TEMPFAIL, "the database is unavailable",
			{"reason", sink->error.reason}, {"hint", sink->error.hint});
	else if (result == SINK_SUSPECT || result == SINK_REFUSED)
		result = sink_report(sink);
	if (result == SINK_OK)
		log_info(backup    ? "the backup is complete"
			 : migrate ? "the tables are complete"
			 : prune   ? "old rows are deleted"
			 : refill  ? "the sightings are complete"
				   : "ready to store");
	status = result == SINK_OK ? 0 : sink->error.status;
	sink->calls->close(sink);
	return status;
}

static int store_files(char *const *files)
{
	struct counts counts = {0};
	struct sink *sink;
	int status;

	if (jobs > 1) {
		status = jobs_run(&target, &settings, (size_t)jobs, files, &counts);
	} else {
		status = sink_open(&target, force, &sink);
		if (status)
			return status;
		status = ingest_run(sink, &settings, files, &counts);
	}
	counts_warn(&counts);
	if (log_shows(LOG_INFO))
		counts_report(&counts);
	return status;
}

/* A second database among the files would be read as a file, or as a missing one. */
static const char *find_database(char *const *files)
{
	for (; *files; files++) {
		if (strstr(*files, "://") || strncmp(*files, "sqlite:", 7) == 0)
			return *files;
	}
	return NULL;
}

static bool is_command(void)
{
	return migrate || check || prune || backup || refill;
}

static bool is_retention_given(void)
{
	for (size_t i = 0; i < KEEP_COUNT; i++) {
		if (retention->keep_s[i] > 0)
			return true;
	}
	return false;
}

static int check_usage(char *const *files)
{
	const bool command = is_command();
	const char *second = find_database(files);

	if (second)
		return opt_usage(&tool, "only one database, then files", NULL);
	if (*files && command)
		return opt_usage(&tool,
			"--migrate, --refill, --check, --prune and --backup read no file", *files);
	if (migrate + check + prune + (backup != NULL) + (refill != NULL) > 1)
		return opt_usage(&tool,
			"only one of --migrate, --refill, --check, --prune and --backup", NULL);
	if (is_retention_given() && !migrate && !prune)
		return opt_usage(&tool, "only together with --migrate or --prune", "--keep-…");
	if (refill && !time_arg_parse(refill, clock_wall_us(), &refill_since))
		return opt_usage(&tool, "no time for --refill", refill);
	if ((migration.roles || migration.distribute) && !migrate)
		return opt_usage(&tool, "only together with --migrate",
			migration.roles ? "--roles" : "--distribute");
	if (settings.acknowledge && (*files || jobs > 1 || command))
		return opt_usage(
			&tool, "reads standard input, through one connection", "--acknowledge");
	if (jobs > 1 && target.dialect == DIALECT_SQLITE)
		return opt_usage(&tool, "SQLite has one writer", "--jobs");
	return 0;
}

/* The order of wd-drain(1): the operand, the environment, a credential of systemd. */
static int parse_target(void)
{
	char *name = database_name(target_name);
	int status = target_parse(
		name, "the first operand is the database, the files follow it", &target);

	free(name);
	return status;
}

int main(int argc, char **argv)
{
	int status = signals_open();

	if (status)
		return status;
	char **operands = argv + opt_parse(&tool, argc, argv);
	if (*operands)
		target_name = *operands++;
	status = parse_target();
	if (!status)
		status = check_usage(operands);
	if (!status)
		status = is_command() ? run_command() : store_files(operands);
	target_release(&target);
	return status;
}
