/* Which receivers of a kit are on: a text such as "adsb fpv" or "none"; "" if it is not known. */
#ifndef WD_HEALTH_RECEIVERS_H
#define WD_HEALTH_RECEIVERS_H

#include "common/base/buffer.h"

#define RECEIVERS_TEXT_SIZE 64

/* Read a JSON array of names in lower case; other items are skipped, and so is what does not fit.
 * Any other value is "not known". */
void receivers_read(struct span array, char text[RECEIVERS_TEXT_SIZE]);

/* Append `,"receivers":[…]`, or nothing if they are not known. */
void receivers_put(struct buffer *out, const char *text);

#endif
