/* Receives what kits publish by MQTT and writes it as reply lines. */
#include "common/base/array.h"
#include "common/cli/opt.h"
#include "common/kits/secret.h"
#include "common/log/log.h"
#include "common/process/signals.h"
#include "tools/wd-mqtt/broker/broker_url.h"
#include "tools/wd-mqtt/kits/check_config.h"
#include "tools/wd-mqtt/kits/known_kits.h"
#include "tools/wd-mqtt/service.h"

#include <mosquitto.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sysexits.h>

static struct opt_list configs;
static const char *prefix = "wardragon", *default_kit;
static bool known_only, check;
static const char *username, *password_file, *ca_file, *client_cert, *client_key;
static const char *spool_path;
static int64_t spool_max = INT64_C(2) << 30, payload_rate = 100;
static double spool_seal_s = 0.25;
static bool spool_force;

/* What existing deployments set for the MQTT ingest that this replaces. */
static const char *env_host, *env_password, *env_tls;
static int64_t env_port;
static const char *env_drones, *env_aircraft, *env_signals, *env_system;

static struct opt opts[] = {
	{"config", OPT_LIST, &configs, "FILE",
		"the kits, or a folder of such files: see wd-kits(5); may be given again",
		.env = "KITS_CONFIG", .letter = 'c'},
	{"prefix", OPT_TEXT, &prefix, "TOPIC", "the beginning of all topics (default wardragon)"},
	{"default-kit", OPT_TEXT, &default_kit, "ID", "the kit of payloads that name none"},
	{"known-only", OPT_FLAG, &known_only, NULL, "use the kits of --config only"},
	{"payload-rate", OPT_NUMBER, &payload_rate, "N",
		"payloads a second that one kit may publish, on average over 10 s (default 100; "
		"0: any number)",
		0, 1e6},
	{"username", OPT_TEXT, &username, "NAME", "the user name for the broker",
		.env = "MQTT_USERNAME"},
	{"password-file", OPT_TEXT, &password_file, "FILE", "a file with the password"},
	{"ca-file", OPT_TEXT, &ca_file, "FILE",
		"the certificates that the broker's must be signed by (default: the system's)"},
	{"client-cert", OPT_TEXT, &client_cert, "FILE", "the certificate to present"},
	{"client-key", OPT_TEXT, &client_key, "FILE", "and its key"},
	{"spool", OPT_TEXT, &spool_path, "DIR", "write to this spool: see wd-drain(1)"},
	{"spool-max", OPT_BYTES, &spool_max, "BYTES",
		"the size at which nothing more is received (default 2G)", 1048576, 1e15},
	{"spool-seal", OPT_SECONDS, &spool_seal_s, "SECONDS", "seal a segment after this long",
		0.01, 60},
	{"spool-force", OPT_FLAG, &spool_force, NULL, "even on a network file system"},
	{"check", OPT_FLAG, &check, NULL,
		"check the configuration and print the topics, without connecting"},
	{NULL, OPT_TEXT, &env_host, .env = "MQTT_BROKER_HOST"},
	{NULL, OPT_NUMBER, &env_port, .min = 1, .max = 65535, .env = "MQTT_BROKER_PORT"},
	{NULL, OPT_TEXT, &env_tls, .env = "MQTT_USE_TLS"},
	{NULL, OPT_TEXT, &env_password, .env = "MQTT_PASSWORD"},
	{NULL, OPT_TEXT, &env_drones, .env = "MQTT_TOPIC_DRONES"},
	{NULL, OPT_TEXT, &env_aircraft, .env = "MQTT_TOPIC_AIRCRAFT"},
	{NULL, OPT_TEXT, &env_signals, .env = "MQTT_TOPIC_SIGNALS"},
	{NULL, OPT_TEXT, &env_system, .env = "MQTT_TOPIC_SYSTEM"},
};

static const char *libraries(void)
{
	static char text[32];
	int major, minor, revision;

	mosquitto_lib_version(&major, &minor, &revision);
	snprintf(text, sizeof(text), "libmosquitto/%d.%d.%d", major, minor, revision);
	return text;
}

static struct opt_tool tool = {"wd-mqtt", "[mqtt[s]://[USER@]HOST[:PORT]]",
	"Receives what WarDragon kits publish by MQTT, and writes it as reply lines.", opts,
	ARRAY_SIZE(opts),
	"Without a URL, the broker is that of MQTT_BROKER_HOST and MQTT_BROKER_PORT.", libraries};

static bool is_from(const char *name, enum opt_origin origin)
{
	const struct opt *opt = opts;

	while (strcmp(opt->name, name) != 0)
		opt++;
	return opt->origin == origin;
}

/* The broker of the URL, or else of the environment. Return 0 or EX_USAGE. */
static int set_broker(struct broker_settings *broker, struct broker_url *url, const char *operand)
{
	const char *wrong = operand ? broker_url_parse(url, operand) : NULL;
	bool uses_tls = env_tls && strcasecmp(env_tls, "true") == 0;

	if (wrong)
		return opt_usage(&tool, wrong, strchr(operand, '@') ? NULL : operand);
	if (!operand && !env_host)
		return opt_usage(&tool,
			"no broker: give its URL, such as mqtt://localhost, or MQTT_BROKER_HOST",
			NULL);
	if (!operand && env_tls && !uses_tls && strcasecmp(env_tls, "false") != 0)
		return opt_usage(&tool, "MQTT_USE_TLS is true or false", env_tls);
	if (!operand) {
		int port = uses_tls ? BROKER_PORT_TLS : BROKER_PORT;
		*broker = (struct broker_settings){.host = env_host, .uses_tls = uses_tls};
		broker->port = env_port ? (int)env_port : port;
	} else {
		*broker = (struct broker_settings){
			.host = url->host, .port = url->port, .uses_tls = url->uses_tls};
	}
	broker->username = username;
	if (url->username && !is_from("username", OPT_FROM_COMMAND_LINE))
		broker->username = url->username;
	broker->ca_file = ca_file;
	broker->client_cert = client_cert;
	broker->client_key = client_key;
	if (!broker->uses_tls && (ca_file || client_cert))
		return opt_usage(&tool, "certificates are for mqtts://",
			ca_file ? "--ca-file" : "--client-cert");
	if (!client_cert != !client_key)
		return opt_usage(&tool, "--client-cert and --client-key belong together", NULL);
	return 0;
}

/* What is read from the file goes to `*password`, which the caller frees. Return 0, EX_USAGE or
 * EX_CONFIG. */
static int set_password(struct broker_settings *broker, char **password)
{
	const char *wrong = password_file ? secret_read(password_file, password) : NULL;

	if (wrong)
		return fail(EX_CONFIG, "cannot read the password", {"file", password_file},
			{"reason", wrong});
	broker->password = *password ? *password : env_password;
	if (broker->password && !broker->username)
		return opt_usage(&tool, "a password needs a user name", "--username");
	return 0;
}

static int set_topic(char topic[TOPIC_MAX + 1], const char *text)
{
	if (text && !topic_is_valid(text))
		return opt_usage(&tool, "not a topic", text);
	if (text)
		snprintf(topic, TOPIC_MAX + 1, "%s", text);
	return 0;
}

static int set_topics(struct topics *topics)
{
	int status = 0;

	if (!topics_init(topics, prefix))
		return opt_usage(&tool, "not a prefix of topics", prefix);
	/* An option overrides the environment. */
	if (is_from("prefix", OPT_FROM_COMMAND_LINE))
		return 0;
	status = set_topic(topics->drones, env_drones);
	if (!status)
		status = set_topic(topics->aircraft, env_aircraft);
	if (!status)
		status = set_topic(topics->signals, env_signals);
	if (!status)
		status = set_topic(topics->system, env_system);
	return status;
}

static int run_with_spool(const struct service_settings *settings, struct kit_list *kits)
{
	struct spool spool;
	int status = spool_open(
		&spool, &(struct spool_settings){
				.path = spool_path,
				.writer = "mqtt",
				.max_bytes = spool_max,
				.seal_us = (int64_t)(spool_seal_s * (double)CLOCK_SECOND_US),
				.force = spool_force,
			});

	if (status) {
		kit_list_release(kits);
		return status;
	}
	status = service_run(settings, kits, &spool);
	int closed = spool_close(&spool);
	return status ? status : closed;
}

static int run(const struct service_settings *settings, struct kit_list *kits)
{
	if (check)
		return check_config_print(settings, kits);
	return spool_path ? run_with_spool(settings, kits) : service_run(settings, kits, NULL);
}

int main(int argc, char **argv)
{
	static const struct kit_config defaults = KIT_DEFAULTS;
	struct kit_source source = {
		.configs = &configs, .defaults = &defaults, .skips_files = true};
	struct service_settings settings = {.source = &source};
	struct broker_url url = {0};
	struct kit_list kits = {0};
	char *password = NULL;
	int status = signals_open();

	if (status)
		return status;
	int operand = opt_parse(&tool, argc, argv);
	if (operand + 1 < argc)
		return opt_usage(&tool, "unexpected argument", argv[operand + 1]);
	settings.default_kit = default_kit;
	settings.intake = (struct intake_settings){known_only, payload_rate};
	if (default_kit && kit_id_error(default_kit))
		return opt_usage(&tool, kit_id_error(default_kit), default_kit);
	if (known_only && !configs.count && !default_kit)
		return opt_usage(&tool, "--known-only needs the kits: give --config FILE", NULL);
	status = set_broker(&settings.broker, &url, argv[operand]);
	if (!status)
		status = set_password(&settings.broker, &password);
	if (!status)
		status = set_topics(&settings.topics);
	settings.broker.topics = &settings.topics;
	if (!status)
		status = known_kits_read(&source, &kits);
	if (!status)
		status = run(&settings, &kits);
	broker_url_release(&url);
	free(password);
	return status;
}
