#include "tools/wd-sim/fault.h"

#include "common/base/array.h"
#include "tools/wd-sim/rng.h"

#include <stdlib.h>

#define LARGE_BYTES ((size_t)10 << 20)
#define DEEP        1000

static void truncate_document(struct buffer *document)
{
	document->length /= 2;
}

/* Well-formed, but longer than a client should accept. */
static void enlarge(struct buffer *document)
{
	char *at = buffer_reserve(document, LARGE_BYTES);

	if (!at)
		return;
	memset(at, ' ', LARGE_BYTES);
	document->length += LARGE_BYTES;
}

static void nest(struct buffer *document)
{
	document->length = 0;
	for (int i = 0; i < DEEP; i++)
		buffer_add_text(document, "{\"drones\":[");
	for (int i = 0; i < DEEP; i++)
		buffer_add_text(document, "]}");
}

/* Error bodies are worded as DragonSync words them. */
static const struct fault_case cases[] = {
	{"close"},
	{"http-404", .http_status = 404, .body = ""},
	{"http-500", .http_status = 500, .body = "{\"error\": \"drones unavailable\"}"},
	{"http-503", .http_status = 503, .body = "{\"error\": \"drone manager unavailable\"}"},
	{"busy", 503, "Retry-After", "7", "{\"error\": \"busy\"}"},
	{"rate-limited", 429, "Retry-After", "60", "{\"error\": \"rate limit exceeded\"}"},
	{"redirect", 302, "Location", "http://127.0.0.1:1/drones", ""},
	{"empty", .http_status = 200, .body = ""},
	{"not-json", .http_status = 200, .body = "<html><body>Please log in</body></html>\n"},
	{"wrong-type", .http_status = 200, .body = "42"},
	{"cut", .http_status = 200, .corrupt = truncate_document},
	{"large", .http_status = 200, .corrupt = enlarge},
	{"deep", .http_status = 200, .corrupt = nest},
	{"nan", .http_status = 200, .key = "\"alt\":", .value = "NaN"},
	{"infinity", .http_status = 200, .key = "\"alt\":", .value = "-Infinity"},
	{"huge-number", .http_status = 200, .key = "\"alt\":", .value = "1e999"},
	{"long-number", .http_status = 200,
		.key = "\"alt\":", .value = "1234567890123456789012345678901234567890"},
	{"duplicate-keys", .http_status = 200, .key = "\"lat\":", .value = "1,\"lat\":2"},
	{"bad-utf8", .http_status = 200, .key = "\"description\":", .value = "\"\xff\xc3(\""},
	{"surrogate", .http_status = 200, .key = "\"description\":", .value = "\"\\ud800\""},
	{"nul", .http_status = 200, .key = "\"description\":", .value = "\"a\\u0000b\""},
	{"control", .http_status = 200, .key = "\"description\":",
		.value = "\"\\u001b[2J\\u009b31m\\u202e\\r\\nforged line\""},
};

bool fault_parse(const char *text, struct fault *fault)
{
	const char *colon = strchr(text, ':');
	struct span name = {text, colon ? (size_t)(colon - text) : strlen(text)};
	char *end;

	*fault = (struct fault){.probability = strtod(colon ? colon + 1 : "1", &end)};
	for (size_t i = 0; i < ARRAY_SIZE(cases) && !fault->kind; i++) {
		if (span_equals(name, cases[i].name))
			fault->kind = &cases[i];
	}
	return fault->kind && *end == '\0' && !(colon && end == colon + 1) &&
	       fault->probability >= 0 && fault->probability <= 1;
}

const struct fault_case *fault_draw(
	const struct fault *faults, size_t count, uint64_t seed, uint64_t request)
{
	struct rng rng = {seed};

	rng_mix(&rng, request);
	for (size_t i = 0; i < count; i++) {
		if (rng_between(&rng, 0, 1) < faults[i].probability)
			return faults[i].kind;
	}
	return NULL;
}

/* `"alt":12` becomes `"alt":VALUE,"was":12`. */
static void replace_values(struct buffer *document, const char *key, const char *value)
{
	struct buffer changed = {0};
	const char *at, *found;

	buffer_add_char(document, '\0');
	if (document->failed)
		return;
	at = document->data;
	while ((found = strstr(at, key))) {
		buffer_add(&changed, at, (size_t)(found - at) + strlen(key));
		buffer_add_text(&changed, value);
		buffer_add_text(&changed, ",\"was\":");
		at = found + strlen(key);
	}
	buffer_add_text(&changed, at);
	buffer_release(document);
	*document = changed;
}

void fault_apply(const struct fault_case *fault, struct buffer *document)
{
	if (fault->key) {
		replace_values(document, fault->key, fault->value);
	} else if (fault->corrupt) {
		fault->corrupt(document);
	} else {
		document->length = 0;
		buffer_add_text(document, fault->body);
	}
}
