/* Which positions are inside of which zones, and how far outside the others are. */
#include "tools/wd-watch/zones/zone.h"

#include "common/base/array.h"
#include "tests/unit/tap.h"

#include <math.h>

struct expected {
	struct position position;
	bool is_inside;
	const char *name;
};

static void add_ring(struct zone_ring *rings, size_t i, struct position *positions, size_t count)
{
	rings[i] = (struct zone_ring){positions, count};
}

static void check(const struct zone *zone, const struct expected *expected, size_t count)
{
	for (size_t i = 0; i < count; i++)
		ok((zone_outside_m(zone, expected[i].position) == 0) == expected[i].is_inside,
			expected[i].name);
}

static void polygon_with_hole(void)
{
	struct position border[] = {{50, 8}, {50, 9}, {51, 9}, {51, 8}};
	struct position hole[] = {{50.4, 8.4}, {50.4, 8.6}, {50.6, 8.6}, {50.6, 8.4}};
	static const struct expected expected[] = {
		{{50.2, 8.2}, true, "inside"},
		{{50.5, 8.5}, false, "in the hole"},
		{{50.4, 8.5}, true, "on the border of the hole"},
		{{50, 8.5}, true, "on the border"},
		{{49.9, 8.5}, false, "south of it"},
		{{50.5, 9.1}, false, "east of it"},
	};
	struct zone_ring rings[2];
	struct zones zones = {0};
	struct zone *zone = zones_add(&zones, "hole");

	add_ring(rings, 0, border, ARRAY_SIZE(border));
	add_ring(rings, 1, hole, ARRAY_SIZE(hole));
	ok(!zone_add_polygon(zone, rings, 2), "a polygon with a hole is accepted");
	check(zone, expected, ARRAY_SIZE(expected));
	double outside_m = zone_outside_m(zone, (struct position){49.99, 8.5});
	ok(fabs(outside_m - 1112) < 1, "0.01 degrees south are 1112 m");
	zones_release(&zones);
}

static void antimeridian(void)
{
	struct position across[] = {{-17, 179}, {-17, -179}, {-16, -179}, {-16, 179}};
	struct position west[] = {{10, 179}, {10, 180}, {11, 180}, {11, 179}};
	struct position east[] = {{10, -180}, {10, -179}, {11, -179}, {11, -180}};
	static const struct expected expected[] = {
		{{-16.5, 179.5}, true, "west of the antimeridian"},
		{{-16.5, -179.5}, true, "east of it"},
		{{-16.5, 180}, true, "on it"},
		{{-16.5, 178.5}, false, "too far west"},
		{{-16.5, -178.5}, false, "too far east"},
		{{-16.5, 0}, false, "on the other side of the earth"},
	};
	struct zone_ring ring;
	struct zones zones = {0};

	add_ring(&ring, 0, across, ARRAY_SIZE(across));
	struct zone *zone = zones_add(&zones, "across");
	ok(!zone_add_polygon(zone, &ring, 1), "a polygon across the antimeridian is accepted");
	check(zone, expected, ARRAY_SIZE(expected));

	zone = zones_add(&zones, "split");
	add_ring(&ring, 0, west, ARRAY_SIZE(west));
	ok(!zone_add_polygon(zone, &ring, 1), "the western half of a split polygon");
	add_ring(&ring, 0, east, ARRAY_SIZE(east));
	ok(!zone_add_polygon(zone, &ring, 1), "its eastern half");
	ok(zone_outside_m(zone, (struct position){10.5, 179.999}) == 0 &&
			zone_outside_m(zone, (struct position){10.5, -179.999}) == 0,
		"both halves are one zone");
	zones_release(&zones);
}

static void pole(void)
{
	struct position cap[] = {
		{80, -180}, {80, -90}, {80, 0}, {80, 90}, {80, 180}, {90, 180}, {90, -180}};
	static const struct expected expected[] = {
		{{85, 10}, true, "inside the polar cap"},
		{{90, -170}, true, "at the pole"},
		{{79, 10}, false, "south of the cap"},
	};
	struct zone_ring ring = {cap, ARRAY_SIZE(cap)};
	struct zones zones = {0};
	struct zone *zone = zones_add(&zones, "pole");

	ok(!zone_add_polygon(zone, &ring, 1), "a polar cap is accepted");
	check(zone, expected, ARRAY_SIZE(expected));
	zones_release(&zones);
}

static void circle(void)
{
	struct zones zones = {0};
	struct zone *zone = zones_add(&zones, "circle");

	zone->center = (struct position){50, 8};
	zone->radius_m = 1000;
	ok(zone_outside_m(zone, (struct position){50.008, 8}) == 0, "890 m away is inside");
	ok(fabs(zone_outside_m(zone, (struct position){50.01, 8}) - 112) < 1, "1112 m is outside");
	zones_release(&zones);
}

static void invalid_polygons(void)
{
	struct position two[] = {{50, 8}, {50, 9}, {50, 8}};
	struct position bow[] = {{50, 8}, {51, 9}, {51, 8}, {50, 9}};
	struct zone_ring ring = {two, ARRAY_SIZE(two)};
	struct zones zones = {0};
	struct zone *zone = zones_add(&zones, "wrong");

	ok(zone_add_polygon(zone, &ring, 1), "two corners are not a polygon");
	ring = (struct zone_ring){bow, ARRAY_SIZE(bow)};
	ok(zone_add_polygon(zone, &ring, 1), "a border that crosses itself is refused");
	zones_release(&zones);
}

struct found {
	unsigned long zones; /* a bit each */
	size_t count;
};

static void note(void *self, size_t zone)
{
	struct found *found = self;

	found->zones |= 1ul << zone;
	found->count++;
}

static void index_of_zones(void)
{
	struct position across[] = {{-17, 179}, {-17, -179}, {-16, -179}, {-16, 179}};
	struct zone_ring ring = {across, ARRAY_SIZE(across)};
	struct zones zones = {0};
	struct found found = {0};

	for (int i = 0; i < 3; i++) {
		char name[] = {(char)('a' + i), '\0'};
		struct zone *zone = zones_add(&zones, name);
		zone->center = (struct position){50, 8 + i};
		zone->radius_m = 1000;
	}
	zone_add_polygon(zones_add(&zones, "across"), &ring, 1);
	zones_index(&zones, 500);
	zones_visit(&zones, (struct position){50.012, 9}, note, &found);
	ok(found.zones == 2 && found.count == 1, "a circle is found 334 m outside of it");
	found = (struct found){0};
	zones_visit(&zones, (struct position){50.02, 9}, note, &found);
	ok(found.count == 0, "and not far beyond the margin");
	zones_visit(&zones, (struct position){-16.5, -179.9}, note, &found);
	ok(found.zones == 8 && found.count == 1, "a zone is found across the antimeridian, once");
	zones_release(&zones);
}

int main(void)
{
	polygon_with_hole();
	antimeridian();
	pole();
	circle();
	invalid_polygons();
	index_of_zones();
	return tap_done();
}
