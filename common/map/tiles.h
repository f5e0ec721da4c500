/* URL templates of map tiles. */
#ifndef WD_MAP_TILES_H
#define WD_MAP_TILES_H

#include "common/base/buffer.h"

/* Parse a template of tiles, http(s)://HOST[:PORT]/…{z}…{x}…{y}…, and append its source expression
 * for a Content-Security-Policy to `source`: `https://tile.example.org`, with `*.` for a leading
 * `{s}.`. Return false if it is not such a template. */
bool tiles_source(const char *url, struct buffer *source);

#endif
