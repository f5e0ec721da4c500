/* The broker's URL. */
#include "tools/wd-mqtt/broker/broker_url.h"
#include "common/base/array.h"
#include "tests/unit/tap.h"

static const struct {
	const char *text, *host, *username; /* `host` NULL: refused */
	int port;
	bool uses_tls;
} cases[] = {
	{"mqtt://10.0.0.7", "10.0.0.7", NULL, 1883, false},
	{"mqtts://broker.example.org", "broker.example.org", NULL, 8883, true},
	{"mqtt://broker:1884", "broker", NULL, 1884, false},
	{"mqtt://wardragon@broker:1884", "broker", "wardragon", 1884, false},
	{"mqtt://a%20b@broker/", "broker", "a b", 1883, false},
	{"mqtt://[::1]:1884", "::1", NULL, 1884, false},
	{"mqtts://u:secret@broker", NULL},
	{"mqtt://broker/wardragon", NULL},
	{"mqtt://broker?x=1", NULL},
	{"http://broker", NULL},
	{"ws://broker", NULL},
	{"broker", NULL},
	{"mqtt://", NULL},
	{"mqtt://broker:99999", NULL},
	{"mqtt://broker:0", NULL},
	{"", NULL},
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct broker_url url;
		const char *wrong = broker_url_parse(&url, cases[i].text);
		if (!ok(!wrong == (cases[i].host != NULL), cases[i].text)) {
			printf("# %s\n", wrong ? wrong : "taken");
			continue;
		}
		if (!wrong) {
			is_text(url.host, cases[i].host, "host");
			is_text(url.username ? url.username : "",
				cases[i].username ? cases[i].username : "", "user");
			is_number(url.port, cases[i].port, "port");
			ok(url.uses_tls == cases[i].uses_tls, "TLS");
		}
		ok(!wrong || !strstr(wrong, "secret"), "no message holds a secret");
		broker_url_release(&url);
	}
	return tap_done();
}
