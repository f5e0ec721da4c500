/* Zones: circles and polygons with a floor and a ceiling, and which of them a position is in.
 *
 * A polygon's edges are straight lines in longitude and latitude, as in GeoJSON (RFC 7946, 3.1.1).
 * Polygons are kept in metres: latitude times METRES_PER_DEGREE, longitude times that and the
 * cosine of the zone's middle latitude. This moves no edge, and distances to a polygon's border are
 * exact to 1 % for zones of up to 100 km below 70 degrees of latitude. Distances to a circle are
 * haversine. */
#ifndef WD_WATCH_ZONE_H
#define WD_WATCH_ZONE_H

#include "common/base/buffer.h"
#include "common/map/geodesy.h"

#include <stddef.h>
#include <stdint.h>

/* What a floor and a ceiling are measured from. */
enum zone_datum {
	ZONE_ABOVE_SEA,     /* the record's `alt` */
	ZONE_ABOVE_KIT,     /* `alt` minus the altitude of the kit that received it */
	ZONE_ABOVE_TAKEOFF, /* the record's `height` */
	ZONE_DATUM_COUNT,
};

extern const char *const zone_datum_names[ZONE_DATUM_COUNT]; /* "sea" */

struct zone_shape; /* a polygon; GEOS holds it */

struct zone {
	char *name;               /* owned; unique among the zones of a file */
	struct zone_shape *shape; /* owned; NULL: a circle */
	struct position center;   /* of the circle, or of the polygon's bounding box */
	double radius_m;          /* of the circle */
	enum zone_datum datum;
	double floor_m, ceiling_m; /* -INFINITY and INFINITY: no limit */
	uint64_t digest;           /* of its definition */
	unsigned line;             /* where the rules file defines it */
};

/* All zones, with an index of where they are. Zero-initialise. */
struct zones {
	struct zone *items;
	size_t count, capacity;
	struct zone_index *index; /* made by zones_index() */
};

void zones_release(struct zones *zones);

/* Append an empty zone without floor and ceiling, named `name` (copied). The pointer is valid
 * until the next zones_add(). */
struct zone *zones_add(struct zones *zones, const char *name);

struct zone *zones_find(const struct zones *zones, const char *name);

/* One ring of a polygon: `count` positions, the first repeated at the end or not. */
struct zone_ring {
	struct position *positions;
	size_t count;
};

/* Add a polygon to the zone (several make a multipolygon): rings[0] is its border, the others are
 * its holes. An edge that spans more than 180 degrees of longitude crosses the antimeridian.
 * Return NULL, or what is wrong with it: a static text. */
const char *zone_add_polygon(struct zone *zone, const struct zone_ring *rings, size_t count);

/* Append the outline as a GeoJSON geometry, cut at the antimeridian (RFC 7946, 3.1.9); a circle as
 * a polygon. Return false if there is none: a circle around a pole. */
bool zone_put_geometry(struct buffer *out, const struct zone *zone);

/* Build the index over all zones; `margin_m` is the largest distance outside of a zone that
 * zones_visit() has to report. Call it once, after the last zone_add_polygon(). */
void zones_index(struct zones *zones, double margin_m);

/* Call `visit` for each zone whose bounding box, widened by the margin, contains the position, in
 * the order of the file. */
void zones_visit(const struct zones *zones, struct position position,
	void (*visit)(void *self, size_t zone), void *self);

/* How far the position lies outside of the zone's outline, in metres; 0: inside or on the border.
 * Floor and ceiling are not looked at. */
double zone_outside_m(const struct zone *zone, struct position position);

/* The distance to the zone's center, in metres. */
double zone_center_distance_m(const struct zone *zone, struct position position);

#endif
