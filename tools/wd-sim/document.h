/* The three documents that a kit serves. */
#ifndef WD_SIM_DOCUMENT
#define WD_SIM_DOCUMENT

#include "tools/wd-sim/world.h"

enum endpoint {
	ENDPOINT_DRONES,
	ENDPOINT_SIGNALS,
	ENDPOINT_STATUS,
	ENDPOINT_COUNT
};

extern const char *const endpoint_names[ENDPOINT_COUNT]; /* "drones" … */

/* What a path asks for: "/kit-3/drones"; with one kit also "/drones". Like a real kit, takes
 * whatever follows the endpoint's name ("/drones?x"). False where there is nothing. */
bool document_find(const char *path, unsigned kits, unsigned *kit, enum endpoint *endpoint);

/* Appends the document as kit `kit` serves it at `now`. */
void document_put(struct buffer *out, const struct world *world, unsigned kit,
	enum endpoint endpoint, clock_us now);

/* Appends a kits.yaml for all kits of a simulator that listens on `port`. */
void document_put_config(struct buffer *out, unsigned kits, unsigned port);

#endif
