/* What all KML files begin with: what the numbers are, and how things look. */
#ifndef WD_EXPORT_KML
#define WD_EXPORT_KML

#include "tools/wd-export/format.h"

/* From the XML declaration to the last style. */
void kml_put_head(struct buffer *out, const char *title);

/* Which of the styles drone-0, drone-1, … a drone has: the same whoever sees it. */
unsigned kml_colour(const char *drone_id);

#endif
