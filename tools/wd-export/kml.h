/* The parts of a KML file. */
#ifndef WD_EXPORT_KML_H
#define WD_EXPORT_KML_H

#include "tools/wd-export/flight.h"
#include "tools/wd-export/format.h"

/* Append everything from the XML declaration to the last style. */
void kml_put_head(struct buffer *out, const char *title);

/* Return the number N of the style drone-N for a drone; it depends on the id only. */
unsigned kml_colour(const char *drone_id);

/* Append `<Placemark>` with the name of the track after `prefix`. */
void kml_begin_placemark(struct buffer *out, const struct track *track, const char *prefix);

struct kml_period {
	clock_us first, last; /* both 0: always visible */
};

/* Append the time span and the style of a placemark. */
void kml_put_period(struct buffer *out, const struct track *track, struct kml_period period);

/* Append the same with the known facts, for people and for programs. */
void kml_put_about(struct buffer *out, const struct track *track, struct kml_period period);

/* Append a value of a record: as a line of the balloon, and for programs. */
void kml_put_fact(struct buffer *out, const char *name, struct span json);
void kml_put_data(struct buffer *out, const char *name, struct span json);
void kml_put_text_data(struct buffer *out, const char *name, struct span text);

void kml_put_when(struct buffer *out, const char *element, clock_us time);
void kml_put_coordinates(struct buffer *out, struct position place, char separator);

/* Append the positions of a finished track: a placemark with times (gx:Track) and, for viewers
 * without gx:Track, one with lines (LineString) per leg; of an encrypted drone only points, because
 * a line would join different drones. Return 0 or an exit status. */
int kml_put_positions(struct export_output *output, const struct track *track);

/* Append the placemark of a flight: a line from its first position to its last. */
void kml_put_flight(struct export_output *output, const struct export_flight *flight);

#endif
