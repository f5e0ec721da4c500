#include "tools/wd-sim/publisher.h"

#include "common/base/array.h"
#include "common/base/xalloc.h"
#include "common/log/log.h"

#include <mosquitto.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#define DEFAULT_PORT  1883
#define KEEPALIVE_S   60
#define RECONNECT_MIN (2 * CLOCK_SECOND_US)
#define RECONNECT_MAX (30 * CLOCK_SECOND_US)
#define CLOSE_POLLS   50
#define CLOSE_POLL_MS 10
#define TOPIC_MAX     160

/* What a kit publishes, and how often. */
enum batch {
	BATCH_DRONES,
	BATCH_AIRCRAFT,
	BATCH_SIGNALS,
	BATCH_STATUS,
	BATCH_COUNT
};

static const struct {
	const char *name;
	clock_us interval;
} batches[BATCH_COUNT] = {
	[BATCH_DRONES] = {"drones", 2 * CLOCK_SECOND_US},
	[BATCH_AIRCRAFT] = {"aircraft", 3 * CLOCK_SECOND_US},
	[BATCH_SIGNALS] = {"signals", 2 * CLOCK_SECOND_US},
	[BATCH_STATUS] = {"system", 30 * CLOCK_SECOND_US},
};

struct sim_client {
	struct publisher *publisher;
	struct mosquitto *mosquitto;
	unsigned kit;
	char slug[sizeof(((struct sample *)0)->kit)]; /* the kit id, which needs no escaping here */
	bool connected, has_published;
	clock_us due[BATCH_COUNT]; /* monotonic */
	clock_us retry_at, retry_after;
};

struct publisher {
	struct world world;
	clock_us clock_skew;
	char host[256];
	int port;
	struct buffer payload, state;
	int64_t published[BATCH_COUNT];
	struct sim_client clients[];
};

static bool parse_url(const char *url, char *host, size_t size, int *port)
{
	static const char scheme[] = "mqtt://";
	char *end;

	if (strncmp(url, scheme, sizeof(scheme) - 1) != 0)
		return false;
	url += sizeof(scheme) - 1;
	size_t length = strcspn(url, ":/@?#");
	if (length == 0 || length >= size)
		return false;
	memcpy(host, url, length);
	host[length] = '\0';
	*port = DEFAULT_PORT;
	if (url[length] == ':') {
		long number = strtol(url + length + 1, &end, 10);
		*port = (int)number;
		return end != url + length + 1 && *end == '\0' && number > 0 && number < 65536;
	}
	return url[length] == '\0';
}

static void publish(struct sim_client *client, enum batch batch, const char *topic,
	struct span payload, bool retain)
{
	if (mosquitto_publish(client->mosquitto, NULL, topic, (int)payload.length, payload.data, 0,
		    retain) == MOSQ_ERR_SUCCESS)
		client->publisher->published[batch]++;
}

static void publish_state(struct sim_client *client, const char *area, const char *leaf,
	const char *state, bool retain)
{
	char topic[TOPIC_MAX];

	snprintf(topic, sizeof(topic), "wardragon/%s/%s/%s", area, client->slug, leaf);
	publish(client, BATCH_STATUS, topic, span_of(state), retain);
}

/* DragonSync publishes the state of a drone, merges the pilot's altitude into it and publishes it
 * again, and does the same with the home; it keeps the merged state. */
static void publish_drone(
	struct sim_client *client, enum template_name name, const struct sample *sample)
{
	static const char *const altitudes[] = {"", ",\"pilot_alt\": 0.0", ",\"home_alt\": 0.0"};
	bool has_home = name == TEMPLATE_REMOTE_ID || name == TEMPLATE_ENCRYPTED;
	const bool has[] = {true, name != TEMPLATE_MAVLINK, has_home};
	struct buffer *payload = &client->publisher->payload, *state = &client->publisher->state;
	char topic[TOPIC_MAX];

	state->length = 0;
	template_put(state, FORM_MQTT, name, sample);
	state->length--; /* the brace, which follows the altitudes */
	for (size_t i = 0; i < ARRAY_SIZE(has) && client->has_published; i++) {
		if (has[i])
			buffer_add_text(state, altitudes[i]);
	}
	snprintf(topic, sizeof(topic), "wardragon/drone/%s", sample->id);
	for (size_t i = 0; i < ARRAY_SIZE(has); i++) {
		if (!has[i])
			continue;
		if (!client->has_published)
			buffer_add_text(state, altitudes[i]);
		payload->length = 0;
		buffer_add_span(payload, buffer_span(state));
		buffer_add_char(payload, '}');
		publish(client, BATCH_DRONES, "wardragon/drones", buffer_span(payload), true);
		publish(client, BATCH_DRONES, topic, buffer_span(payload), true);
	}
}

static void publish_record(struct sim_client *client, enum batch batch, const char *topic,
	enum template_name name, const struct sample *sample, bool retain)
{
	struct buffer *payload = &client->publisher->payload;

	payload->length = 0;
	template_put(payload, FORM_MQTT, name, sample);
	publish(client, batch, topic, buffer_span(payload), retain);
}

static void publish_status(struct sim_client *client, clock_us now)
{
	struct sample sample = {0};
	char topic[TOPIC_MAX];
	enum template_name name =
		world_status(&client->publisher->world, client->kit, now, &sample);

	snprintf(topic, sizeof(topic), "wardragon/system/%s/attrs", client->slug);
	publish_record(client, BATCH_STATUS, topic, name, &sample, false);
	publish_state(client, "system", "state", "online", false);
	publish_state(client, "system", "availability", "online", true);
}

static void publish_batch(struct sim_client *client, enum batch batch)
{
	const struct world *world = &client->publisher->world;
	clock_us now = clock_wall_us() + client->publisher->clock_skew;
	struct sample sample = {0};

	switch (batch) {
	case BATCH_DRONES:
		for (unsigned i = 0; i < world->drones; i++)
			publish_drone(
				client, world_drone(world, client->kit, i, now, &sample), &sample);
		client->has_published = true;
		break;
	case BATCH_AIRCRAFT:
		for (unsigned i = 0; i < world->aircraft; i++)
			publish_record(client, batch, "wardragon/aircraft",
				world_aircraft(world, client->kit, i, now, &sample), &sample,
				false);
		break;
	case BATCH_SIGNALS:
		for (unsigned i = 0; i < world->signals; i++)
			publish_record(client, batch, "wardragon/signals",
				world_signal(world, client->kit, i, now, &sample), &sample, true);
		break;
	default:
		publish_status(client, now);
	}
}

static void on_connect(struct mosquitto *mosquitto, void *self, int code)
{
	struct sim_client *client = self;
	clock_us now = clock_mono_us();

	(void)mosquitto;
	if (code != 0) {
		log_warning("broker refused the connection", {"kit", client->slug},
			{"reason", mosquitto_connack_string(code)});
		return;
	}
	client->connected = true;
	client->retry_after = RECONNECT_MIN;
	/* The kits are spread over the interval, like kits that were switched on one by one. */
	for (int i = 0; i < BATCH_COUNT; i++)
		client->due[i] = now + batches[BATCH_DRONES].interval * (client->kit - 1) /
					       client->publisher->world.kits;
	publish_state(client, "service", "availability", "online", true);
}

static void disconnected(struct sim_client *client, const char *reason)
{
	if (client->connected || client->retry_after == RECONNECT_MIN)
		log_warning("no connection to the broker", {"kit", client->slug},
			{"reason", reason},
			{"retry_in", log_seconds((double)client->retry_after / 1e6).text});
	client->connected = false;
	client->retry_at = clock_mono_us() + client->retry_after;
	client->retry_after =
		client->retry_after * 2 < RECONNECT_MAX ? client->retry_after * 2 : RECONNECT_MAX;
}

static void on_disconnect(struct mosquitto *mosquitto, void *self, int code)
{
	(void)mosquitto;
	if (code)
		disconnected(self, mosquitto_strerror(code));
}

static int client_open(struct sim_client *client)
{
	const char *host = client->publisher->host;
	char topic[TOPIC_MAX];
	struct sample sample = {0};

	world_status(&client->publisher->world, client->kit, 0, &sample);
	memcpy(client->slug, sample.kit, sizeof(client->slug));
	client->retry_after = RECONNECT_MIN;
	client->mosquitto = mosquitto_new(NULL, true, client);
	if (!client->mosquitto)
		return fail(EX_OSERR, "cannot create an MQTT client", {"library", "libmosquitto"});
	snprintf(topic, sizeof(topic), "wardragon/service/%s/availability", client->slug);
	mosquitto_int_option(client->mosquitto, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
	mosquitto_will_set(client->mosquitto, topic, (int)strlen("offline"), "offline", 0, true);
	mosquitto_connect_callback_set(client->mosquitto, on_connect);
	mosquitto_disconnect_callback_set(client->mosquitto, on_disconnect);
	int code = mosquitto_connect_async(
		client->mosquitto, host, client->publisher->port, KEEPALIVE_S);
	if (code)
		disconnected(client, mosquitto_strerror(code));
	return 0;
}

int publisher_open(struct publisher **publisher, const char *url, const struct world *world,
	clock_us clock_skew)
{
	struct publisher *new = xcalloc(1, sizeof(*new) + world->kits * sizeof(struct sim_client));
	int status = 0;

	*publisher = new;
	new->world = *world;
	new->clock_skew = clock_skew;
	if (!parse_url(url, new->host, sizeof(new->host), &new->port)) {
		free(new);
		*publisher = NULL;
		return fail(EX_USAGE, "not the URL of a broker", {"mqtt", url},
			{"expected", "mqtt://HOST[:PORT]"});
	}
	mosquitto_lib_init();
	for (unsigned i = 0; i < world->kits && !status; i++) {
		new->clients[i].publisher = new;
		new->clients[i].kit = i + 1;
		status = client_open(&new->clients[i]);
	}
	return status;
}

/* Send what is queued, for a limited time. */
static void flush(struct sim_client *client)
{
	for (int i = 0; i < CLOSE_POLLS && mosquitto_want_write(client->mosquitto); i++) {
		struct pollfd writable = {mosquitto_socket(client->mosquitto), POLLOUT, 0};
		if (writable.fd < 0)
			return;
		if (poll(&writable, 1, CLOSE_POLL_MS) > 0)
			mosquitto_loop_write(client->mosquitto, 1);
	}
}

static void client_close(struct sim_client *client)
{
	if (client->connected) {
		publish_state(client, "system", "availability", "offline", true);
		publish_state(client, "service", "availability", "offline", true);
		mosquitto_disconnect(client->mosquitto);
		flush(client);
	}
	mosquitto_destroy(client->mosquitto);
}

void publisher_close(struct publisher *publisher)
{
	if (!publisher)
		return;
	for (unsigned i = 0; i < publisher->world.kits; i++) {
		if (publisher->clients[i].mosquitto)
			client_close(&publisher->clients[i]);
	}
	for (int i = 0; i < BATCH_COUNT; i++)
		log_info("done", {"topic", batches[i].name},
			{"published", log_number(publisher->published[i]).text});
	mosquitto_lib_cleanup();
	buffer_release(&publisher->payload);
	buffer_release(&publisher->state);
	free(publisher);
}

void publisher_prepare_poll(struct publisher *publisher, struct pollfd *pollfds)
{
	for (unsigned i = 0; i < publisher->world.kits; i++) {
		struct mosquitto *mosquitto = publisher->clients[i].mosquitto;
		bool is_writing = mosquitto_want_write(mosquitto);
		pollfds[i] = (struct pollfd){.fd = mosquitto_socket(mosquitto),
			.events = (short)(POLLIN | (is_writing ? POLLOUT : 0))};
	}
}

static void client_run(struct sim_client *client, short events, clock_us now)
{
	if (events & (POLLIN | POLLERR | POLLHUP))
		mosquitto_loop_read(client->mosquitto, 1);
	if (events & POLLOUT)
		mosquitto_loop_write(client->mosquitto, 1);
	mosquitto_loop_misc(client->mosquitto);
	if (!client->connected && client->retry_at && now >= client->retry_at) {
		client->retry_at = 0;
		int code = mosquitto_reconnect_async(client->mosquitto);
		if (code)
			disconnected(client, mosquitto_strerror(code));
	}
	for (int i = 0; i < BATCH_COUNT && client->connected; i++) {
		if (now < client->due[i])
			continue;
		publish_batch(client, (enum batch)i);
		client->due[i] += batches[i].interval;
		if (client->due[i] <= now) /* the broker was slow: skip, do not queue */
			client->due[i] = now + batches[i].interval;
	}
}

void publisher_handle_events(struct publisher *publisher, const struct pollfd *pollfds)
{
	clock_us now = clock_mono_us();

	for (unsigned i = 0; i < publisher->world.kits; i++)
		client_run(&publisher->clients[i], pollfds[i].revents, now);
}

int publisher_timeout_ms(const struct publisher *publisher)
{
	clock_us now = clock_mono_us(), next = now + CLOCK_SECOND_US;

	for (unsigned i = 0; i < publisher->world.kits; i++) {
		const struct sim_client *client = &publisher->clients[i];
		for (int b = 0; b < BATCH_COUNT && client->connected; b++) {
			if (client->due[b] < next)
				next = client->due[b];
		}
	}
	return next <= now ? 0 : (int)((next - now) / 1000) + 1;
}
