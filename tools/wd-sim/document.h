/* The documents that a kit serves. */
#ifndef WD_SIM_DOCUMENT_H
#define WD_SIM_DOCUMENT_H

#include "common/record/endpoint.h"
#include "tools/wd-sim/world.h"

/* Parse a path: "/kit-3/drones", with a single kit also "/drones". Like a real kit, ignore what
 * follows the endpoint's name ("/drones?x"). Return false if the path is unknown. */
bool document_find(const char *path, unsigned kits, unsigned *kit, enum endpoint *endpoint);

/* Append the document as kit `kit` serves it at `now`. */
void document_put(struct buffer *out, const struct world *world, unsigned kit,
	enum endpoint endpoint, clock_us now);

/* Append a kits.yaml for all kits of a simulator that listens on `port`. */
void document_put_config(struct buffer *out, unsigned kits, unsigned port);

#endif
