/* A kit as it is configured: where it is, how often it is polled, and with which credentials. */
#include "common/kits/kit.h"

#include "common/base/array.h"
#include "common/lines/json.h"
#include "common/record/record.h"

#include <stdlib.h>

const char kit_out_of_memory[] = "out of memory";

const char *const kit_input_names[KIT_INPUTS] = {
	[KIT_HTTP] = "http",
	[KIT_MQTT] = "mqtt",
	[KIT_BOTH] = "both",
};

static const size_t text_fields[] = {
	offsetof(struct kit_config, id),
	offsetof(struct kit_config, mqtt_id),
	offsetof(struct kit_config, name),
	offsetof(struct kit_config, location),
	offsetof(struct kit_config, api_url),
	offsetof(struct kit_config, address),
	offsetof(struct kit_config, bearer_token),
	offsetof(struct kit_config, username),
	offsetof(struct kit_config, password),
	offsetof(struct kit_config, ca_file),
	offsetof(struct kit_config, client_cert),
	offsetof(struct kit_config, client_key),
};

static char **text_field(const struct kit_config *kit, size_t i)
{
	return (char **)((char *)(uintptr_t)kit + text_fields[i]);
}

void text_list_release(struct text_list *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		free(texts->items[i]);
	free(texts->items);
	*texts = (struct text_list){0};
}

void kit_release(struct kit_config *kit)
{
	for (size_t i = 0; i < ARRAY_SIZE(text_fields); i++)
		free(*text_field(kit, i));
	text_list_release(&kit->tags);
	text_list_release(&kit->headers);
	free(kit->file);
	*kit = (struct kit_config){0};
}

const char *kit_id_error(const char *text)
{
	size_t length = strlen(text);

	if (length == 0 || length > RECORD_ID_MAX)
		return "an id has 1 to 64 bytes";
	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return "an id has no control characters";
	}
	return NULL;
}

static bool text_equals(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool text_list_equals(const struct text_list *a, const struct text_list *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (strcmp(a->items[i], b->items[i]) != 0)
			return false;
	}
	return true;
}

bool kit_equals(const struct kit_config *a, const struct kit_config *b)
{
	for (size_t i = 0; i < ARRAY_SIZE(text_fields); i++) {
		if (!text_equals(*text_field(a, i), *text_field(b, i)))
			return false;
	}
	return a->input == b->input && a->enabled == b->enabled &&
	       text_list_equals(&a->tags, &b->tags) && text_list_equals(&a->headers, &b->headers) &&
	       a->poll_interval_s == b->poll_interval_s &&
	       a->status_interval_s == b->status_interval_s && a->timeout_s == b->timeout_s &&
	       a->rate_limit == b->rate_limit && a->max_retries == b->max_retries &&
	       a->base_delay_s == b->base_delay_s && a->max_delay_s == b->max_delay_s &&
	       a->backoff_multiplier == b->backoff_multiplier;
}

const char *kit_label(const struct kit_config *kit)
{
	return kit->id ? kit->id : kit->address;
}

double kit_interval_s(const struct kit_config *kit, enum endpoint endpoint)
{
	const double interval_s[ENDPOINT_INTERVAL_COUNT] = {
		[ENDPOINT_POLL_INTERVAL] = kit->poll_interval_s,
		[ENDPOINT_STATUS_INTERVAL] = kit->status_interval_s,
		[ENDPOINT_CONFIG_INTERVAL] = KIT_CONFIG_INTERVAL_S,
	};

	return interval_s[endpoint_table[endpoint].interval];
}

double kit_requests_per_minute(const struct kit_config *kit)
{
	double sum = 0;

	for (unsigned i = 0; i < ENDPOINT_COUNT; i++)
		sum += 60 / kit_interval_s(kit, (enum endpoint)i);
	return sum;
}

bool text_list_add(struct text_list *texts, char *text)
{
	char **items = text ? realloc(texts->items, (texts->count + 1) * sizeof(*items)) : NULL;

	if (!items) {
		free(text);
		return false;
	}
	texts->items = items;
	texts->items[texts->count++] = text;
	return true;
}

bool text_list_contains(const struct text_list *texts, const char *text)
{
	for (size_t i = 0; i < texts->count; i++) {
		if (strcmp(texts->items[i], text) == 0)
			return true;
	}
	return false;
}

void kit_format(struct buffer *out, const struct kit_config *kit, const char *id, bool enabled)
{
	json_open(out, "kit");
	json_text(out, "kit_id", span_of(id));
	json_text(out, "name", span_of(kit->name));
	json_text(out, "location", span_of(kit->location));
	json_text(out, "api_url", span_of(kit->api_url));
	json_bool(out, "enabled", enabled);
	json_text(out, "source", span_of(kit_input_names[kit->input]));
	buffer_add_text(out, ",\"tags\":[");
	for (size_t i = 0; i < kit->tags.count; i++) {
		if (i)
			buffer_add_char(out, ',');
		json_put_text(out, span_of(kit->tags.items[i]));
	}
	buffer_add_char(out, ']');
	json_close(out);
}
