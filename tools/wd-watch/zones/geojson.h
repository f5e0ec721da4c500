/* Zones from GeoJSON (RFC 7946): each Polygon and MultiPolygon feature becomes a zone. */
#ifndef WD_WATCH_GEOJSON_H
#define WD_WATCH_GEOJSON_H

#include "tools/wd-watch/zones/zone.h"

#include "common/base/span.h"

/* Add the features of `text`, a FeatureCollection or a Feature. A zone is named by the feature's
 * `name`; `floor_m` and `ceiling_m` are read from its properties, too. Return NULL, or what is
 * wrong: a static text; `*feature` is then the number of the feature, from 1. */
const char *geojson_read(struct span text, struct zones *zones, size_t *feature);

#endif
