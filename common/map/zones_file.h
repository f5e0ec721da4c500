/* The zones on the map: a GeoJSON file, as wd-watch --zones prints it. */
#ifndef WD_MAP_ZONES_FILE_H
#define WD_MAP_ZONES_FILE_H

#include "common/base/buffer.h"

/* Append the FeatureCollection of a file (NULL: nothing) as compact JSON. Return 0, EX_NOINPUT,
 * EX_CONFIG (not GeoJSON) or EX_OSERR. */
int zones_file_read(const char *file, struct buffer *out);

#endif
