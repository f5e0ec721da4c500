#include "common/queue/connect.h"

#include "common/base/array.h"

#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <errno.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

/* RabbitMQ's default; both sides take the smaller one. */
#define FRAME_BYTES_MAX 131072

#define CONNECT_S 5
#define ANSWER_S  10

/* SIGTERM must end a receiver within 2 s, of which COMMAND and the broker's confirm take 1.5 s. */
#define CLOSE_US 250000

#define DEFAULT_USER "guest"

static void set_reason(struct queue_attempt *attempt, int status, const char *reason)
{
	attempt->status = status;
	snprintf(attempt->reason, sizeof(attempt->reason), "%s", reason);
}

/* Return the text of a connection.close or channel.close, and its code. */
static int describe_close(const amqp_method_t *method, char *reason, size_t size)
{
	amqp_bytes_t text = {0};
	int code = 0;

	if (method->id == AMQP_CONNECTION_CLOSE_METHOD) {
		const amqp_connection_close_t *closed = method->decoded;
		text = closed->reply_text;
		code = closed->reply_code;
	} else if (method->id == AMQP_CHANNEL_CLOSE_METHOD) {
		const amqp_channel_close_t *closed = method->decoded;
		text = closed->reply_text;
		code = closed->reply_code;
	}
	snprintf(reason, size, "%.*s", (int)text.len, text.len ? (const char *)text.bytes : "");
	return code;
}

int queue_describe(amqp_rpc_reply_t reply, char *reason, size_t size)
{
	int error = errno;

	switch (reply.reply_type) {
	case AMQP_RESPONSE_SERVER_EXCEPTION:
		return describe_close(&reply.reply, reason, size);
	case AMQP_RESPONSE_LIBRARY_EXCEPTION:
		if (reply.library_error == AMQP_STATUS_SOCKET_ERROR && error)
			snprintf(reason, size, "%s", strerror(error));
		else
			snprintf(reason, size, "%s", amqp_error_string2(reply.library_error));
		return 0;
	default:
		snprintf(reason, size, "the broker closed the connection");
		return 0;
	}
}

static amqp_table_entry_t text_entry(const char *key, const char *text)
{
	return (amqp_table_entry_t){.key = amqp_cstring_bytes(key),
		.value = {.kind = AMQP_FIELD_KIND_UTF8, .value.bytes = amqp_cstring_bytes(text)}};
}

static amqp_table_entry_t true_entry(const char *key)
{
	return (amqp_table_entry_t){.key = amqp_cstring_bytes(key),
		.value = {.kind = AMQP_FIELD_KIND_BOOLEAN, .value.boolean = 1}};
}

/* librabbitmq knows no default for the certificates of authorities. */
static const char *set_certificates(
	amqp_socket_t *socket, const struct queue_settings *settings, int *error)
{
	if (settings->ca_file) {
		*error = amqp_ssl_socket_set_cacert(socket, settings->ca_file);
		if (*error)
			return settings->ca_file;
	} else if (!SSL_CTX_set_default_verify_paths(amqp_ssl_socket_get_context(socket))) {
		*error = AMQP_STATUS_SSL_ERROR;
		return "the system's certificates";
	}
	if (settings->client_cert) {
		*error = amqp_ssl_socket_set_key(
			socket, settings->client_cert, settings->client_key);
		if (*error)
			return settings->client_cert;
	}
	return NULL;
}

/* librabbitmq compares names only, not the addresses of a certificate: OpenSSL does both. Return
 * false if memory runs out. */
static bool expect_host(amqp_socket_t *socket, const char *host)
{
	X509_VERIFY_PARAM *param = SSL_CTX_get0_param(amqp_ssl_socket_get_context(socket));

	return X509_VERIFY_PARAM_set1_ip_asc(param, host) ||
	       X509_VERIFY_PARAM_set1_host(param, host, 0);
}

static amqp_socket_t *open_tls(struct queue_attempt *attempt)
{
	amqp_socket_t *socket = amqp_ssl_socket_new(attempt->connection);
	int error = AMQP_STATUS_NO_MEMORY;

	if (!socket || !expect_host(socket, attempt->broker->host)) {
		set_reason(attempt, EX_TEMPFAIL, amqp_error_string2(error));
		return NULL;
	}
	const char *file = set_certificates(socket, attempt->settings, &error);
	if (file) {
		attempt->status = EX_CONFIG;
		snprintf(attempt->reason, sizeof(attempt->reason), "cannot use %s: %s", file,
			amqp_error_string2(error));
		return NULL;
	}
	amqp_ssl_socket_set_verify_peer(socket, 1);
	amqp_ssl_socket_set_verify_hostname(socket, 0);
	amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST);
	return socket;
}

static bool open_socket(struct queue_attempt *attempt)
{
	const struct queue_broker *broker = attempt->broker;
	struct timeval connect_time = {.tv_sec = CONNECT_S};
	amqp_socket_t *socket =
		broker->uses_tls ? open_tls(attempt) : amqp_tcp_socket_new(attempt->connection);

	if (!socket)
		return false;
	int result = amqp_socket_open_noblock(socket, broker->host, broker->port, &connect_time);
	if (!result)
		return true;
	set_reason(attempt, EX_TEMPFAIL,
		result == AMQP_STATUS_SOCKET_ERROR ? "cannot connect" : amqp_error_string2(result));
	return false;
}

/* Only what a person has to change is not worth waiting for: the account and the virtual host. */
static bool log_in(struct queue_attempt *attempt)
{
	const struct queue_settings *settings = attempt->settings;
	const struct queue_broker *broker = attempt->broker;
	amqp_table_entry_t able[] = {true_entry("consumer_cancel_notify"),
		true_entry("connection.blocked"), true_entry("basic.nack")};
	amqp_table_entry_t entries[] = {text_entry("connection_name", settings->program),
		{.key = amqp_cstring_bytes("capabilities"),
			.value = {.kind = AMQP_FIELD_KIND_TABLE,
				.value.table = {ARRAY_SIZE(able), able}}}};
	amqp_table_t properties = {ARRAY_SIZE(entries), entries};
	const char *user = settings->username ? settings->username
			   : broker->username ? broker->username
					      : DEFAULT_USER;

	errno = 0;
	amqp_rpc_reply_t reply = amqp_login_with_properties(attempt->connection, broker->vhost, 0,
		FRAME_BYTES_MAX, QUEUE_HEARTBEAT_S, &properties, AMQP_SASL_METHOD_PLAIN, user,
		settings->password ? settings->password : DEFAULT_USER);
	if (reply.reply_type == AMQP_RESPONSE_NORMAL)
		return true;
	int code = queue_describe(reply, attempt->reason, sizeof(attempt->reason));
	bool is_refused = code == AMQP_ACCESS_REFUSED || code == AMQP_NOT_ALLOWED;
	attempt->status = is_refused ? EX_CONFIG : EX_TEMPFAIL;
	if (code == AMQP_ACCESS_REFUSED)
		attempt->hint = "check --username and --password-file";
	return false;
}

/* Whether the last call succeeded; otherwise describe its failure. */
static bool succeeded(struct queue_attempt *attempt)
{
	amqp_rpc_reply_t reply = amqp_get_rpc_reply(attempt->connection);

	if (reply.reply_type == AMQP_RESPONSE_NORMAL)
		return true;
	int code = queue_describe(reply, attempt->reason, sizeof(attempt->reason));
	/* A queue whose node is down is 404 as well: that passes. */
	bool is_missing = code == AMQP_NOT_FOUND && strstr(attempt->reason, "no queue");
	if (is_missing)
		attempt->hint = "create it with wd-recv --declare";
	attempt->status = is_missing || code == AMQP_ACCESS_REFUSED ? EX_CONFIG : EX_TEMPFAIL;
	return false;
}

static bool check_queues(struct queue_attempt *attempt)
{
	const struct queue_settings *settings = attempt->settings;

	for (size_t i = 0; i < settings->name_count; i++) {
		amqp_queue_declare(attempt->connection, QUEUE_CHANNEL,
			amqp_cstring_bytes(settings->names[i]), 1, 0, 0, 0, amqp_empty_table);
		if (!succeeded(attempt)) {
			attempt->queue = settings->names[i];
			return false;
		}
	}
	return true;
}

static bool start_consumer(struct queue_attempt *attempt)
{
	const struct queue_settings *settings = attempt->settings;

	amqp_basic_qos(attempt->connection, QUEUE_CHANNEL, 0, settings->prefetch, 0);
	if (!succeeded(attempt))
		return false;
	amqp_basic_consume(attempt->connection, QUEUE_CHANNEL,
		amqp_cstring_bytes(settings->names[0]), amqp_empty_bytes, 0, 0, 0,
		amqp_empty_table);
	return succeeded(attempt);
}

static bool prepare(struct queue_attempt *attempt)
{
	amqp_channel_open(attempt->connection, QUEUE_CHANNEL);
	if (!succeeded(attempt))
		return false;
	if (attempt->settings->role == QUEUE_KEEPER)
		return true;
	amqp_confirm_select(attempt->connection, QUEUE_CHANNEL);
	if (!succeeded(attempt) || !check_queues(attempt))
		return false;
	return attempt->settings->role != QUEUE_RECEIVER || start_consumer(attempt);
}

void queue_attempt_run(struct queue_attempt *attempt)
{
	struct timeval answer_time = {.tv_sec = ANSWER_S};

	attempt->connection = amqp_new_connection();
	if (!attempt->connection) {
		set_reason(attempt, EX_TEMPFAIL, amqp_error_string2(AMQP_STATUS_NO_MEMORY));
		return;
	}
	amqp_set_handshake_timeout(attempt->connection, &answer_time);
	amqp_set_rpc_timeout(attempt->connection, &answer_time);
	if (open_socket(attempt) && log_in(attempt) && prepare(attempt))
		return;
	amqp_destroy_connection(attempt->connection);
	attempt->connection = NULL;
}

void queue_connection_close(amqp_connection_state_t connection)
{
	struct timeval answer_time = {.tv_usec = CLOSE_US};

	amqp_set_rpc_timeout(connection, &answer_time);
	amqp_connection_close(connection, AMQP_REPLY_SUCCESS);
	amqp_destroy_connection(connection);
}
