/* The start of every KML file: units and styles. */
#ifndef WD_EXPORT_KML_H
#define WD_EXPORT_KML_H

#include "tools/wd-export/format.h"

/* Append everything from the XML declaration to the last style. */
void kml_put_head(struct buffer *out, const char *title);

/* Return the number N of the style drone-N for a drone; it depends on the id only. */
unsigned kml_colour(const char *drone_id);

#endif
