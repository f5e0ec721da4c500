/* Polls kits and writes what they say, one line a reply. */
#include "common/array.h"
#include "common/log.h"
#include "common/opt.h"
#include "common/signals.h"
#include "tools/wd-poll/config/check_config.h"
#include "tools/wd-poll/config/load.h"
#include "tools/wd-poll/config/select.h"
#include "tools/wd-poll/poller.h"

#include <curl/curl.h>
#include <sysexits.h>

static struct poll_kit defaults = {
	.enabled = true,
	.poll_interval_s = 5,
	.status_interval_s = 30,
	.timeout_s = 10,
	.rate_limit = 100,
	.max_retries = 3,
	.base_delay_s = 5,
	.max_delay_s = 300,
	.backoff_multiplier = 2,
};
static const char *file, *url, *id, *shard;
static struct opt_list ids, tags;
static const char *spool_path;
static int64_t spool_max = INT64_C(2) << 30;
static bool once, check, spool_force;

static struct opt opts[] = {
	{"config", OPT_TEXT, &file, "FILE", "the kits: see wd-kits(5)", .env = "KITS_CONFIG",
		.letter = 'c'},
	{"url", OPT_TEXT, &url, "URL", "or this one kit"},
	{"id", OPT_TEXT, &id, "ID", "the id of the kit at URL (default: it tells)"},
	{"kit", OPT_LIST, &ids, "ID", "only this kit; may be given again"},
	{"tag", OPT_LIST, &tags, "TAG", "only kits with this tag; may be given again"},
	{"shard", OPT_TEXT, &shard, "I/N", "only the I-th of N parts of the kits"},
	{"once", OPT_FLAG, &once, NULL, "ask each endpoint once; exit 0 if every kit answered"},
	{"check", OPT_FLAG, &check, NULL, "check the configuration and print what would be polled"},
	{"poll-interval", OPT_SECONDS, &defaults.poll_interval_s, "SECONDS",
		"between polls of /drones and /signals (5)", 0.1, 86400, "POLL_INTERVAL",
		"POLL_INTERVAL_DRONES"},
	{"status-interval", OPT_SECONDS, &defaults.status_interval_s, "SECONDS",
		"between polls of /status (30)", 0.1, 86400, "STATUS_POLL_INTERVAL",
		"POLL_INTERVAL_STATUS"},
	{"timeout", OPT_SECONDS, &defaults.timeout_s, "SECONDS", "for one request (10)", 0.1, 3600,
		"REQUEST_TIMEOUT"},
	{"max-retries", OPT_NUMBER, &defaults.max_retries, "N", "further tries after a timeout (3)",
		0, 100, "MAX_RETRIES"},
	{"initial-backoff", OPT_SECONDS, &defaults.base_delay_s, "SECONDS",
		"pause for a kit that does not answer (5)", 0.1, 86400, "INITIAL_BACKOFF"},
	{"max-backoff", OPT_SECONDS, &defaults.max_delay_s, "SECONDS",
		"the longest such pause (300)", 0.1, 86400, "MAX_BACKOFF"},
	{"rate-limit", OPT_NUMBER, &defaults.rate_limit, "N",
		"requests a minute that a kit answers (100; 0: any number)", 0, 1e9},
	{"spool", OPT_TEXT, &spool_path, "DIR", "write to this spool: see wd-drain(1)"},
	{"spool-max", OPT_BYTES, &spool_max, "BYTES", "what it holds before polling stops (2G)",
		1048576, 1e15},
	{"spool-force", OPT_FLAG, &spool_force, NULL, "even on a network file system"},
};

/* The keys of kits.yaml that these options overrule. */
static const struct {
	const char *option, *key;
} overruled[] = {
	{"poll-interval", "poll_interval"},
	{"status-interval", "status_interval"},
	{"timeout", "timeout"},
	{"max-retries", "max_retries"},
	{"initial-backoff", "base_delay"},
	{"max-backoff", "max_delay"},
	{"rate-limit", "rate_limit"},
};
static const char *insisted[ARRAY_SIZE(overruled) + 1];

static const char *libraries(void)
{
	return curl_version();
}

static struct opt_tool tool = {"wd-poll", "",
	"Polls WarDragon kits and writes their replies, one line of JSON each.", opts,
	ARRAY_SIZE(opts), NULL, libraries};

static const struct opt *option(const char *name)
{
	const struct opt *opt = opts;

	while (strcmp(opt->name, name) != 0)
		opt++;
	return opt;
}

static void insist(void)
{
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(overruled); i++) {
		if (option(overruled[i].option)->origin == OPT_FROM_COMMAND_LINE)
			insisted[count++] = overruled[i].key;
	}
}

/* Returns 0 or EX_USAGE. */
static int name_source(struct kit_source *source)
{
	bool named = option("config")->origin == OPT_FROM_COMMAND_LINE;

	*source = (struct kit_source){url ? NULL : file, url, id, &defaults, insisted, &ids, &tags};
	if (url && named)
		return opt_usage(&tool, "both --url and --config", NULL);
	if (!url && !file)
		return opt_usage(&tool, "nothing to poll: give --config FILE or --url URL", NULL);
	if (id && !url)
		return opt_usage(&tool, "--id is for --url", id);
	if (id && kit_id_error(id))
		return opt_usage(&tool, kit_id_error(id), id);
	if (defaults.max_delay_s < defaults.base_delay_s)
		return opt_usage(&tool, "--max-backoff is shorter than --initial-backoff", NULL);
	if (shard && !select_shard_parse(shard, &source->shard, &source->shards))
		return opt_usage(&tool, "not a shard I/N", shard);
	return 0;
}

static int poll_into_spool(const struct kit_source *source, struct kit_list *kits)
{
	struct spool spool;
	int status = spool_open(&spool, spool_path, spool_max, spool_force);

	if (status) {
		kit_list_release(kits);
		return status;
	}
	status = poller_run(source, kits, once, &spool);
	int closed = spool_close(&spool);
	return closed ? closed : status;
}

static int poll_kits(const struct kit_source *source, struct kit_list *kits)
{
	return spool_path ? poll_into_spool(source, kits) : poller_run(source, kits, once, NULL);
}

int main(int argc, char **argv)
{
	struct kit_source source;
	struct kit_list kits = {0};
	int status = signals_open();

	if (status)
		return status;
	if (opt_parse(&tool, argc, argv) != argc)
		return opt_usage(&tool, "unexpected argument", argv[argc - 1]);
	insist();
	status = name_source(&source);
	if (status)
		return status;
	status = load_kits(&source, &kits);
	if (status)
		return status;
	return check ? check_config_print(&kits) : poll_kits(&source, &kits);
}
