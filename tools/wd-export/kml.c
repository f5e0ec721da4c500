/* KML 2.3 as Google Earth reads it: a folder a kit, tracks with times, pilots joined to drones,
 * rings. */
#include "tools/wd-export/kml.h"

#include "common/array.h"
#include "tools/wd-export/geo.h"
#include "tools/wd-export/range_ring.h"
#include "tools/wd-export/xml.h"

#include <math.h>

/* A value of a record as text in XML. */
static void put_value(
	struct buffer *out, struct span json, void (*put)(struct buffer *out, struct span text))
{
	char text[TRACK_FACT_MAX];

	if (scan_kind(json) == SCAN_TEXT)
		put(out, (struct span){text, scan_text(json, text, sizeof(text))});
	else
		put(out, json);
}

/* A balloon shows the description, which is HTML; the data beside it are for programs. */
static void put_description(struct buffer *out, const struct track *track)
{
	buffer_add_text(out, "<description>");
	for (enum field field = FIELD_FACTS; field < FIELD_COUNT; field++) {
		struct span fact = track_fact(track, field);
		if (!fact.data)
			continue;
		buffer_printf(out, "%s: ", field_name(field));
		put_value(out, fact, xml_put_html_text);
		buffer_add_text(out, "&lt;br/&gt;");
	}
	buffer_add_text(out, "</description>");
}

static void put_data(struct buffer *out, const char *name, struct span text)
{
	buffer_printf(out, "<Data name=\"%s\"><value>", name);
	xml_put_text(out, text);
	buffer_add_text(out, "</value></Data>");
}

static void put_extended_data(struct buffer *out, const struct track *track)
{
	buffer_add_text(out, "<ExtendedData>");
	put_data(out, "kit_id", span_of(track->kit_id));
	put_data(out, "id", span_of(track->id));
	for (enum field field = FIELD_FACTS; field < FIELD_COUNT; field++) {
		struct span fact = track_fact(track, field);
		if (!fact.data)
			continue;
		buffer_printf(out, "<Data name=\"%s\"><value>", field_name(field));
		put_value(out, fact, xml_put_text);
		buffer_add_text(out, "</value></Data>");
	}
	buffer_add_text(out, "</ExtendedData>\n");
}

static void begin_placemark(struct buffer *out, const struct track *track, const char *prefix)
{
	char label[TRACK_FACT_MAX];

	track_label(track, label, sizeof(label));
	buffer_printf(out, "<Placemark><name>%s", prefix);
	xml_put_text(out, span_of(label));
	buffer_add_text(out, "</name>");
}

static void put_style(struct buffer *out, const struct track *track)
{
	if (track->kind == KIND_DRONE)
		buffer_printf(out, "<styleUrl>#drone-%u</styleUrl>\n", kml_colour(track->id));
	else
		buffer_printf(out, "<styleUrl>#%s</styleUrl>\n",
			track->kind == KIND_AIRCRAFT ? "aircraft"
			: track->kind == KIND_SIGNAL ? "signal"
						     : "kit");
}

static void put_when(struct buffer *out, const char *element, clock_us time)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(time, text);
	buffer_printf(out, "<%s>%s</%s>", element, text, element);
}

static void put_coordinates(struct buffer *out, struct geo_place place, char separator)
{
	buffer_printf(out, "%.7f%c%.7f", place.lon, separator, place.lat);
}

static void put_leg(struct buffer *out, const struct point *points, size_t count)
{
	bool with_altitude = true;

	for (size_t i = 0; i < count; i++)
		with_altitude &= !isnan(points[i].alt_m);
	buffer_printf(out, "<gx:Track><altitudeMode>%s</altitudeMode>\n",
		with_altitude ? "absolute" : "clampToGround");
	for (size_t i = 0; i < count; i++)
		put_when(out, "when", points[i].time);
	buffer_add_char(out, '\n');
	for (size_t i = 0; i < count; i++) {
		buffer_add_text(out, "<gx:coord>");
		put_coordinates(out, point_place(&points[i]), ' ');
		buffer_printf(out, " %.7g</gx:coord>", with_altitude ? (double)points[i].alt_m : 0);
	}
	buffer_add_text(out, "\n</gx:Track>\n");
}

static int put_way(struct output *output, const struct track *track)
{
	struct buffer *out = &output->text;
	int status = 0;

	if (track->kind == KIND_SIGNAL || !track->placed_count)
		return 0;
	begin_placemark(out, track, "");
	put_description(out, track);
	put_style(out, track);
	put_extended_data(out, track);
	buffer_add_text(out, "<gx:MultiTrack>\n");
	for (size_t from = 0, end; from < track->placed_count && !status; from = end) {
		end = track_leg_end(track->points, from, track->placed_count, output->gap_us);
		put_leg(out, track->points + from, end - from);
		status = output_flush(output, false);
	}
	buffer_add_text(out, "</gx:MultiTrack></Placemark>\n");
	return status;
}

static void put_spot(
	struct buffer *out, const struct track *track, const char *what, struct geo_place place)
{
	begin_placemark(out, track, what);
	buffer_add_text(out, "<styleUrl>#person</styleUrl><Point><coordinates>");
	put_coordinates(out, place, ',');
	buffer_add_text(out, "</coordinates></Point></Placemark>\n");
}

static void put_people(struct buffer *out, const struct track *track)
{
	if (track->has_home)
		put_spot(out, track, "Home of ", track->home);
	if (!track->has_pilot)
		return;
	put_spot(out, track, "Pilot of ", track->pilot);
	if (!track->placed_count)
		return;
	begin_placemark(out, track, "Line from pilot to ");
	buffer_add_text(out, "<styleUrl>#person</styleUrl><LineString><tessellate>1</tessellate>"
			     "<coordinates>");
	put_coordinates(out, track->pilot, ',');
	buffer_add_char(out, ' ');
	put_coordinates(out, point_place(&track->points[track->placed_count - 1]), ',');
	buffer_add_text(out, "</coordinates></LineString></Placemark>\n");
}

static void put_ring(struct buffer *out, const struct track *track, const struct range_ring *ring)
{
	enum {
		CORNERS = 60
	};

	begin_placemark(out, track, track->kind == KIND_SIGNAL ? "" : "Heard, not located: ");
	put_description(out, track);
	buffer_add_text(out, "<TimeSpan>");
	put_when(out, "begin", ring->first);
	put_when(out, "end", ring->last);
	buffer_add_text(out, "</TimeSpan><styleUrl>#signal</styleUrl>\n");
	put_extended_data(out, track);
	buffer_add_text(out, "<LineString><tessellate>1</tessellate><coordinates>");
	for (int i = 0; i <= CORNERS; i++) {
		struct geo_place corner =
			geo_offset(ring->center, ring->range_m, i * 360.0 / CORNERS);
		put_coordinates(out, corner, ',');
		buffer_add_char(out, ' ');
	}
	buffer_add_text(out, "</coordinates></LineString></Placemark>\n");
}

static int put_rings(struct output *output, const struct track *track)
{
	struct range_ring ring;
	size_t from = 0;
	int status = 0;

	while (!status && range_ring_next(&output->tracks, track, output->gap_us, &from, &ring)) {
		if (ring.has_center)
			put_ring(&output->text, track, &ring);
		else
			output->unplaced += ring.count;
		status = output_flush(output, false);
	}
	return status;
}

static int put_track(struct output *output, const struct track *track)
{
	int status = put_way(output, track);

	if (status)
		return status;
	put_people(&output->text, track);
	return put_rings(output, track);
}

/* Tracks are in order by kit: each change of the kit is a new folder. */
static int put_folders(struct output *output)
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

static int end(struct output *output)
{
	track_table_finish(&output->tracks);
	kml_put_head(&output->text, output->title);
	int status = put_folders(output);
	buffer_add_text(&output->text, "</Document>\n</kml>\n");
	return status;
}

const struct format format_kml = {"kml", NULL, output_collect, end, 1000000};
