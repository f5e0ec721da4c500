/* A kit as it is configured: where it is, how often it is polled, and with which credentials. */
#include "tools/wd-poll/config/kit.h"

#include "common/array.h"
#include "common/json.h"
#include "common/record.h"

#include <stdlib.h>

const char kit_out_of_memory[] = "out of memory";

static const size_t text_fields[] = {
	offsetof(struct poll_kit, id),
	offsetof(struct poll_kit, name),
	offsetof(struct poll_kit, location),
	offsetof(struct poll_kit, api_url),
	offsetof(struct poll_kit, address),
	offsetof(struct poll_kit, bearer_token),
	offsetof(struct poll_kit, username),
	offsetof(struct poll_kit, password),
	offsetof(struct poll_kit, ca_file),
	offsetof(struct poll_kit, client_cert),
	offsetof(struct poll_kit, client_key),
};

static char **text_field(const struct poll_kit *kit, size_t i)
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

void kit_release(struct poll_kit *kit)
{
	for (size_t i = 0; i < ARRAY_SIZE(text_fields); i++)
		free(*text_field(kit, i));
	text_list_release(&kit->tags);
	text_list_release(&kit->headers);
	free(kit->file);
	*kit = (struct poll_kit){0};
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

bool kit_equals(const struct poll_kit *a, const struct poll_kit *b)
{
	for (size_t i = 0; i < ARRAY_SIZE(text_fields); i++) {
		if (!text_equals(*text_field(a, i), *text_field(b, i)))
			return false;
	}
	return a->enabled == b->enabled && text_list_equals(&a->tags, &b->tags) &&
	       text_list_equals(&a->headers, &b->headers) &&
	       a->poll_interval_s == b->poll_interval_s &&
	       a->status_interval_s == b->status_interval_s && a->timeout_s == b->timeout_s &&
	       a->rate_limit == b->rate_limit && a->max_retries == b->max_retries &&
	       a->base_delay_s == b->base_delay_s && a->max_delay_s == b->max_delay_s &&
	       a->backoff_multiplier == b->backoff_multiplier;
}

const char *kit_label(const struct poll_kit *kit)
{
	return kit->id ? kit->id : kit->address;
}

double kit_interval_s(const struct poll_kit *kit, enum endpoint endpoint)
{
	switch (endpoint_table[endpoint].interval) {
	case ENDPOINT_POLL_INTERVAL:
		return kit->poll_interval_s;
	case ENDPOINT_STATUS_INTERVAL:
		break;
	}
	return kit->status_interval_s;
}

double kit_requests_per_minute(const struct poll_kit *kit)
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

void kit_format(struct buffer *out, const struct poll_kit *kit, const char *id)
{
	json_open(out, "kit");
	json_text(out, "kit_id", span_of(id));
	json_text(out, "name", span_of(kit->name));
	json_text(out, "location", span_of(kit->location));
	json_text(out, "api_url", span_of(kit->api_url));
	json_bool(out, "enabled", kit->enabled);
	buffer_add_text(out, ",\"tags\":[");
	for (size_t i = 0; i < kit->tags.count; i++) {
		if (i)
			buffer_add_char(out, ',');
		json_put_text(out, span_of(kit->tags.items[i]));
	}
	buffer_add_char(out, ']');
	json_close(out);
}
