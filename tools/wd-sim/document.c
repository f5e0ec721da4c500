#include "tools/wd-sim/document.h"

#include <stdlib.h>

/* Parse an optional "/kit-K" (K from 1) and return the rest of the path; without it the path
 * belongs to the only kit. */
static const char *skip_kit(const char *path, unsigned kits, unsigned *kit)
{
	static const char prefix[] = "/kit-";
	char *end;
	unsigned long number;

	*kit = 1;
	if (strncmp(path, prefix, sizeof(prefix) - 1) != 0)
		return kits == 1 ? path : NULL;
	path += sizeof(prefix) - 1;
	number = strtoul(path, &end, 10);
	if (*path < '1' || *path > '9' || number > kits)
		return NULL;
	*kit = (unsigned)number;
	return end;
}

bool document_find(const char *path, unsigned kits, unsigned *kit, enum endpoint *endpoint)
{
	const char *rest = skip_kit(path, kits, kit);

	if (!rest || *rest != '/')
		return false;
	for (unsigned i = 0; i < ENDPOINT_COUNT; i++) {
		if (strncmp(rest + 1, endpoint_name(i), strlen(endpoint_name(i))) == 0) {
			*endpoint = i;
			return true;
		}
	}
	return false;
}

typedef enum template_name sample_fn(const struct world *world, unsigned kit, unsigned index,
	clock_us now, struct sample *sample);

static void put_items(struct buffer *out, const struct world *world, unsigned kit, clock_us now,
	unsigned count, sample_fn *take_sample, bool *first)
{
	struct sample sample;

	for (unsigned i = 0; i < count; i++) {
		if (!*first)
			buffer_add_char(out, ',');
		*first = false;
		enum template_name name = take_sample(world, kit, i, now, &sample);
		template_put(out, FORM_HTTP, name, &sample);
	}
}

void document_put(struct buffer *out, const struct world *world, unsigned kit,
	enum endpoint endpoint, clock_us now)
{
	bool first = true;
	struct sample sample;

	switch (endpoint) {
	case ENDPOINT_DRONES:
		buffer_add_text(out, "{\"drones\":[");
		put_items(out, world, kit, now, world->drones, world_drone, &first);
		put_items(out, world, kit, now, world->aircraft, world_aircraft, &first);
		buffer_add_text(out, "]}");
		break;
	case ENDPOINT_SIGNALS:
		buffer_add_text(out, "{\"signals\":[");
		put_items(out, world, kit, now, world->signals, world_signal, &first);
		buffer_add_text(out, "]}");
		break;
	case ENDPOINT_CONFIG:
		template_put(out, FORM_HTTP, world_config(world, &sample), &sample);
		break;
	default:
		template_put(out, FORM_HTTP, world_status(world, kit, now, &sample), &sample);
	}
}

void document_put_config(struct buffer *out, unsigned kits, unsigned port)
{
	buffer_add_text(out, "# Simulated kits, written by wd-sim.\nkits:\n");
	for (unsigned kit = 1; kit <= kits; kit++) {
		buffer_printf(out,
			"  - id: sim-%u\n    name: \"Simulated kit %u\"\n"
			"    api_url: \"http://127.0.0.1:%u/kit-%u\"\n"
			"    location: \"Simulator\"\n    enabled: true\n",
			kit, kit, port, kit);
	}
}
