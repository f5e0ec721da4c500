/* A kit as it is configured: what to ask it, how often, and as whom. */
#ifndef WD_POLL_KIT_H
#define WD_POLL_KIT_H

#include "common/buffer.h"
#include "common/endpoint.h"

#include <stdint.h>

struct text_list {
	char **items;
	size_t count;
};

/* All texts are the kit's own; those that may be absent are NULL. Seconds are > 0 unless said. */
struct poll_kit {
	char *id; /* NULL: /status tells */
	char *name, *location;
	char *api_url; /* http or https, neither userinfo nor a slash at its end */
	char *address; /* its host:port, what the kit is called while nothing better is known */
	bool enabled;
	struct text_list tags;

	double poll_interval_s;   /* /drones and /signals */
	double status_interval_s; /* /status */
	double timeout_s;         /* of one request, from the first packet to the last byte */
	int64_t rate_limit;       /* requests a minute that the kit answers; 0: any number */

	int64_t max_retries; /* further tries after a timeout */
	/* How long a kit that does not answer is left alone (common/backoff.h). */
	double base_delay_s, max_delay_s, backoff_multiplier;

	struct text_list headers; /* "Name: value" */
	char *bearer_token, *username, *password;
	char *ca_file, *client_cert, *client_key;

	unsigned line; /* where the configuration file names it; 0: the command line does */
};

void kit_release(struct poll_kit *kit);

/* NULL if `text` can be a kit's id, else why not: a static text. */
const char *kit_id_error(const char *text);

/* Whether nothing differs that wd-poll would act on or write out. The line number is no part. */
bool kit_equals(const struct poll_kit *a, const struct poll_kit *b);

/* What the kit is called in messages before its first reply: its id, else its address. */
const char *kit_label(const struct poll_kit *kit);

/* Seconds between polls of an endpoint. */
double kit_interval_s(const struct poll_kit *kit, enum endpoint endpoint);

/* Requests a minute at the configured intervals, retries not counted. */
double kit_requests_per_minute(const struct poll_kit *kit);

/* Takes over the NUL-terminated `text` (malloc); false without memory, the text is freed then. */
bool text_list_add(struct text_list *texts, char *text);
bool text_list_contains(const struct text_list *texts, const char *text);

/* Appends the `kit` line of a kit that is known as `id`. */
void kit_format(struct buffer *out, const struct poll_kit *kit, const char *id);

#endif
