/* A kit as it is configured: where it is, how often it is polled, and with which credentials. */
#ifndef WD_KITS_KIT_H
#define WD_KITS_KIT_H

#include "common/base/buffer.h"
#include "common/record/endpoint.h"

#include <stdint.h>

/* What functions return that report an error as a static text: the process is out of memory, which
 * is EX_OSERR, and nothing is wrong with the configuration (EX_CONFIG). */
extern const char kit_out_of_memory[];

struct text_list {
	char **items;
	size_t count;
};

/* How the data of a kit arrives: `source` in wd-kits(5). */
enum kit_input {
	KIT_HTTP, /* wd-poll(1) polls it */
	KIT_MQTT, /* it publishes, and wd-mqtt(1) receives */
	KIT_BOTH,
	KIT_INPUTS
};

/* "http", "mqtt", "both". */
extern const char *const kit_input_names[KIT_INPUTS];

/* All texts are owned; NULL means absent. Seconds are > 0 unless stated otherwise. */
struct kit_config {
	char *id;      /* NULL: use the id that /status reports */
	char *mqtt_id; /* the id in what it publishes; NULL: its id */
	enum kit_input input;
	char *name, *location;
	char *api_url; /* http or https, without credentials, without a trailing slash; NULL
			* only for KIT_MQTT */
	char *address; /* host:port, the name of a kit without an id */
	bool has_numeric_host;
	bool enabled;
	struct text_list tags;

	double poll_interval_s;   /* of the endpoints in ENDPOINT_POLL_INTERVAL */
	double status_interval_s; /* of those in ENDPOINT_STATUS_INTERVAL */
	double timeout_s;         /* of one request, from the first packet to the last byte */
	int64_t rate_limit;       /* requests per minute that the kit answers; 0: no limit */

	int64_t max_retries; /* of a request that timed out */
	/* How long a kit that does not answer is left alone: see common/time/backoff.h. */
	double base_delay_s, max_delay_s, backoff_multiplier;

	struct text_list headers; /* "Name: value" */
	char *bearer_token, *username, *password;
	char *ca_file, *client_cert, *client_key;

	char *file; /* the configuration file, for messages; NULL: the command line */
	unsigned line;
};

/* The members of a kit that sets none of them. */
#define KIT_DEFAULTS                                                                               \
	{                                                                                          \
		.enabled = true, .poll_interval_s = 5, .status_interval_s = 30, .timeout_s = 10,   \
		.rate_limit = 100, .max_retries = 3, .base_delay_s = 5, .max_delay_s = 300,        \
		.backoff_multiplier = 2                                                            \
	}

void kit_release(struct kit_config *kit);

/* Return NULL if `text` can be the id of a kit, else a static text that says why not. */
const char *kit_id_error(const char *text);

/* Return whether two kits are polled and described in the same way. File and line do not count. */
bool kit_equals(const struct kit_config *a, const struct kit_config *b);

/* Return the name of the kit in messages before its first reply: its id, else its address. */
const char *kit_label(const struct kit_config *kit);

/* Between polls of the endpoints in ENDPOINT_CONFIG_INTERVAL. */
#define KIT_CONFIG_INTERVAL_S 3600.0

/* Return the seconds between polls of an endpoint. */
double kit_interval_s(const struct kit_config *kit, enum endpoint endpoint);

/* Return the requests per minute at the configured intervals, without retries. */
double kit_requests_per_minute(const struct kit_config *kit);

/* Append the NUL-terminated `text` (malloc), which the list then owns. Return false if out of
 * memory; `text` is freed then. */
bool text_list_add(struct text_list *texts, char *text);
bool text_list_contains(const struct text_list *texts, const char *text);
void text_list_release(struct text_list *texts);

/* Append the `kit` line (wd-record(5)) of a kit that is known as `id`. */
void kit_format(struct buffer *out, const struct kit_config *kit, const char *id, bool enabled);

#endif
