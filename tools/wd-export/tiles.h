/* Where map tiles come from. */
#ifndef WD_EXPORT_TILES
#define WD_EXPORT_TILES

#include "common/buffer.h"

/* Whether `url` is a template of tiles, http(s)://HOST[:PORT]/…{z}…{x}…{y}…; puts what a
 * Content-Security-Policy calls its source into `source`: `https://tile.example.org`, and `*` for
 * the `{s}` of a host. */
bool tiles_source(const char *url, struct buffer *source);

#endif
