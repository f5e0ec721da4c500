/* A kit as one line of the state file. */
#ifndef WD_HEALTH_FIELDS_H
#define WD_HEALTH_FIELDS_H

#include "tools/wd-health/fleet/fleet.h"

/* Call once, before the first fields_parse(). */
void fields_open(void);

/* Append the line. */
void fields_format(struct buffer *out, const struct health_kit *kit);

/* Read the line. `before` is the timeline of a kit whose line has none: those of version 1 shared
 * one. Return false, with the kit in any state, if it is not such a line. */
bool fields_parse(struct span line, const struct timeline *before, struct health_kit *kit);

#endif
