/* KML 2.3 for Google Earth: one folder per kit, tracks with times, pilots connected to drones,
 * range rings. */
#include "tools/wd-export/kml.h"

#include "common/base/array.h"
#include "common/map/geodesy.h"
#include "common/map/range_ring.h"
#include "common/map/xml.h"

#include <math.h>

/* Append a value of a record as text, escaped by `put`. */
static void put_value(
	struct buffer *out, struct span json, void (*put)(struct buffer *out, struct span text))
{
	char text[TRACK_FACT_MAX];

	if (scan_kind(json) == SCAN_TEXT)
		put(out, (struct span){text, scan_text(json, text, sizeof(text))});
	else
		put(out, json);
}

void kml_put_fact(struct buffer *out, const char *name, struct span json)
{
	buffer_printf(out, "%s: ", name);
	put_value(out, json, xml_put_html_text);
	buffer_add_text(out, "&lt;br/&gt;");
}

/* The description is the HTML of the balloon; the extended data are for programs. */
static void put_description(struct buffer *out, const struct track *track)
{
	buffer_add_text(out, "<description>");
	for (enum field field = FIELD_FACTS; field < FIELD_COUNT; field++) {
		struct span fact = track_fact(track, field);
		if (!fact.data)
			continue;
		kml_put_fact(out, field_name(field), fact);
	}
	buffer_add_text(out, "</description>");
}

void kml_put_text_data(struct buffer *out, const char *name, struct span text)
{
	buffer_printf(out, "<Data name=\"%s\"><value>", name);
	xml_put_text(out, text);
	buffer_add_text(out, "</value></Data>");
}

void kml_put_data(struct buffer *out, const char *name, struct span json)
{
	buffer_printf(out, "<Data name=\"%s\"><value>", name);
	put_value(out, json, xml_put_text);
	buffer_add_text(out, "</value></Data>");
}

static void put_extended_data(struct buffer *out, const struct track *track)
{
	buffer_add_text(out, "<ExtendedData>");
	kml_put_text_data(out, "kit_id", span_of(track->kit_id));
	kml_put_text_data(out, "id", span_of(track->id));
	for (enum field field = FIELD_FACTS; field < FIELD_COUNT; field++) {
		struct span fact = track_fact(track, field);
		if (!fact.data)
			continue;
		kml_put_data(out, field_name(field), fact);
	}
	buffer_add_text(out, "</ExtendedData>\n");
}

void kml_begin_placemark(struct buffer *out, const struct track *track, const char *prefix)
{
	char label[TRACK_FACT_MAX];

	track_label(track, label, sizeof(label));
	buffer_printf(out, "<Placemark><name>%s", prefix);
	xml_put_text(out, span_of(label));
	buffer_add_text(out, "</name>");
}

void kml_put_when(struct buffer *out, const char *element, clock_us time)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(time, text);
	buffer_printf(out, "<%s>%s</%s>", element, text, element);
}

void kml_put_period(struct buffer *out, const struct track *track, struct kml_period period)
{
	if (period.last) {
		buffer_add_text(out, "<TimeSpan>");
		kml_put_when(out, "begin", period.first);
		kml_put_when(out, "end", period.last);
		buffer_add_text(out, "</TimeSpan>");
	}
	if (track->kind == KIND_DRONE || track->kind == KIND_EMITTER)
		buffer_printf(out, "<styleUrl>#drone-%u</styleUrl>\n", kml_colour(track->id));
	else
		buffer_printf(out, "<styleUrl>#%s</styleUrl>\n", track_kind_name(track->kind));
}

void kml_put_about(struct buffer *out, const struct track *track, struct kml_period period)
{
	put_description(out, track);
	kml_put_period(out, track, period);
	put_extended_data(out, track);
}

void kml_put_coordinates(struct buffer *out, struct position place, char separator)
{
	buffer_printf(out, "%.7f%c%.7f", place.lon, separator, place.lat);
}

static void put_marker(
	struct buffer *out, const struct track *track, const char *what, struct position place)
{
	kml_begin_placemark(out, track, what);
	buffer_add_text(out, "<styleUrl>#person</styleUrl><Point><coordinates>");
	kml_put_coordinates(out, place, ',');
	buffer_add_text(out, "</coordinates></Point></Placemark>\n");
}

static void put_people(struct buffer *out, const struct track *track)
{
	if (track->has_home)
		put_marker(out, track, "Home of ", track->home);
	if (!track->has_pilot)
		return;
	put_marker(out, track, "Pilot of ", track->pilot);
	if (!track->placed_count)
		return;
	kml_begin_placemark(out, track, "Line from pilot to ");
	buffer_add_text(out, "<styleUrl>#person</styleUrl><LineString><tessellate>1</tessellate>"
			     "<coordinates>");
	kml_put_coordinates(out, track->pilot, ',');
	buffer_add_char(out, ' ');
	kml_put_coordinates(out, point_place(&track->points[track->placed_count - 1]), ',');
	buffer_add_text(out, "</coordinates></LineString></Placemark>\n");
}

static void put_ring(struct buffer *out, const struct track *track, const struct range_ring *ring)
{
	enum {
		CORNERS = 60
	};

	kml_begin_placemark(
		out, track, track->kind == KIND_SIGNAL ? "" : "Received without position: ");
	kml_put_about(out, track, (struct kml_period){ring->first, ring->last});
	buffer_add_text(out, "<LineString><tessellate>1</tessellate><coordinates>");
	for (int i = 0; i <= CORNERS; i++) {
		struct position corner =
			geodesy_destination(ring->center, i * 360.0 / CORNERS, ring->range_m);
		kml_put_coordinates(out, corner, ',');
		buffer_add_char(out, ' ');
	}
	buffer_add_text(out, "</coordinates></LineString></Placemark>\n");
}

static int put_rings(struct export_output *output, const struct track *track)
{
	struct range_ring ring;
	size_t from = 0;
	int status = 0;

	while (!status && range_ring_next(&output->tracks, track, output->gap_us, &from, &ring)) {
		if (ring.has_center)
			put_ring(&output->text, track, &ring);
		else
			output->unplaced += ring.count;
		status = export_flush(output, false);
	}
	return status;
}

static int put_track(struct export_output *output, const struct track *track)
{
	int status = kml_put_positions(output, track);

	if (status)
		return status;
	put_people(&output->text, track);
	return put_rings(output, track);
}

/* Tracks are sorted by kit, so each change of the kit begins a folder. */
static int put_folders(struct export_output *output)
{
	const struct track_table *table = &output->tracks;
	struct buffer *out = &output->text;
	int status = 0;

	for (size_t i = 0; i < table->count && !status; i++) {
		const char *kit_id = table->tracks[i]->kit_id;
		if (i == 0 || strcmp(table->tracks[i - 1]->kit_id, kit_id) != 0) {
			buffer_add_text(out, i ? "</Folder>\n<Folder><name>" : "<Folder><name>");
			xml_put_text(out, span_of(kit_id));
			buffer_add_text(out, "</name>\n");
		}
		status = put_track(output, table->tracks[i]);
	}
	if (table->count)
		buffer_add_text(out, "</Folder>\n");
	return status;
}

static int begin(struct export_output *output)
{
	kml_put_head(&output->text, output->title);
	return 0;
}

static int take_line(struct export_output *output, struct span line)
{
	if (!export_flight(output, line, kml_put_flight))
		return export_collect(output, line);
	return export_flush(output, false);
}

static int end(struct export_output *output)
{
	track_table_finish(&output->tracks);
	int status = put_folders(output);
	buffer_add_text(&output->text, "</Document>\n</kml>\n");
	return status;
}

const struct format format_kml = {"kml", begin, take_line, end, 1000000};
