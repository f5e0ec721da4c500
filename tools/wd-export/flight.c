#include "tools/wd-export/flight.h"

#include "common/base/array.h"

#include <math.h>
#include <stdio.h>

/* The keys that are read from each line: the type, then the columns. */
static struct {
	const char *names[COLUMNS_MAX + 1];
	struct scan_keys keys;
} reader;

static void init_reader(void)
{
	reader.names[0] = "type";
	for (size_t c = 0; c < flight_table.count; c++)
		reader.names[c + 1] = column_source(&flight_table.columns[c]);
	scan_keys_init(&reader.keys, reader.names, flight_table.count + 1);
}

static struct span value_of(const struct export_flight *flight, const char *name)
{
	return flight_value(flight, table_column(&flight_table, name));
}

/* The position 0,0 is unknown. */
static bool read_place(const struct export_flight *flight, const char *lat, const char *lon,
	struct position *place)
{
	return scan_number(value_of(flight, lat), &place->lat) &&
	       scan_number(value_of(flight, lon), &place->lon) && fabs(place->lat) <= 90 &&
	       fabs(place->lon) <= 180 && (place->lat != 0 || place->lon != 0);
}

static void read_places(struct export_flight *flight)
{
	struct position *places = flight->places;

	flight->place_count = 0;
	if (read_place(flight, "first_lat", "first_lon", &places[0]))
		flight->place_count++;
	if (read_place(flight, "last_lat", "last_lon", &places[flight->place_count]))
		flight->place_count++;
	if (flight->place_count == 0)
		flight->place_count =
			read_place(flight, "pilot_lat", "pilot_lon", &places[0]) ? 1 : 0;
	if (flight->place_count < 2)
		return;
	/* A line across the antimeridian would go around the earth (RFC 7946, 3.1.9). */
	if (fabs(places[0].lon - places[1].lon) > 180)
		places[0] = places[1];
	if (places[0].lat == places[1].lat && places[0].lon == places[1].lon)
		flight->place_count = 1;
}

static bool read_flight(struct export_flight *flight, struct span line)
{
	struct scan_error error;

	if (!reader.keys.count)
		init_reader();
	if (!scan_object(line, &reader.keys, flight->members, &error) ||
		!scan_time(flight_value(flight, FLIGHT_STARTED), &flight->started) ||
		!scan_text(flight_value(flight, FLIGHT_DRONE), flight->id, sizeof(flight->id)))
		return false;
	if (!scan_time(flight_value(flight, FLIGHT_ENDED), &flight->ended))
		flight->ended = flight->started;
	flight->is_aircraft = scan_text_is(value_of(flight, "track_type"), "aircraft");
	read_places(flight);
	return true;
}

bool export_flight(struct export_output *output, struct span line,
	void (*put)(struct export_output *output, const struct export_flight *flight))
{
	const struct span beginning = SPAN("{\"type\":\"flight\",");
	struct export_flight flight;

	if (line.length < beginning.length ||
		memcmp(line.data, beginning.data, beginning.length) != 0)
		return false;
	if (read_flight(&flight, line)) {
		output->shown++;
		put(output, &flight);
	} else {
		output->malformed++;
	}
	return true;
}

void flight_label(const struct export_flight *flight, char *out, size_t size)
{
	if (!scan_text(value_of(flight, "callsign"), out, size))
		snprintf(out, size, "%s", flight->id);
}

static bool is_drawn(const char *name)
{
	static const char *const names[] = {
		"track_type", "first_lat", "first_lon", "last_lat", "last_lon"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

size_t flight_next_fact(const struct export_flight *flight, size_t column)
{
	for (; column < flight_table.count; column++) {
		bool is_fact =
			column >= FLIGHT_DURATION && !is_drawn(flight_table.columns[column].name);
		if (is_fact && flight_value(flight, column).data)
			return column;
	}
	return column;
}
