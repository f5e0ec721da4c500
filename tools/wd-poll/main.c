/* Polls kits and writes one line per reply. */
#include "common/base/array.h"
#include "common/cli/opt.h"
#include "common/log/log.h"
#include "common/process/signals.h"
#include "common/record/record.h"
#include "tools/wd-poll/config/check_config.h"
#include "tools/wd-poll/config/load.h"
#include "tools/wd-poll/config/select.h"
#include "tools/wd-poll/poller.h"

#include <curl/curl.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

static struct kit_config defaults = KIT_DEFAULTS;
static const char *url, *id, *shard, *check;
static struct opt_list configs, ids, tags;
static const char *spool_path, *poller_name;
static int64_t spool_max = INT64_C(2) << 30;
static double spool_seal_s = 0.25;
static bool once, spool_force;

static struct opt opts[] = {
	{"config", OPT_LIST, &configs, "FILE",
		"the kits, or a folder of such files: see wd-kits(5); may be given again",
		.env = "KITS_CONFIG", .letter = 'c'},
	{"url", OPT_TEXT, &url, "URL", "poll this one kit instead"},
	{"id", OPT_TEXT, &id, "ID", "id of the kit at URL (default: as reported by /status)"},
	{"kit", OPT_LIST, &ids, "ID", "only this kit; may be given again"},
	{"tag", OPT_LIST, &tags, "TAG", "only kits with this tag; may be given again"},
	{"shard", OPT_TEXT, &shard, "I/N", "only the I-th of N parts of the kits"},
	{"once", OPT_FLAG, &once, NULL,
		"poll each endpoint once; exit 0 if every kit gave a usable reply"},
	{"check", OPT_MAYBE, &check, "json",
		"check the configuration and print what would be polled"},
	{"poll-interval", OPT_SECONDS, &defaults.poll_interval_s, "SECONDS",
		"between polls of /drones and /signals", 0.1, 86400, "POLL_INTERVAL",
		"POLL_INTERVAL_DRONES"},
	{"status-interval", OPT_SECONDS, &defaults.status_interval_s, "SECONDS",
		"between polls of /status", 0.1, 86400, "STATUS_POLL_INTERVAL",
		"POLL_INTERVAL_STATUS"},
	{"timeout", OPT_SECONDS, &defaults.timeout_s, "SECONDS", "for one request", 0.1, 3600,
		"REQUEST_TIMEOUT"},
	{"max-retries", OPT_NUMBER, &defaults.max_retries, "N", "retries after a timeout", 0, 100,
		"MAX_RETRIES"},
	{"initial-backoff", OPT_SECONDS, &defaults.base_delay_s, "SECONDS",
		"first pause for a kit that does not answer", 0.1, 86400, "INITIAL_BACKOFF"},
	{"max-backoff", OPT_SECONDS, &defaults.max_delay_s, "SECONDS", "longest such pause", 0.1,
		86400, "MAX_BACKOFF"},
	{"rate-limit", OPT_NUMBER, &defaults.rate_limit, "N",
		"requests per minute that a kit answers; 0: no limit", 0, 1e9},
	{"poller", OPT_TEXT, &poller_name, "NAME",
		"name of this poller in its lines (default: the host name)"},
	{"spool", OPT_TEXT, &spool_path, "DIR", "write to this spool: see wd-drain(1)"},
	{"spool-max", OPT_BYTES, &spool_max, "BYTES", "stop polling when the spool holds this much",
		1048576, 1e15},
	{"spool-seal", OPT_SECONDS, &spool_seal_s, "SECONDS", "seal a segment after this long",
		0.01, 60},
	{"spool-force", OPT_FLAG, &spool_force, NULL, "accept a spool on a network file system"},
};

#define OVERRIDE(field)                                                                            \
	{                                                                                          \
		offsetof(struct kit_config, field), sizeof(defaults.field)                         \
	}

/* The members of a kit that options set: on the command line these override kits.yaml. */
static struct kit_override overrides[] = {
	OVERRIDE(poll_interval_s),
	OVERRIDE(status_interval_s),
	OVERRIDE(timeout_s),
	OVERRIDE(max_retries),
	OVERRIDE(base_delay_s),
	OVERRIDE(max_delay_s),
	OVERRIDE(rate_limit),
};

static const char *libraries(void)
{
	return curl_version();
}

static struct opt_tool tool = {"wd-poll", "",
	"Polls WarDragon kits and writes their replies, one line of JSON each.", opts,
	ARRAY_SIZE(opts), NULL, libraries};

/* Keep --poller, or sets it to the host name. */
static void set_poller_name(void)
{
	static char host[RECORD_ID_MAX + 1];

	if (poller_name)
		return;
	if (gethostname(host, sizeof(host) - 1) != 0 || kit_id_error(host))
		snprintf(host, sizeof(host), "%s", tool.name);
	poller_name = host;
}

static const struct opt *option_of(const void *value)
{
	const struct opt *opt = opts;

	while (opt->value != value)
		opt++;
	return opt;
}

static void set_origins(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(overrides); i++)
		overrides[i].origin = option_of((char *)&defaults + overrides[i].offset)->origin;
}

/* Return 0 or EX_USAGE. */
static int set_source(struct kit_source *source)
{
	bool has_config = option_of(&configs)->origin == OPT_FROM_COMMAND_LINE;

	*source = (struct kit_source){
		.configs = &configs,
		.url = url,
		.id = id,
		.defaults = &defaults,
		.overrides = overrides,
		.override_count = ARRAY_SIZE(overrides),
		.ids = &ids,
		.tags = &tags,
	};
	if (url && has_config)
		return opt_usage(&tool, "both --url and --config", NULL);
	if (!url && !configs.count)
		return opt_usage(&tool, "nothing to poll: give --config FILE or --url URL", NULL);
	if (id && !url)
		return opt_usage(&tool, "--id needs --url", id);
	if (id && kit_id_error(id))
		return opt_usage(&tool, kit_id_error(id), id);
	if (poller_name && kit_id_error(poller_name))
		return opt_usage(&tool, kit_id_error(poller_name), poller_name);
	if (check && *check && strcmp(check, "json") != 0)
		return opt_usage(&tool, "unknown format of --check", check);
	if (defaults.max_delay_s < defaults.base_delay_s)
		return opt_usage(&tool, "--max-backoff is shorter than --initial-backoff", NULL);
	if (shard && !select_shard_parse(shard, &source->shard, &source->shards))
		return opt_usage(&tool, "not a shard I/N", shard);
	return 0;
}

static int poll_kits(const struct kit_source *source, struct kit_list *kits)
{
	struct spool spool;
	struct poller_options options = {.name = poller_name, .once = once};
	int status = 0, closed = 0;

	if (spool_path) {
		status = spool_open(&spool,
			&(struct spool_settings){
				.path = spool_path,
				.writer = "poll",
				.max_bytes = spool_max,
				.seal_us = (int64_t)(spool_seal_s * (double)CLOCK_SECOND_US),
				.force = spool_force,
			});
		options.spool = &spool;
	}
	if (status) {
		kit_list_release(kits);
		return status;
	}
	status = poller_run(source, kits, &options);
	if (spool_path)
		closed = spool_close(&spool);
	return closed ? closed : status;
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
	set_origins();
	set_poller_name();
	status = set_source(&source);
	if (status)
		return status;
	status = load_kits(&source, &kits);
	if (status)
		return status;
	if (check)
		return check_config_print(&kits, *check != '\0');
	return poll_kits(&source, &kits);
}
