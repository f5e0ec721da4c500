/* The connection to the broker. */
#include "tools/wd-mqtt/broker/broker.h"

#include "common/log/log.h"
#include "common/process/event.h"
#include "common/time/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <stdio.h>
#include <sys/random.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	KEEPALIVE_S = 60,
	/* Messages in one broker_run(), so that signals and the output get their turn. */
	MESSAGES_MAX = 512,
	/* A broker of MQTT 5 does not send us more than that. What is longer than PAYLOAD_MAX but
	 * shorter than this is rejected visibly. */
	PACKET_MAX = 1 << 20,
	/* libmosquitto checks the keepalive when it is called. */
	MISC_US = 5000000,
};

static void set_failure(struct broker *broker, enum link_failure failure, const char *reason)
{
	if (broker->has_failed)
		return;
	broker->has_failed = true;
	broker->failure = failure;
	/* The cause that the TLS library has logged says more. */
	if (!*broker->reason)
		snprintf(broker->reason, sizeof(broker->reason), "%s", reason);
}

/* Before CONNACK: an answer that is not MQTT 5 comes from a broker of MQTT 3.1.1.
 * libmosquitto 2.0.11 reads its refusal, 2.0.21 calls it malformed. */
static enum link_failure failure_of(const struct broker *broker, int result)
{
	if (broker->has_answered)
		return LINK_FAILED;
	switch (result) {
	case MOSQ_ERR_CONN_LOST:
		return LINK_CLOSED_EARLY;
	case MOSQ_ERR_MALFORMED_PACKET:
	case MOSQ_ERR_PROTOCOL:
	case MOSQ_ERR_UNKNOWN:
		return LINK_VERSION_REFUSED;
	default:
		return LINK_FAILED;
	}
}

static void check_result(struct broker *broker, int result)
{
	if (result == MOSQ_ERR_SUCCESS && mosquitto_socket(broker->client) < 0)
		result = MOSQ_ERR_CONN_LOST;
	if (result != MOSQ_ERR_SUCCESS)
		set_failure(broker, failure_of(broker, result),
			result == MOSQ_ERR_ERRNO ? strerror(errno) : mosquitto_strerror(result));
}

static void subscribe(struct broker *broker)
{
	char filters[TOPIC_FILTERS][TOPIC_MAX + 32];
	char *list[TOPIC_FILTERS];

	for (unsigned i = 0; i < TOPIC_FILTERS; i++) {
		topics_filter(broker->settings->topics, i, filters[i]);
		list[i] = filters[i];
	}
	int result =
		mosquitto_subscribe_multiple(broker->client, NULL, TOPIC_FILTERS, list, 0, 0, NULL);
	if (result != MOSQ_ERR_SUCCESS)
		set_failure(broker, LINK_FAILED, mosquitto_strerror(result));
}

static void on_connect(struct mosquitto *client, void *self, int code, int flags,
	const mosquitto_property *properties)
{
	struct broker *broker = self;
	bool refused = code == MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION ||
		       code == CONNACK_REFUSED_PROTOCOL_VERSION;

	(void)client, (void)flags, (void)properties;
	broker->has_answered = true;
	if (code == 0)
		subscribe(broker);
	else
		set_failure(broker, refused ? LINK_VERSION_REFUSED : LINK_FAILED,
			code < MQTT_RC_UNSPECIFIED ? mosquitto_connack_string(code)
						   : mosquitto_reason_string(code));
}

static void on_subscribe(struct mosquitto *client, void *self, int id, int count,
	const int *granted, const mosquitto_property *properties)
{
	struct broker *broker = self;

	(void)client, (void)id, (void)properties;
	for (int i = 0; i < count; i++) {
		if (granted[i] >= MQTT_RC_UNSPECIFIED) {
			set_failure(broker, LINK_FAILED, "the broker refuses the subscription");
			return;
		}
	}
	link_up(&broker->link);
	*broker->logged_reason = '\0';
	log_info("connected to the broker", {"host", broker->settings->host},
		{"protocol", broker->link.uses_v3 ? "MQTT 3.1.1" : "MQTT 5"});
	broker->events->connected(broker->events->self);
}

static void on_disconnect(
	struct mosquitto *client, void *self, int code, const mosquitto_property *properties)
{
	(void)client, (void)properties;
	if (code >= MQTT_RC_UNSPECIFIED)
		set_failure(self, LINK_FAILED, mosquitto_reason_string(code));
}

static void on_message(struct mosquitto *client, void *self,
	const struct mosquitto_message *message, const mosquitto_property *properties)
{
	struct broker *broker = self;
	const char *bytes = message->payload ? message->payload : "";
	struct span payload = {bytes, (size_t)message->payloadlen};

	(void)client, (void)properties;
	broker->messages++;
	broker->events->message(broker->events->self, message->topic, payload, message->retain);
}

static void on_log(struct mosquitto *client, void *self, int level, const char *text)
{
	struct broker *broker = self;

	(void)client;
	if (level == MOSQ_LOG_ERR && !*broker->reason)
		snprintf(broker->reason, sizeof(broker->reason), "%s", text);
	if (level == MOSQ_LOG_ERR || level == MOSQ_LOG_WARNING)
		log_debug("libmosquitto", {"message", text});
}

static int set_tls(struct mosquitto *client, const struct broker_settings *settings)
{
	int result = mosquitto_tls_set(client, settings->ca_file,
		settings->ca_file ? NULL : "/etc/ssl/certs", settings->client_cert,
		settings->client_key, NULL);

	if (result == MOSQ_ERR_SUCCESS)
		result = mosquitto_tls_opts_set(client, 1, NULL, NULL);
	return result;
}

/* MQTT 5, section 3.1.3.1: every broker takes an id of 1 to 23 letters and digits. */
static void make_client_id(struct broker *broker)
{
	uint64_t random = 0;

	if (getrandom(&random, sizeof(random), 0) < 0)
		random = (uint64_t)clock_wall_us();
	snprintf(broker->client_id, sizeof(broker->client_id), "wdmqtt%016" PRIx64, random);
}

static int configure(struct broker *broker)
{
	const struct broker_settings *settings = broker->settings;
	int result = MOSQ_ERR_SUCCESS;

	make_client_id(broker);
	broker->client = mosquitto_new(broker->client_id, true, broker);
	if (!broker->client)
		return MOSQ_ERR_NOMEM;
	mosquitto_int_option(broker->client, MOSQ_OPT_PROTOCOL_VERSION,
		broker->link.uses_v3 ? MQTT_PROTOCOL_V311 : MQTT_PROTOCOL_V5);
	mosquitto_connect_v5_callback_set(broker->client, on_connect);
	mosquitto_subscribe_v5_callback_set(broker->client, on_subscribe);
	mosquitto_disconnect_v5_callback_set(broker->client, on_disconnect);
	mosquitto_message_v5_callback_set(broker->client, on_message);
	mosquitto_log_callback_set(broker->client, on_log);
	if (settings->username)
		result = mosquitto_username_pw_set(
			broker->client, settings->username, settings->password);
	if (result == MOSQ_ERR_SUCCESS && settings->uses_tls)
		result = set_tls(broker->client, settings);
	return result;
}

static void *connect_thread(void *self)
{
	struct broker *broker = self;
	mosquitto_property *properties = NULL;

	if (!broker->link.uses_v3)
		mosquitto_property_add_int32(
			&properties, MQTT_PROP_MAXIMUM_PACKET_SIZE, PACKET_MAX);
	broker->connect_result = mosquitto_connect_bind_v5(broker->client, broker->settings->host,
		broker->settings->port, KEEPALIVE_S, NULL, properties);
	broker->connect_errno = errno;
	mosquitto_property_free_all(&properties);
	event_signal(broker->connected_fd);
	return NULL;
}

static void start_attempt(struct broker *broker)
{
	broker->has_answered = broker->has_failed = false;
	*broker->reason = '\0';
	link_connecting(&broker->link, clock_mono_us());
	int result = configure(broker);
	if (result != MOSQ_ERR_SUCCESS)
		set_failure(broker, LINK_FAILED, mosquitto_strerror(result));
	else if (pthread_create(&broker->thread, NULL, connect_thread, broker) != 0)
		set_failure(broker, LINK_FAILED, "cannot create a thread");
	else
		broker->thread_runs = true;
}

/* Take over the client when the thread is done. */
static void finish_thread(struct broker *broker)
{
	if (!event_take(broker->connected_fd))
		return;
	pthread_join(broker->thread, NULL);
	broker->thread_runs = false;
	errno = broker->connect_errno;
	check_result(broker, broker->connect_result);
}

static void read_messages(struct broker *broker)
{
	uint64_t limit = broker->messages + MESSAGES_MAX, before;

	/* A call reads one packet. */
	do {
		if (broker->events->is_full(broker->events->self))
			return;
		before = broker->messages;
		check_result(broker, mosquitto_loop_read(broker->client, 1));
	} while (!broker->has_failed && broker->messages != before && broker->messages < limit);
}

static void drop_client(struct broker *broker)
{
	if (broker->client)
		mosquitto_destroy(broker->client);
	broker->client = NULL;
}

static void handle_failure(struct broker *broker)
{
	int64_t now_us = clock_mono_us();

	drop_client(broker);
	link_failed(&broker->link, broker->failure, now_us);
	broker->has_failed = false;
	double wait_s = (double)(broker->link.at_us - now_us) / (double)CLOCK_SECOND_US;
	/* The first attempt of a version may be refused: that is not a loss. */
	if (wait_s <= 0)
		return;
	if (strcmp(broker->reason, broker->logged_reason) != 0)
		log_warning("no connection to the broker", {"host", broker->settings->host},
			{"reason", broker->reason}, {"retry_in", log_seconds(wait_s).text});
	memcpy(broker->logged_reason, broker->reason, sizeof(broker->reason));
	broker->events->lost(broker->events->self, broker->reason);
}

/* While the output is full nothing is read, and so no answer to a PINGREQ: the keepalive must not
 * count then. */
static void exchange(struct broker *broker)
{
	if (broker->events->is_full(broker->events->self))
		return;
	read_messages(broker);
	if (!broker->has_failed && mosquitto_want_write(broker->client))
		check_result(broker, mosquitto_loop_write(broker->client, 1));
	if (!broker->has_failed)
		check_result(broker, mosquitto_loop_misc(broker->client));
}

void broker_run(struct broker *broker)
{
	if (broker->thread_runs)
		finish_thread(broker);
	if (broker->thread_runs)
		return;
	if (link_wants_connection(&broker->link, clock_mono_us()))
		start_attempt(broker);
	else if (broker->client && !broker->has_failed)
		exchange(broker);
	if (!broker->thread_runs && link_is_overdue(&broker->link, clock_mono_us()))
		set_failure(broker, LINK_FAILED, "the broker does not answer");
	if (broker->has_failed)
		handle_failure(broker);
}

struct pollfd broker_pollfd(const struct broker *broker)
{
	struct pollfd watched = {.fd = -1, .events = POLLIN};

	if (broker->thread_runs)
		watched.fd = broker->connected_fd;
	else if (broker->client && !broker->events->is_full(broker->events->self))
		watched.fd = mosquitto_socket(broker->client);
	if (watched.fd >= 0 && !broker->thread_runs && mosquitto_want_write(broker->client))
		watched.events |= POLLOUT;
	return watched;
}

int64_t broker_next_us(const struct broker *broker, int64_t now_us)
{
	int64_t next_us = broker->thread_runs ? INT64_MAX : link_next_us(&broker->link);

	return broker->client && next_us > now_us + MISC_US ? now_us + MISC_US : next_us;
}

int broker_open(struct broker *broker, const struct broker_settings *settings,
	const struct broker_events *events)
{
	*broker = (struct broker){.settings = settings, .events = events};
	mosquitto_lib_init();
	link_init(&broker->link, clock_mono_us());
	int status = event_open(&broker->connected_fd);
	if (status)
		return status;
	int result = configure(broker);
	drop_client(broker);
	if (result == MOSQ_ERR_SUCCESS)
		return 0;
	broker_close(broker);
	return fail(EX_CONFIG, "cannot use the certificates", {"ca-file", settings->ca_file},
		{"cert", settings->client_cert}, {"key", settings->client_key},
		{"reason", mosquitto_strerror(result)});
}

void broker_close(struct broker *broker)
{
	/* A thread that still waits for the network ends with the process. */
	if (!broker->thread_runs) {
		if (broker->client)
			mosquitto_disconnect(broker->client);
		drop_client(broker);
		close(broker->connected_fd);
		mosquitto_lib_cleanup();
	}
}
