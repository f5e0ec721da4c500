#include "common/map/xml.h"
#include "tools/wd-export/kml.h"

static void put_description(struct buffer *out, const struct export_flight *flight)
{
	buffer_add_text(out, "<description>");
	for (size_t c = 0; (c = flight_next_fact(flight, c)) < flight_table.count; c++)
		kml_put_fact(out, flight_table.columns[c].name, flight_value(flight, c));
	buffer_add_text(out, "</description><TimeSpan>");
	kml_put_when(out, "begin", flight->started);
	kml_put_when(out, "end", flight->ended);
	buffer_add_text(out, "</TimeSpan>");
}

static void put_data(struct buffer *out, const struct export_flight *flight)
{
	buffer_add_text(out, "<ExtendedData>");
	kml_put_text_data(out, "id", span_of(flight->id));
	for (size_t c = 0; (c = flight_next_fact(flight, c)) < flight_table.count; c++)
		kml_put_data(out, flight_table.columns[c].name, flight_value(flight, c));
	buffer_add_text(out, "</ExtendedData>\n");
}

static void put_geometry(struct buffer *out, const struct export_flight *flight)
{
	const char *element = flight->place_count == 2 ? "LineString" : "Point";

	if (flight->place_count == 0)
		return;
	buffer_printf(out, "<%s>%s<coordinates>", element,
		flight->place_count == 2 ? "<tessellate>1</tessellate>" : "");
	kml_put_coordinates(out, flight->places[0], ',');
	if (flight->place_count == 2) {
		buffer_add_char(out, ' ');
		kml_put_coordinates(out, flight->places[1], ',');
	}
	buffer_printf(out, "</coordinates></%s>", element);
}

void kml_put_flight(struct export_output *output, const struct export_flight *flight)
{
	struct buffer *out = &output->text;
	char label[TRACK_FACT_MAX];

	flight_label(flight, label, sizeof(label));
	buffer_add_text(out, "<Placemark><name>Flight of ");
	xml_put_text(out, span_of(label));
	buffer_add_text(out, "</name>");
	put_description(out, flight);
	if (flight->is_aircraft)
		buffer_add_text(out, "<styleUrl>#aircraft</styleUrl>\n");
	else
		buffer_printf(out, "<styleUrl>#drone-%u</styleUrl>\n", kml_colour(flight->id));
	put_data(out, flight);
	put_geometry(out, flight);
	buffer_add_text(out, "</Placemark>\n");
}
