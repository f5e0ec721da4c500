#include "common/queue/settings.h"

#include "common/base/utf8.h"
#include "common/base/xalloc.h"
#include "common/kits/secret.h"
#include "common/log/log.h"

#include <amqp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* AMQP 0-9-1, "shortstr". */
#define NAME_LENGTH_MAX 255

/* The longest suffix of a name: ".10000.bad" and a NUL. */
#define SUFFIX_SIZE 12

/* amqp_parse_url() leaves its defaults where the URL has no such part. */
static bool is_in(const struct queue_broker *broker, size_t length, const char *part)
{
	return part >= broker->text && part <= broker->text + length;
}

const char *queue_broker_parse(struct queue_broker *broker, const char *url)
{
	struct amqp_connection_info info;
	size_t length = strlen(url);

	*broker = (struct queue_broker){.text = xstrdup(url)};
	if (strncmp(url, "amqp://", 7) != 0 && strncmp(url, "amqps://", 8) != 0)
		return "expected amqp:// or amqps://";
	if (strpbrk(url, "?#"))
		return "expected nothing after the virtual host: give the queue with --queue";
	if (amqp_parse_url(broker->text, &info) != AMQP_STATUS_OK)
		return "not a URL: expected amqp://HOST[:PORT][/VHOST]";
	if (is_in(broker, length, info.password))
		return "the command line is public: give the password with --password-file";
	if (!is_in(broker, length, info.host) || !*info.host)
		return "no host";
	if (info.port < 1 || info.port > 65535)
		return "no valid port";
	broker->host = info.host;
	/* amqp://host/ is the virtual host "" for the library, which no one uses. */
	broker->vhost = *info.vhost ? info.vhost : "/";
	broker->username = is_in(broker, length, info.user) ? info.user : NULL;
	broker->port = info.port;
	broker->uses_tls = info.ssl;
	return NULL;
}

static int parse_brokers(struct queue_settings *settings, const struct opt_tool *tool,
	char *const *urls, size_t count)
{
	if (count == 0)
		return opt_usage(tool, "no broker: give its URL, such as amqp://localhost", NULL);
	settings->brokers = xcalloc(count, sizeof(*settings->brokers));
	for (size_t i = 0; i < count; i++) {
		const char *wrong = queue_broker_parse(&settings->brokers[i], urls[i]);
		settings->broker_count++;
		if (wrong)
			return opt_usage(tool, wrong, NULL);
	}
	return 0;
}

static int check_tls(const struct queue_settings *settings, const struct opt_tool *tool)
{
	bool uses_tls = false;

	for (size_t i = 0; i < settings->broker_count; i++)
		uses_tls = uses_tls || settings->brokers[i].uses_tls;
	if (!uses_tls && (settings->ca_file || settings->client_cert))
		return opt_usage(tool, "certificates are for amqps://",
			settings->ca_file ? "--ca-file" : "--client-cert");
	if (!settings->client_cert != !settings->client_key)
		return opt_usage(tool, "--client-cert and --client-key belong together", NULL);
	return 0;
}

static int read_password(struct queue_settings *settings, const char *file)
{
	const char *wrong = file ? secret_read(file, &settings->password) : NULL;

	if (wrong)
		return fail(
			EX_CONFIG, "cannot read the password", {"file", file}, {"reason", wrong});
	return 0;
}

static int name_queues(struct queue_settings *settings, const struct opt_tool *tool,
	const struct queue_options *options)
{
	size_t length = strlen(options->queue), size = length + SUFFIX_SIZE;

	if (length == 0 || size > NAME_LENGTH_MAX ||
		utf8_truncate(span_of(options->queue), length) != length)
		return opt_usage(tool, "not the name of a queue", options->queue);
	if (strncmp(options->queue, "amq.", 4) == 0)
		return opt_usage(
			tool, "names that begin with amq. are the broker's", options->queue);
	settings->name_count = options->queues ? (size_t)options->queues : 1;
	settings->names = xcalloc(settings->name_count, sizeof(*settings->names));
	for (size_t i = 0; i < settings->name_count; i++) {
		settings->names[i] = xmalloc(size);
		if (options->queues)
			snprintf(settings->names[i], size, "%s.%zu", options->queue, i + 1);
		else
			snprintf(settings->names[i], size, "%s", options->queue);
	}
	return 0;
}

int queue_settings_open(struct queue_settings *settings, const struct opt_tool *tool,
	const struct queue_options *options, char *const *urls, size_t url_count)
{
	*settings = (struct queue_settings){
		.program = tool->name,
		.username = options->username,
		.ca_file = options->ca_file,
		.client_cert = options->client_cert,
		.client_key = options->client_key,
	};
	int status = parse_brokers(settings, tool, urls, url_count);

	if (!status)
		status = check_tls(settings, tool);
	if (!status)
		status = name_queues(settings, tool, options);
	if (!status)
		status = read_password(settings, options->password_file);
	return status;
}

void queue_settings_release(struct queue_settings *settings)
{
	for (size_t i = 0; i < settings->broker_count; i++)
		free(settings->brokers[i].text);
	free(settings->brokers);
	for (size_t i = 0; i < settings->name_count && settings->names; i++)
		free(settings->names[i]);
	free(settings->names);
	free(settings->password);
	*settings = (struct queue_settings){0};
}
