/* Which receivers of a kit are on, by its /config. */
#ifndef WD_POLL_RECEIVERS_H
#define WD_POLL_RECEIVERS_H

#include "common/base/span.h"

#define RECEIVERS_SIZE 32

/* Write the names of the receivers that a checked /config body shows as on, as a JSON array:
 * `["adsb","fpv"]`. Return false if the body mentions none of them, on or off. */
bool receivers_format(struct span body, char out[RECEIVERS_SIZE]);

#endif
