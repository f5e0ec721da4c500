/* The zones of a rules file. */
#include "common/base/array.h"
#include "common/base/hash.h"
#include "common/base/xalloc.h"
#include "common/file/read_file.h"
#include "tools/wd-watch/rules/rules_read.h"
#include "tools/wd-watch/zones/geojson.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

/* [latitude, longitude] */
static bool read_position(
	struct rules_file *file, const yaml_node_t *node, struct position *position)
{
	return rules_item_count(node) == 2 &&
	       rules_number(rules_item(file, node, 0), &position->lat) &&
	       rules_number(rules_item(file, node, 1), &position->lon) &&
	       fabs(position->lat) <= 90 && fabs(position->lon) <= 180;
}

static int read_ring(struct rules_file *file, const yaml_node_t *node, struct zone_ring *ring)
{
	ring->count = rules_item_count(node);
	if (!ring->count)
		return rules_fail(file, node, "expected a list of [latitude, longitude]");
	ring->positions = xcalloc(ring->count, sizeof(*ring->positions));
	for (size_t i = 0; i < ring->count; i++) {
		const yaml_node_t *item = rules_item(file, node, i);
		if (!read_position(file, item, &ring->positions[i]))
			return rules_fail(file, item, "expected [latitude, longitude] in degrees");
	}
	return 0;
}

static int read_polygon(struct rules_file *file)
{
	size_t holes = file->holes ? rules_item_count(file->holes) : 0;
	struct zone_ring *rings = xcalloc(holes + 1, sizeof(*rings));
	int status = read_ring(file, file->polygon, &rings[0]);

	for (size_t i = 0; !status && i < holes; i++)
		status = read_ring(file, rules_item(file, file->holes, i), &rings[i + 1]);
	if (!status) {
		const char *wrong = zone_add_polygon(file->zone, rings, holes + 1);
		if (wrong)
			status = rules_fail(file, file->polygon, wrong);
	}
	for (size_t i = 0; i <= holes; i++)
		free(rings[i].positions);
	free(rings);
	return status;
}

static int read_circle(struct rules_file *file)
{
	if (!read_position(file, file->circle, &file->zone->center))
		return rules_fail(file, file->circle, "expected [latitude, longitude] in degrees");
	if (!file->radius || !rules_number(file->radius, &file->zone->radius_m) ||
		!(file->zone->radius_m > 0 && file->zone->radius_m <= 5e6))
		return rules_fail(file, file->radius ? file->radius : file->circle,
			"a circle needs a radius_m, above 0 and up to 5000000");
	return 0;
}

static int read_datum(struct rules_file *file, const yaml_node_t *value)
{
	const char *text = yaml_text(value);

	for (size_t i = 0; text && i < ZONE_DATUM_COUNT; i++) {
		if (strcmp(text, zone_datum_names[i]) == 0) {
			file->zone->datum = (enum zone_datum)i;
			return 0;
		}
	}
	return rules_fail(file, value, "expected sea, kit or takeoff");
}

static int read_limit(struct rules_file *file, const yaml_node_t *value, double *limit_m)
{
	return rules_number(value, limit_m)
		       ? 0
		       : rules_fail(file, value, "expected a number of metres");
}

static int read_zone_key(
	struct yaml_file *yaml, void *self, const yaml_node_t *key, const yaml_node_t *value)
{
	struct rules_file *file = self;
	const struct {
		const char *name;
		const yaml_node_t **node;
	} nodes[] = {{"polygon", &file->polygon}, {"holes", &file->holes},
		{"circle", &file->circle}, {"radius_m", &file->radius}};
	const char *name = yaml_text(key);

	(void)yaml;
	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++) {
		if (strcmp(nodes[i].name, name) == 0) {
			*nodes[i].node = value;
			return 0;
		}
	}
	if (strcmp(name, "name") == 0)
		return 0; /* read before the others */
	if (strcmp(name, "floor_m") == 0)
		return read_limit(file, value, &file->zone->floor_m);
	if (strcmp(name, "ceiling_m") == 0)
		return read_limit(file, value, &file->zone->ceiling_m);
	if (strcmp(name, "above") == 0)
		return read_datum(file, value);
	return rules_fail(file, key, "unknown key of a zone");
}

static const yaml_node_t *member(
	struct rules_file *file, const yaml_node_t *node, const char *wanted)
{
	if (node->type != YAML_MAPPING_NODE)
		return NULL;
	for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
		pair < node->data.mapping.pairs.top; pair++) {
		yaml_node_t *key = yaml_document_get_node(&file->yaml.document, pair->key);
		const char *name = yaml_text(key);
		if (name && strcmp(name, wanted) == 0)
			return yaml_document_get_node(&file->yaml.document, pair->value);
	}
	return NULL;
}

/* `name` is relative to the rules file. */
static bool path_of(const struct rules_file *file, const char *name, char path[PATH_MAX])
{
	const char *slash = strrchr(file->yaml.name, '/');
	int folder = *name == '/' || !slash ? 0 : (int)(slash + 1 - file->yaml.name);

	return snprintf(path, PATH_MAX, "%.*s%s", folder, file->yaml.name, name) < PATH_MAX;
}

static int parse_geojson(struct rules_file *file, const yaml_node_t *node, struct span text)
{
	size_t first = file->rules->zones.count, feature;
	const char *wrong = geojson_read(text, &file->rules->zones, &feature);
	char message[256];

	if (wrong) {
		snprintf(message, sizeof(message), "GeoJSON feature %zu: %s", feature, wrong);
		return rules_fail(file, node, message);
	}
	uint64_t digest = hash_bytes(HASH_START, text.data, text.length);
	for (size_t i = first; i < file->rules->zones.count; i++) {
		file->rules->zones.items[i].line = yaml_line(node);
		file->rules->zones.items[i].digest = digest;
	}
	return 0;
}

static int read_geojson(struct rules_file *file, const yaml_node_t *node)
{
	struct buffer content = {0};
	const char *name = yaml_text(node);
	char path[PATH_MAX];
	bool exists = false;

	if (!name || !path_of(file, name, path))
		return rules_fail(file, node, "expected the name of a file");
	int status = read_file(path, &content, NULL, &exists);
	if (!status && !exists)
		status = rules_fail(file, node, "no such GeoJSON file");
	else if (!status)
		status = parse_geojson(file, node, buffer_span(&content));
	buffer_release(&content);
	return status ? EX_CONFIG : 0;
}

static int read_shape(struct rules_file *file, const yaml_node_t *node)
{
	if (!file->polygon == !file->circle)
		return rules_fail(file, node, "a zone is either a circle or a polygon");
	if (file->circle && file->holes)
		return rules_fail(file, file->holes, "a circle has no holes");
	if (file->zone->floor_m > file->zone->ceiling_m)
		return rules_fail(file, node, "floor_m is above ceiling_m");
	return file->circle ? read_circle(file) : read_polygon(file);
}

int rules_read_zone(struct rules_file *file, const yaml_node_t *node)
{
	const yaml_node_t *geojson = member(file, node, "geojson");
	const yaml_node_t *name = member(file, node, "name");

	if (geojson)
		return read_geojson(file, geojson);
	if (!name || !yaml_text(name) || !*yaml_text(name))
		return rules_fail(file, node, "a zone without a name");
	if (zones_find(&file->rules->zones, yaml_text(name)))
		return rules_fail(file, name, "a second zone of this name");
	file->zone = zones_add(&file->rules->zones, yaml_text(name));
	file->zone->line = yaml_line(node);
	file->zone->digest = rules_digest(file, node, HASH_START);
	file->polygon = file->holes = file->circle = file->radius = NULL;
	int status = yaml_each(&file->yaml, node, "zone", read_zone_key, file);
	return status ? status : read_shape(file, node);
}
