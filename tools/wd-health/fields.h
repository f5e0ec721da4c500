/* A kit as one line of the state file, and back. */
#ifndef WD_HEALTH_FIELDS_H
#define WD_HEALTH_FIELDS_H

#include "tools/wd-health/fleet.h"

/* To be called once, before the first fields_parse(). */
void fields_open(void);

/* Appends the line. `newest` is the newest minute that was closed. */
void fields_format(struct buffer *out, const struct kit *kit, minute_number newest);

/* Reads the line. False, with the kit in any state, if it is not such a line. */
bool fields_parse(struct span line, minute_number newest, struct kit *kit);

#endif
