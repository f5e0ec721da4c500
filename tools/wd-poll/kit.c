/* A kit as it is configured: what to ask it, how often, and as whom. */
#include "tools/wd-poll/kit.h"

#include "common/array.h"
#include "common/json.h"
#include "common/record.h"

#include <stdlib.h>

static const size_t text_fields[] = {
	offsetof(struct kit, id),
	offsetof(struct kit, name),
	offsetof(struct kit, location),
	offsetof(struct kit, api_url),
	offsetof(struct kit, address),
	offsetof(struct kit, bearer_token),
	offsetof(struct kit, username),
	offsetof(struct kit, password),
	offsetof(struct kit, ca_file),
	offsetof(struct kit, client_cert),
	offsetof(struct kit, client_key),
};

static char **text_field(const struct kit *kit, size_t i)
{
	return (char **)((char *)(uintptr_t)kit + text_fields[i]);
}

static void texts_release(struct texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		free(texts->items[i]);
	free(texts->items);
	*texts = (struct texts){0};
}

void kit_release(struct kit *kit)
{
	for (size_t i = 0; i < ARRAY_SIZE(text_fields); i++)
		free(*text_field(kit, i));
	texts_release(&kit->tags);
	texts_release(&kit->headers);
	*kit = (struct kit){0};
}

const char *kit_id_wrong(const char *text)
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

static bool text_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool texts_same(const struct texts *a, const struct texts *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (strcmp(a->items[i], b->items[i]) != 0)
			return false;
	}
	return true;
}

bool kit_same(const struct kit *a, const struct kit *b)
{
	for (size_t i = 0; i < ARRAY_SIZE(text_fields); i++) {
		if (!text_same(*text_field(a, i), *text_field(b, i)))
			return false;
	}
	return a->enabled == b->enabled && texts_same(&a->tags, &b->tags) &&
	       texts_same(&a->headers, &b->headers) && a->poll_interval_s == b->poll_interval_s &&
	       a->status_interval_s == b->status_interval_s && a->timeout_s == b->timeout_s &&
	       a->rate_limit == b->rate_limit && a->max_retries == b->max_retries &&
	       a->base_delay_s == b->base_delay_s && a->max_delay_s == b->max_delay_s &&
	       a->backoff_multiplier == b->backoff_multiplier;
}

const char *kit_label(const struct kit *kit)
{
	return kit->id ? kit->id : kit->address;
}

double kit_interval_s(const struct kit *kit, enum endpoint endpoint)
{
	switch (endpoint_table[endpoint].interval) {
	case ENDPOINT_POLL_INTERVAL:
		return kit->poll_interval_s;
	case ENDPOINT_STATUS_INTERVAL:
		break;
	}
	return kit->status_interval_s;
}

double kit_requests_per_minute(const struct kit *kit)
{
	double sum = 0;

	for (unsigned i = 0; i < ENDPOINT_COUNT; i++)
		sum += 60 / kit_interval_s(kit, (enum endpoint)i);
	return sum;
}

bool texts_add(struct texts *texts, char *text)
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

bool texts_contain(const struct texts *texts, const char *text)
{
	for (size_t i = 0; i < texts->count; i++) {
		if (strcmp(texts->items[i], text) == 0)
			return true;
	}
	return false;
}

void kit_put_line(struct buffer *out, const struct kit *kit, const char *id)
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
