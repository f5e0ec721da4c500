/* GeoJSON (RFC 7946): tracks as lines with times; pilots, homes, kits and range rings as points. */
#include "common/base/utf8.h"
#include "common/lines/json.h"
#include "common/map/range_ring.h"
#include "tools/wd-export/flight.h"
#include "tools/wd-export/format.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>

/* Foreign members (RFC 7946, 6.1) state the units. */
static const char head[] =
	"{\"type\":\"FeatureCollection\",\n"
	"\"datum\":\"WGS 84\",\n"
	"\"units\":{\"coordinates\":\"degrees, metres above the ellipsoid; of aircraft "
	"as sent by the kit, geometric or "
	"barometric\",\"alt\":\"m\",\"height\":\"m\",\"speed\":\"m/s\",\"vspeed\":\"m/s\","
	"\"heading\":\"degrees from true north\",\"range_m\":\"m: range of a transmitter of 100 "
	"mW\",\"rssi\":\"dBm; of aircraft dBFS\",\"freq_mhz\":\"MHz\","
	"\"temp_cpu\":\"degrees Celsius\",\"coordTimes\":\"UTC\"},\n"
	"\"features\":[";
static const char foot[] = "\n]}\n";

static bool has_features; /* one was written since begin() */

/* Append JSON with DEL and C1, which JSON allows unescaped, escaped for terminals. */
static void put_inert(struct buffer *out, struct span json)
{
	const char *at = json.data, *end = json.data + json.length;

	while (at < end) {
		uint32_t code;
		size_t length = utf8_decode(at, (size_t)(end - at), &code);
		if (length && utf8_is_del_or_c1(code))
			buffer_printf(out, "\\u%04x", code);
		else
			buffer_add(out, at, length ? length : 1);
		at += length ? length : 1;
	}
}

static void put_facts(struct buffer *out, const struct track *track)
{
	for (enum field field = FIELD_FACTS; field < FIELD_COUNT; field++) {
		struct span fact = track_fact(track, field);
		if (!fact.data)
			continue;
		buffer_printf(out, ",\"%s\":", field_name(field));
		put_inert(out, fact);
	}
}

/* Append the beginning of a feature, up to its role. */
static void put_role(struct buffer *out, const char *role)
{
	buffer_printf(out, "%s\n{\"type\":\"Feature\",\"properties\":{\"role\":\"%s\"",
		has_features ? "," : "", role);
	has_features = true;
}

/* Append the part that all features of tracks have. */
static void begin_feature(struct buffer *out, const struct track *track, const char *role)
{
	put_role(out, role);
	json_text(out, "kind", span_of(track_kind_name(track->kind)));
	json_text(out, "kit_id", span_of(track->kit_id));
	if (track->kind != KIND_KIT)
		json_text(out, "id", span_of(track->id));
}

static void put_period(struct buffer *out, clock_us first, clock_us last, size_t count)
{
	json_time(out, "first_time", first);
	json_time(out, "last_time", last);
	json_integer(out, "points", (int64_t)count);
}

/* A point has seven decimals: one centimetre. */
static void put_degrees(struct buffer *out, double degrees)
{
	char text[24];
	int length = snprintf(text, sizeof(text), "%.7f", degrees);

	while (text[length - 1] == '0')
		length--;
	if (text[length - 1] == '.')
		length--;
	buffer_add(out, text, (size_t)length);
}

static void put_position(struct buffer *out, struct position place, float alt_m)
{
	buffer_add_char(out, '[');
	put_degrees(out, place.lon);
	buffer_add_char(out, ',');
	put_degrees(out, place.lat);
	if (!isnan(alt_m))
		buffer_printf(out, ",%.7g", (double)alt_m);
	buffer_add_char(out, ']');
}

static void end_feature(struct buffer *out, struct position place)
{
	buffer_add_text(out, "},\"geometry\":{\"type\":\"Point\",\"coordinates\":");
	put_position(out, place, NAN);
	buffer_add_text(out, "}}");
}

static void put_floats(struct buffer *out, const char *key, const struct point *points,
	size_t count, size_t offset)
{
	buffer_printf(out, ",\"%s\":[", key);
	for (size_t i = 0; i < count; i++) {
		float number;
		memcpy(&number, (const char *)&points[i] + offset, sizeof(number));
		if (i)
			buffer_add_char(out, ',');
		if (isfinite(number))
			buffer_printf(out, "%.7g", (double)number);
		else
			buffer_add_text(out, "null");
	}
	buffer_add_char(out, ']');
}

static void put_times(struct buffer *out, const struct point *points, size_t count)
{
	char text[CLOCK_TEXT_SIZE];

	buffer_add_text(out, ",\"coordTimes\":[");
	for (size_t i = 0; i < count; i++) {
		clock_format(points[i].time, text);
		buffer_printf(out, "%s\"%s\"", i ? "," : "", text);
	}
	buffer_add_char(out, ']');
}

/* Readers take a missing third coordinate for 0, so all points of a leg have one or none has. The
 * property `alt` lists the known altitudes in both cases. */
static bool all_have_altitude(const struct point *points, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (isnan(points[i].alt_m))
			return false;
	}
	return true;
}

/* A line joins the points of a leg, except those of an encrypted drone, which may be several. */
static const char *geometry_of(const struct track *track, size_t count)
{
	if (count == 1)
		return "Point";
	return track->kind == KIND_ENCRYPTED ? "MultiPoint" : "LineString";
}

static void put_leg_geometry(
	struct buffer *out, const struct track *track, const struct point *points, size_t count)
{
	bool with_altitude = all_have_altitude(points, count);

	buffer_printf(out, "},\"geometry\":{\"type\":\"%s\",\"coordinates\":%s",
		geometry_of(track, count), count > 1 ? "[" : "");
	for (size_t i = 0; i < count; i++) {
		if (i)
			buffer_add_char(out, ',');
		put_position(out, point_place(&points[i]), with_altitude ? points[i].alt_m : NAN);
	}
	buffer_add_text(out, count > 1 ? "]}}" : "}}");
}

static const char *role_of(const struct track *track)
{
	switch (track->kind) {
	case KIND_ENCRYPTED:
	case KIND_EMITTER:
		return track_kind_name(track->kind);
	default:
		return "track";
	}
}

static void put_leg(
	struct buffer *out, const struct track *track, const struct point *points, size_t count)
{
	begin_feature(out, track, role_of(track));
	put_period(out, points[0].time, points[count - 1].time, count);
	put_facts(out, track);
	put_times(out, points, count);
	put_floats(out, "alt", points, count, offsetof(struct point, alt_m));
	put_floats(out, "height", points, count, offsetof(struct point, height_m));
	put_floats(out, "speed", points, count, offsetof(struct point, speed_mps));
	put_floats(out, "heading", points, count, offsetof(struct point, heading_deg));
	put_leg_geometry(out, track, points, count);
}

/* Append the legs of everything that moves; a kit only if it has moved. */
static int put_legs(struct export_output *output, const struct track *track)
{
	int status = 0;

	if (track->kind == KIND_SIGNAL || (track->kind == KIND_KIT && track->placed_count < 2))
		return 0;
	for (size_t from = 0, end; from < track->placed_count && !status; from = end) {
		end = track_leg_end(track->points, from, track->placed_count, output->gap_us);
		put_leg(&output->text, track, track->points + from, end - from);
		status = export_flush(output, false);
	}
	return status;
}

static int put_rings(struct export_output *output, const struct track *track)
{
	struct buffer *out = &output->text;
	struct range_ring ring;
	size_t from = 0;
	int status = 0;

	while (!status && range_ring_next(&output->tracks, track, output->gap_us, &from, &ring)) {
		if (!ring.has_center) {
			output->unplaced += ring.count;
			continue;
		}
		begin_feature(out, track, track->kind == KIND_SIGNAL ? "signal" : "heard");
		put_period(out, ring.first, ring.last, ring.count);
		put_facts(out, track);
		json_number(out, "range_m", round(ring.range_m));
		end_feature(out, ring.center);
		status = export_flush(output, false);
	}
	return status;
}

static void put_markers(struct buffer *out, const struct track *track)
{
	if (track->kind == KIND_KIT && track->placed_count) {
		begin_feature(out, track, "kit");
		put_facts(out, track);
		end_feature(out, point_place(&track->points[track->placed_count - 1]));
	}
	if (track->has_pilot) {
		begin_feature(out, track, "pilot");
		end_feature(out, track->pilot);
	}
	if (track->has_home) {
		begin_feature(out, track, "home");
		end_feature(out, track->home);
	}
}

/* A flight without any position has no geometry (RFC 7946, 3.2). */
static void put_flight_geometry(struct buffer *out, const struct export_flight *flight)
{
	bool is_line = flight->place_count == 2;

	if (flight->place_count == 0) {
		buffer_add_text(out, "},\"geometry\":null}");
		return;
	}
	buffer_printf(out, "},\"geometry\":{\"type\":\"%s\",\"coordinates\":%s",
		is_line ? "LineString" : "Point", is_line ? "[" : "");
	put_position(out, flight->places[0], NAN);
	if (is_line) {
		buffer_add_char(out, ',');
		put_position(out, flight->places[1], NAN);
	}
	buffer_add_text(out, is_line ? "]}}" : "}}");
}

static void put_flight(struct export_output *output, const struct export_flight *flight)
{
	struct buffer *out = &output->text;

	put_role(out, "flight");
	json_text(out, "kind",
		span_of(track_kind_name(flight->is_aircraft ? KIND_AIRCRAFT : KIND_DRONE)));
	json_text(out, "id", span_of(flight->id));
	json_time(out, "first_time", flight->started);
	json_time(out, "last_time", flight->ended);
	for (size_t c = 0; (c = flight_next_fact(flight, c)) < flight_table.count; c++) {
		buffer_printf(out, ",\"%s\":", flight_table.columns[c].name);
		put_inert(out, flight_value(flight, c));
	}
	put_flight_geometry(out, flight);
}

static int begin(struct export_output *output)
{
	has_features = false;
	buffer_add_text(&output->text, head);
	return 0;
}

static int take_line(struct export_output *output, struct span line)
{
	if (!export_flight(output, line, put_flight))
		return export_collect(output, line);
	return export_flush(output, false);
}

static int end(struct export_output *output)
{
	const struct track_table *table = &output->tracks;
	int status = 0;

	track_table_finish(&output->tracks);
	for (size_t i = 0; i < table->count && !status; i++) {
		put_markers(&output->text, table->tracks[i]);
		status = put_legs(output, table->tracks[i]);
		if (!status)
			status = put_rings(output, table->tracks[i]);
	}
	buffer_add_text(&output->text, foot);
	return status;
}

const struct format format_geojson = {"geojson", begin, take_line, end, 1000000};
