/* URLs of brokers. */
#include "common/base/array.h"
#include "common/queue/settings.h"
#include "tests/unit/tap.h"

#include <stdlib.h>

static const struct {
	const char *url, *host, *vhost, *username;
	int port;
	bool uses_tls;
} good[] = {
	{"amqp://broker", "broker", "/", NULL, 5672, false},
	{"amqp://broker/", "broker", "/", NULL, 5672, false},
	{"amqps://broker", "broker", "/", NULL, 5671, true},
	{"amqp://me@10.0.0.7:1234/fleet", "10.0.0.7", "fleet", "me", 1234, false},
	{"amqp://[2001:db8::1]:1234", "2001:db8::1", "/", NULL, 1234, false},
	{"amqp://broker/%2f", "broker", "/", NULL, 5672, false},
	{"amqp://a%40b@broker", "broker", "/", "a@b", 5672, false},
};

static const char *const bad[] = {"", "broker", "http://broker", "amqp://", "amqp:///vhost",
	"amqp://:5672", "amqp://broker:x", "amqp://broker:0", "amqp://broker:65536",
	"amqp://me:secret@broker", "amqp://me:@broker", "amqp://broker/v?x=1", "amqp://broker#x",
	"amqp://[::1", "amqp://broker:-1"};

static const char *text(const char *text_or_null)
{
	return text_or_null ? text_or_null : "none";
}

int main(void)
{
	struct queue_broker broker;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		const char *wrong = queue_broker_parse(&broker, good[i].url);
		is_text(text(wrong), "none", good[i].url);
		if (!wrong) {
			is_text(broker.host, good[i].host, "host");
			is_text(broker.vhost, good[i].vhost, "virtual host");
			is_text(text(broker.username), text(good[i].username), "user name");
			is_number(broker.port, good[i].port, "port");
			ok(broker.uses_tls == good[i].uses_tls, "TLS");
		}
		free(broker.text);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		const char *wrong = queue_broker_parse(&broker, bad[i]);
		ok(wrong && !strstr(wrong, "secret"), bad[i]);
		free(broker.text);
	}
	return tap_done();
}
