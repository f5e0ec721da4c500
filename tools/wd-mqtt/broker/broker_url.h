/* Where the broker is: mqtt[s]://[user@]host[:port]. */
#ifndef WD_MQTT_BROKER_URL_H
#define WD_MQTT_BROKER_URL_H

#include <stdbool.h>

#define BROKER_PORT     1883
#define BROKER_PORT_TLS 8883

/* The texts are malloc'ed. */
struct broker_url {
	char *host;
	char *username; /* NULL: none */
	int port;
	bool uses_tls;
};

/* Return NULL, or what is wrong with `text`: a static text that holds nothing of it. A password is
 * an error: command lines are public. */
const char *broker_url_parse(struct broker_url *url, const char *text);
void broker_url_release(struct broker_url *url);

#endif
