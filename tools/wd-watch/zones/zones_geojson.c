#include "tools/wd-watch/zones/zones_geojson.h"

#include "common/lines/json.h"

static void put_zone(struct buffer *out, const struct zone *zone)
{
	struct buffer geometry = {0};

	buffer_add_text(out, "{\"type\":\"Feature\",\"properties\":{\"name\":");
	json_put_text(out, span_of(zone->name));
	json_number(out, "floor_m", zone->floor_m);
	json_number(out, "ceiling_m", zone->ceiling_m);
	json_text(out, "above", span_of(zone_datum_names[zone->datum]));
	buffer_add_text(out, "},\"geometry\":");
	if (zone_put_geometry(&geometry, zone))
		buffer_add_span(out, buffer_span(&geometry));
	else
		buffer_add_text(out, "null");
	buffer_add_char(out, '}');
	buffer_release(&geometry);
}

static void put_known(struct buffer *out, const struct rules *rules, const struct known *known)
{
	buffer_add_text(out, "{\"tag\":");
	json_put_text(out, span_of(known->tag));
	json_text(out, "key", span_of(rules->keys.names[known->key]));
	json_text(out, "pattern", span_of(known->pattern));
	buffer_add_char(out, '}');
}

void zones_geojson(struct buffer *out, const struct rules *rules)
{
	json_open(out, "FeatureCollection");
	buffer_add_text(out, ",\"features\":[");
	for (size_t i = 0; i < rules->zones.count; i++) {
		buffer_add_text(out, i ? ",\n" : "\n");
		put_zone(out, &rules->zones.items[i]);
	}
	buffer_add_text(out, "],\n\"known\":[");
	for (size_t i = 0; i < rules->known_count; i++) {
		if (i)
			buffer_add_char(out, ',');
		put_known(out, rules, &rules->known[i]);
	}
	buffer_add_char(out, ']');
	json_close(out);
}
