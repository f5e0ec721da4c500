/* Zones and known drones as GeoJSON, for maps. */
#ifndef WD_WATCH_ZONES_GEOJSON_H
#define WD_WATCH_ZONES_GEOJSON_H

#include "tools/wd-watch/rules/rules.h"

/* Append a FeatureCollection (RFC 7946): the zones with the properties that `geojson:` in
 * wd-rules(5) reads, and a member `known` with the patterns of known drones. */
void zones_geojson(struct buffer *out, const struct rules *rules);

#endif
