#include "tools/wd-recv/declare.h"

#include "common/base/array.h"
#include "common/base/xalloc.h"
#include "common/log/log.h"
#include "common/queue/connect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* The first version of RabbitMQ with a default for the delivery limit. */
#define VERSION_WITH_LIMIT 4

static int connect_any(const struct queue_settings *settings, struct queue_attempt *attempt)
{
	for (size_t i = 0; i < settings->broker_count; i++) {
		const struct queue_broker *broker = &settings->brokers[i];
		*attempt = (struct queue_attempt){.settings = settings, .broker = broker};
		queue_attempt_run(attempt);
		if (attempt->connection)
			return 0;
		log_error("no connection to the broker", {"host", broker->host},
			{"port", log_number(broker->port).text}, {"reason", attempt->reason},
			{"hint", attempt->hint});
	}
	return attempt->status;
}

/* The major version of the broker, or 0. */
static int broker_version(amqp_connection_state_t connection)
{
	const amqp_table_t *properties = amqp_get_server_properties(connection);
	char text[16];

	for (int i = 0; i < properties->num_entries; i++) {
		const amqp_table_entry_t *entry = &properties->entries[i];
		if (entry->key.len != 7 || memcmp(entry->key.bytes, "version", 7) != 0 ||
			entry->value.kind != AMQP_FIELD_KIND_UTF8)
			continue;
		amqp_bytes_t value = entry->value.value.bytes;
		snprintf(text, sizeof(text), "%.*s", (int)value.len, (char *)value.bytes);
		return atoi(text);
	}
	return 0;
}

static int report(amqp_connection_state_t connection, const char *name)
{
	char reason[256];
	int code = queue_describe(amqp_get_rpc_reply(connection), reason, sizeof(reason));
	const char *hint = NULL;

	if (code == AMQP_NOT_FOUND)
		hint = "create it with wd-recv --declare";
	else if (code == AMQP_PRECONDITION_FAILED)
		hint = "expected a durable quorum queue without any limit";
	else if (code == AMQP_ACCESS_REFUSED)
		hint = "the user needs the permission to configure the queue";
	return fail(code ? EX_CONFIG : EX_TEMPFAIL, "the queue cannot be used", {"queue", name},
		{"reason", reason}, {"hint", hint});
}

/* A queue that exists is compared with these properties by the broker. */
static int declare(amqp_connection_state_t connection, const char *name)
{
	amqp_table_entry_t arguments[] = {
		{.key = amqp_cstring_bytes("x-queue-type"),
			.value = {.kind = AMQP_FIELD_KIND_UTF8,
				.value.bytes = amqp_cstring_bytes("quorum")}},
		{.key = amqp_cstring_bytes("x-delivery-limit"),
			.value = {.kind = AMQP_FIELD_KIND_I64, .value.i64 = -1}},
	};
	int count = broker_version(connection) >= VERSION_WITH_LIMIT ? 2 : 1;
	const amqp_queue_declare_ok_t *declared = amqp_queue_declare(connection, QUEUE_CHANNEL,
		amqp_cstring_bytes(name), 0, 1, 0, 0, (amqp_table_t){count, arguments});

	if (!declared)
		return report(connection, name);
	log_info("the queue is ready", {"queue", name},
		{"messages", log_number(declared->message_count).text},
		{"consumers", log_number(declared->consumer_count).text});
	return 0;
}

static int check(amqp_connection_state_t connection, const char *name)
{
	if (!amqp_queue_declare(connection, QUEUE_CHANNEL, amqp_cstring_bytes(name), 1, 0, 0, 0,
		    amqp_empty_table))
		return report(connection, name);
	return declare(connection, name);
}

static int for_all(const struct queue_settings *settings,
	int (*call)(amqp_connection_state_t connection, const char *name))
{
	struct queue_attempt attempt;
	int status = connect_any(settings, &attempt);

	if (status)
		return status;
	for (size_t i = 0; !status && i < settings->name_count; i++) {
		size_t size = strlen(settings->names[i]) + sizeof(".bad");
		char *bad = xmalloc(size);
		snprintf(bad, size, "%s.bad", settings->names[i]);
		status = call(attempt.connection, settings->names[i]);
		if (!status)
			status = call(attempt.connection, bad);
		free(bad);
	}
	queue_connection_close(attempt.connection);
	return status;
}

int declare_queues(const struct queue_settings *settings)
{
	return for_all(settings, declare);
}

int check_queues(const struct queue_settings *settings)
{
	return for_all(settings, check);
}
