/* What a kit says its name is. */
#ifndef WD_POLL_KIT_IDENTITY_H
#define WD_POLL_KIT_IDENTITY_H

#include "common/record.h"
#include "common/span.h"

#define KIT_IDENTITY_SIZE (RECORD_ID_MAX + 1)

/* Reads the identity out of a checked /status body: `kit_id`, else `uid`; never the placeholder
 * that DragonSync shows while it knows none. False where there is neither. */
bool kit_identity_parse(struct span body, char id[KIT_IDENTITY_SIZE]);

#endif
