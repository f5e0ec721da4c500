#include "tools/wd-watch/zones/geojson.h"

#include "common/base/xalloc.h"
#include "common/scan/scan.h"

#include <math.h>
#include <stdlib.h>

enum {
	NAME_SIZE = 129
};

enum geojson_key {
	GEOJSON_TYPE,
	GEOJSON_FEATURES,
	GEOJSON_GEOMETRY,
	GEOJSON_PROPERTIES,
	GEOJSON_COORDINATES,
	GEOJSON_NAME,
	GEOJSON_FLOOR,
	GEOJSON_CEILING,
	GEOJSON_ABOVE,
	GEOJSON_KEY_COUNT
};

static const char *const key_names[GEOJSON_KEY_COUNT] = {
	[GEOJSON_TYPE] = "type",
	[GEOJSON_FEATURES] = "features",
	[GEOJSON_GEOMETRY] = "geometry",
	[GEOJSON_PROPERTIES] = "properties",
	[GEOJSON_COORDINATES] = "coordinates",
	[GEOJSON_NAME] = "name",
	[GEOJSON_FLOOR] = "floor_m",
	[GEOJSON_CEILING] = "ceiling_m",
	[GEOJSON_ABOVE] = "above",
};

static struct scan_keys keys;

/* A position is [longitude, latitude], perhaps with an altitude, which is ignored. */
static bool read_position(struct span item, struct position *position)
{
	struct span rest = item, value;

	if (scan_kind(item) != SCAN_ARRAY)
		return false;
	rest = scan_items(item);
	return scan_next(&rest, &value) && scan_number(value, &position->lon) &&
	       scan_next(&rest, &value) && scan_number(value, &position->lat) &&
	       fabs(position->lat) <= 90 && fabs(position->lon) <= 180;
}

static bool read_ring(struct span item, struct zone_ring *ring)
{
	if (scan_kind(item) != SCAN_ARRAY)
		return false;
	struct span rest = scan_items(item), value;
	size_t room = 0;
	while (scan_next(&rest, &value)) {
		if (ring->count == room) {
			room = room ? 2 * room : 64;
			ring->positions =
				xrealloc(ring->positions, room * sizeof(*ring->positions));
		}
		if (!read_position(value, &ring->positions[ring->count]))
			return false;
		ring->count++;
	}
	return ring->count > 0;
}

static void free_rings(struct zone_ring *rings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(rings[i].positions);
	free(rings);
}

static const char *read_polygon(struct span coordinates, struct zone *zone)
{
	struct zone_ring *rings = NULL;
	const char *wrong = NULL;
	size_t count = 0;

	if (scan_kind(coordinates) != SCAN_ARRAY)
		return "a polygon without coordinates";
	struct span rest = scan_items(coordinates), item;
	while (!wrong && scan_next(&rest, &item)) {
		rings = xrealloc(rings, (count + 1) * sizeof(*rings));
		rings[count] = (struct zone_ring){0};
		if (!read_ring(item, &rings[count++]))
			wrong = "a position that is not [longitude, latitude] in degrees";
	}
	if (!wrong)
		wrong = count ? zone_add_polygon(zone, rings, count) : "a polygon without rings";
	free_rings(rings, count);
	return wrong;
}

static const char *read_geometry(struct span geometry, struct zone *zone)
{
	struct scan_member members[GEOJSON_KEY_COUNT];

	scan_members(geometry, &keys, members);
	struct span coordinates = members[GEOJSON_COORDINATES].value;
	if (scan_text_is(members[GEOJSON_TYPE].value, "Polygon"))
		return read_polygon(coordinates, zone);
	if (!scan_text_is(members[GEOJSON_TYPE].value, "MultiPolygon"))
		return "not a Polygon or MultiPolygon";
	if (scan_kind(coordinates) != SCAN_ARRAY)
		return "a polygon without coordinates";
	struct span rest = scan_items(coordinates), item;
	const char *wrong = NULL;
	while (!wrong && scan_next(&rest, &item))
		wrong = read_polygon(item, zone);
	return wrong ? wrong : zone->shape ? NULL : "a MultiPolygon without polygons";
}

static const char *read_limit(struct span value, double *limit_m)
{
	return scan_kind(value) == SCAN_NULL || scan_number(value, limit_m)
		       ? NULL
		       : "floor_m and ceiling_m are numbers";
}

static const char *read_datum(struct span value, enum zone_datum *datum)
{
	for (size_t i = 0; i < ZONE_DATUM_COUNT; i++) {
		if (scan_text_is(value, zone_datum_names[i])) {
			*datum = (enum zone_datum)i;
			return NULL;
		}
	}
	return scan_kind(value) == SCAN_NULL || !value.data ? NULL : "above is sea, kit or takeoff";
}

static const char *read_feature(struct span feature, struct zones *zones)
{
	struct scan_member members[GEOJSON_KEY_COUNT], properties[GEOJSON_KEY_COUNT];
	char name[NAME_SIZE];

	scan_members(feature, &keys, members);
	if (!scan_text_is(members[GEOJSON_TYPE].value, "Feature"))
		return "not a Feature";
	scan_members(members[GEOJSON_PROPERTIES].value, &keys, properties);
	if (!scan_text(properties[GEOJSON_NAME].value, name, sizeof(name)))
		return "a feature without a property \"name\"";
	if (zones_find(zones, name))
		return "a second zone of this name";
	struct zone *zone = zones_add(zones, name);
	const char *wrong = read_limit(properties[GEOJSON_FLOOR].value, &zone->floor_m);
	if (!wrong)
		wrong = read_limit(properties[GEOJSON_CEILING].value, &zone->ceiling_m);
	if (!wrong)
		wrong = read_datum(properties[GEOJSON_ABOVE].value, &zone->datum);
	return wrong ? wrong : read_geometry(members[GEOJSON_GEOMETRY].value, zone);
}

const char *geojson_read(struct span text, struct zones *zones, size_t *feature)
{
	struct scan_member members[GEOJSON_KEY_COUNT];
	struct scan_error error;

	*feature = 1;
	if (!keys.count)
		scan_keys_init(&keys, key_names, GEOJSON_KEY_COUNT);
	if (!scan_object(text, &keys, members, &error))
		return "not a JSON object";
	if (!scan_text_is(members[GEOJSON_TYPE].value, "FeatureCollection"))
		return read_feature(text, zones);
	struct span features = members[GEOJSON_FEATURES].value, item;
	if (scan_kind(features) != SCAN_ARRAY)
		return "a FeatureCollection without features";
	struct span rest = scan_items(features);
	const char *wrong = NULL;
	for (*feature = 0; !wrong && scan_next(&rest, &item);) {
		++*feature;
		wrong = read_feature(item, zones);
	}
	return wrong;
}
