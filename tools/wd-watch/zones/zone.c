#include "tools/wd-watch/zones/zone.h"

#include "common/base/xalloc.h"

#include <geos_c.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const zone_datum_names[ZONE_DATUM_COUNT] = {
	[ZONE_ABOVE_SEA] = "sea",
	[ZONE_ABOVE_KIT] = "kit",
	[ZONE_ABOVE_TAKEOFF] = "takeoff",
};

/* GEOS objects of one polygon or multipolygon. */
struct zone_shape {
	GEOSGeometry *degrees;  /* longitude may exceed 180, so that no part is cut there */
	GEOSGeometry *geometry; /* the same in metres, see zone.h */
	const GEOSPreparedGeometry *prepared;
	double lon_metres;               /* of one degree of longitude */
	double west, south, east, north; /* degrees, as in `degrees` */
};

enum {
	CIRCLE_CORNERS = 72
};

/* The smallest cosine of a latitude that lengths are divided by or scaled with: that of 89.4
 * degrees. */
#define COSINE_MIN 0.01

/* Two entries for a zone that crosses the antimeridian: one on each side. */
struct zone_index {
	GEOSSTRtree *tree;
	GEOSGeometry **boxes;
	size_t *zones; /* by box; what the tree's items point at */
	size_t count;
	size_t *found; /* the zones of the query that runs, in ascending order */
	size_t found_count;
};

/* One GEOS context for the process, made at the first use: errors are returned as NULL and need no
 * message of their own. */
static GEOSContextHandle_t geos(void)
{
	static GEOSContextHandle_t context;

	if (!context)
		context = GEOS_init_r();
	return context;
}

static void shape_free(struct zone_shape *shape)
{
	if (!shape)
		return;
	GEOSPreparedGeom_destroy_r(geos(), shape->prepared);
	GEOSGeom_destroy_r(geos(), shape->geometry);
	GEOSGeom_destroy_r(geos(), shape->degrees);
	free(shape);
}

static void index_free(struct zone_index *index)
{
	if (!index)
		return;
	GEOSSTRtree_destroy_r(geos(), index->tree);
	for (size_t i = 0; i < index->count; i++)
		GEOSGeom_destroy_r(geos(), index->boxes[i]);
	free(index->boxes);
	free(index->zones);
	free(index->found);
	free(index);
}

void zones_release(struct zones *zones)
{
	for (size_t i = 0; i < zones->count; i++) {
		free(zones->items[i].name);
		shape_free(zones->items[i].shape);
	}
	index_free(zones->index);
	free(zones->items);
	*zones = (struct zones){0};
}

struct zone *zones_add(struct zones *zones, const char *name)
{
	if (zones->count == zones->capacity) {
		zones->capacity = zones->capacity ? 2 * zones->capacity : 16;
		zones->items = xrealloc(zones->items, zones->capacity * sizeof(*zones->items));
	}
	struct zone *zone = &zones->items[zones->count++];
	*zone = (struct zone){.name = xstrdup(name), .floor_m = -INFINITY, .ceiling_m = INFINITY};
	return zone;
}

struct zone *zones_find(const struct zones *zones, const char *name)
{
	for (size_t i = 0; i < zones->count; i++) {
		if (strcmp(zones->items[i].name, name) == 0)
			return &zones->items[i];
	}
	return NULL;
}

/* --- polygons */

/* How far an edge goes from one longitude to another: the shorter way, so that it may cross the
 * antimeridian. An edge of exactly 360 degrees is the side of a polar cap. */
static double edge_degrees(double from, double to)
{
	double degrees = to - from;

	if (degrees > 180 && degrees < 360)
		return degrees - 360;
	if (degrees < -180 && degrees > -360)
		return degrees + 360;
	return degrees;
}

/* The longitude, turned by whole circles, that is nearest to another. */
static double lon_near(double lon, double near_lon)
{
	return lon - 360 * round((lon - near_lon) / 360);
}

static bool same_position(struct position a, struct position b)
{
	return a.lat == b.lat && a.lon == b.lon;
}

/* In degrees. The ring is closed if it is not. */
static GEOSGeometry *make_ring(const struct zone_ring *ring, double near_lon)
{
	size_t count = ring->count;

	if (count > 1 && same_position(ring->positions[0], ring->positions[count - 1]))
		count--;
	if (count < 3)
		return NULL;
	double previous = ring->positions[0].lon;
	double lon = lon_near(previous, near_lon);
	GEOSCoordSequence *sequence = GEOSCoordSeq_create_r(geos(), (unsigned)count + 1, 2);
	for (size_t i = 0; sequence && i <= count; i++) {
		struct position position = ring->positions[i % count];
		lon += edge_degrees(previous, position.lon);
		previous = position.lon;
		GEOSCoordSeq_setXY_r(geos(), sequence, (unsigned)i, lon, position.lat);
	}
	return sequence ? GEOSGeom_createLinearRing_r(geos(), sequence) : NULL;
}

static GEOSGeometry *make_polygon(const struct zone_ring *rings, size_t count, double near_lon)
{
	GEOSGeometry **made = xcalloc(count, sizeof(GEOSGeometry *));
	GEOSGeometry *polygon = NULL;
	size_t good = 0;

	while (good < count && (made[good] = make_ring(&rings[good], near_lon)))
		good++;
	if (good == count)
		polygon = GEOSGeom_createPolygon_r(geos(), made[0], made + 1, (unsigned)count - 1);
	for (size_t i = 0; !polygon && i < good; i++)
		GEOSGeom_destroy_r(geos(), made[i]);
	free(made);
	return polygon;
}

static int to_metres(double *x, double *y, void *lon_metres)
{
	*x *= *(double *)lon_metres;
	*y *= METRES_PER_DEGREE;
	return 1;
}

/* Take over `degrees`, a polygon or multipolygon, as the zone's shape. */
static bool set_shape(struct zone *zone, GEOSGeometry *degrees)
{
	struct zone_shape *shape = xcalloc(1, sizeof(*shape));

	shape->degrees = degrees;
	GEOSGeom_getXMin_r(geos(), degrees, &shape->west);
	GEOSGeom_getXMax_r(geos(), degrees, &shape->east);
	GEOSGeom_getYMin_r(geos(), degrees, &shape->south);
	GEOSGeom_getYMax_r(geos(), degrees, &shape->north);
	zone->center = (struct position){
		(shape->south + shape->north) / 2, (shape->west + shape->east) / 2};
	shape->lon_metres =
		METRES_PER_DEGREE * fmax(COSINE_MIN, cos(zone->center.lat * M_PI / 180));
	shape->geometry = GEOSGeom_transformXY_r(geos(), degrees, to_metres, &shape->lon_metres);
	if (shape->geometry)
		shape->prepared = GEOSPrepare_r(geos(), shape->geometry);
	shape_free(zone->shape);
	zone->shape = shape;
	return shape->prepared;
}

const char *zone_add_polygon(struct zone *zone, const struct zone_ring *rings, size_t count)
{
	double near_lon = zone->shape ? zone->shape->west : rings[0].positions[0].lon;
	GEOSGeometry *polygon = make_polygon(rings, count, near_lon);

	if (!polygon)
		return "a ring has fewer than three positions";
	if (GEOSisValid_r(geos(), polygon) != 1) {
		GEOSGeom_destroy_r(geos(), polygon);
		return "the polygon crosses itself or has a hole outside of its border";
	}
	if (zone->shape) {
		GEOSGeometry *both = GEOSUnion_r(geos(), zone->shape->degrees, polygon);
		GEOSGeom_destroy_r(geos(), polygon);
		polygon = both;
	}
	return polygon && set_shape(zone, polygon) ? NULL : "not a usable polygon";
}

/* --- GeoJSON */

static int turn_back(double *lon, double *lat, void *turns)
{
	(void)lat;
	*lon -= 360 * *(int *)turns;
	return 1;
}

/* The part of the outline that is so many turns around the earth, at its real longitude. */
static GEOSGeometry *part_of(const GEOSGeometry *degrees, int turns)
{
	double west = 360 * turns - 180;
	GEOSGeometry *part = GEOSClipByRect_r(geos(), degrees, west, -90, west + 360, 90);
	GEOSGeometry *turned =
		part ? GEOSGeom_transformXY_r(geos(), part, turn_back, &turns) : NULL;

	GEOSGeom_destroy_r(geos(), part);
	return turned;
}

/* All parts as one polygon or multipolygon; NULL if GEOS fails. */
static GEOSGeometry *cut_at_antimeridian(const GEOSGeometry *degrees)
{
	GEOSGeometry *all = NULL;

	for (int turns = -1; turns <= 1; turns++) {
		GEOSGeometry *part = part_of(degrees, turns);
		GEOSGeometry *both = all && part ? GEOSUnion_r(geos(), all, part) : NULL;
		if (all && both)
			GEOSGeom_destroy_r(geos(), all);
		if (part && all)
			GEOSGeom_destroy_r(geos(), part);
		all = both ? both : all ? all : part;
	}
	return all;
}

static bool put_geometry(struct buffer *out, const GEOSGeometry *degrees)
{
	GEOSGeometry *cut = cut_at_antimeridian(degrees);
	GEOSGeoJSONWriter *writer = GEOSGeoJSONWriter_create_r(geos());
	char *json = cut ? GEOSGeoJSONWriter_writeGeometry_r(geos(), writer, cut, -1) : NULL;

	if (json)
		buffer_add_text(out, json);
	GEOSFree_r(geos(), json);
	GEOSGeoJSONWriter_destroy_r(geos(), writer);
	GEOSGeom_destroy_r(geos(), cut);
	return json != NULL;
}

bool zone_put_geometry(struct buffer *out, const struct zone *zone)
{
	struct position corners[CIRCLE_CORNERS];
	struct zone_ring ring = {corners, CIRCLE_CORNERS};
	struct zone circle = {0};

	if (zone->shape)
		return put_geometry(out, zone->shape->degrees);
	for (size_t i = 0; i < CIRCLE_CORNERS; i++)
		corners[i] = geodesy_destination(
			zone->center, 360.0 * (double)i / CIRCLE_CORNERS, zone->radius_m);
	bool good =
		!zone_add_polygon(&circle, &ring, 1) && put_geometry(out, circle.shape->degrees);
	shape_free(circle.shape);
	return good;
}

/* --- the index */

struct box {
	double west, south, east, north;
};

/* The zone's bounding box in degrees, widened by `margin_m` in each direction. */
static struct box widened_box(const struct zone *zone, double margin_m)
{
	const struct zone_shape *shape = zone->shape;
	struct box box = {zone->center.lon, zone->center.lat, zone->center.lon, zone->center.lat};

	if (shape)
		box = (struct box){shape->west, shape->south, shape->east, shape->north};
	else
		margin_m += zone->radius_m;
	double lat_margin = margin_m / METRES_PER_DEGREE;
	double far_lat = fmin(90, fmax(fabs(box.south), fabs(box.north)) + lat_margin);
	double lon_margin = fmin(360, lat_margin / fmax(COSINE_MIN, cos(far_lat * M_PI / 180)));
	return (struct box){box.west - lon_margin, box.south - lat_margin, box.east + lon_margin,
		box.north + lat_margin};
}

static void insert(struct zone_index *index, size_t zone, struct box box)
{
	size_t i = index->count++;

	index->boxes[i] =
		GEOSGeom_createRectangle_r(geos(), box.west, box.south, box.east, box.north);
	index->zones[i] = zone;
	GEOSSTRtree_insert_r(geos(), index->tree, index->boxes[i], &index->zones[i]);
}

void zones_index(struct zones *zones, double margin_m)
{
	struct zone_index *index = xcalloc(1, sizeof(*index));
	size_t boxes_max = 3 * zones->count;

	zones->index = index;
	index->tree = GEOSSTRtree_create_r(geos(), 10);
	index->boxes = xcalloc(boxes_max + 1, sizeof(GEOSGeometry *));
	index->zones = xcalloc(boxes_max + 1, sizeof(size_t));
	index->found = xcalloc(boxes_max + 1, sizeof(size_t));
	for (size_t i = 0; i < zones->count; i++) {
		struct box box = widened_box(&zones->items[i], margin_m);
		insert(index, i, box);
		if (box.east > 180)
			insert(index, i,
				(struct box){box.west - 360, box.south, box.east - 360, box.north});
		if (box.west < -180)
			insert(index, i,
				(struct box){box.west + 360, box.south, box.east + 360, box.north});
	}
}

/* Keep `found` in ascending order and without repetition: two boxes may be of one zone. */
static void note_found(void *item, void *self)
{
	struct zone_index *index = self;
	size_t zone = *(size_t *)item, i = index->found_count;

	while (i > 0 && index->found[i - 1] > zone)
		i--;
	if (i > 0 && index->found[i - 1] == zone)
		return;
	memmove(&index->found[i + 1], &index->found[i],
		(index->found_count - i) * sizeof(*index->found));
	index->found[i] = zone;
	index->found_count++;
}

void zones_visit(const struct zones *zones, struct position position,
	void (*visit)(void *self, size_t zone), void *self)
{
	struct zone_index *index = zones->index;

	if (!zones->count)
		return;
	GEOSGeometry *point = GEOSGeom_createPointFromXY_r(geos(), position.lon, position.lat);
	index->found_count = 0;
	GEOSSTRtree_query_r(geos(), index->tree, point, note_found, index);
	GEOSGeom_destroy_r(geos(), point);
	for (size_t i = 0; i < index->found_count; i++)
		visit(self, index->found[i]);
}

/* --- distances */

static double outside_shape_m(const struct zone_shape *shape, struct position position)
{
	double x = lon_near(position.lon, (shape->west + shape->east) / 2) * shape->lon_metres;
	double y = position.lat * METRES_PER_DEGREE, distance_m = 0;
	GEOSGeometry *point = GEOSGeom_createPointFromXY_r(geos(), x, y);

	if (GEOSPreparedIntersects_r(geos(), shape->prepared, point) != 1)
		GEOSPreparedDistance_r(geos(), shape->prepared, point, &distance_m);
	GEOSGeom_destroy_r(geos(), point);
	return distance_m;
}

double zone_outside_m(const struct zone *zone, struct position position)
{
	if (zone->shape)
		return outside_shape_m(zone->shape, position);
	return fmax(0, zone_center_distance_m(zone, position) - zone->radius_m);
}

double zone_center_distance_m(const struct zone *zone, struct position position)
{
	return geodesy_distance_m(zone->center, position);
}
