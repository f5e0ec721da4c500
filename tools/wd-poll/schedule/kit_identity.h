/* What a kit reports about itself in /status. */
#ifndef WD_POLL_KIT_IDENTITY_H
#define WD_POLL_KIT_IDENTITY_H

#include "common/base/span.h"
#include "common/record/record.h"

#define KIT_IDENTITY_SIZE (RECORD_ID_MAX + 1)

struct kit_identity {
	char id[KIT_IDENTITY_SIZE]; /* "" if the kit reports none */
	bool has_gps_fix;           /* its clock is set by GPS */
};

/* Read the identity from a checked /status body: `kit_id`, else `uid`. Ids with invisible or
 * control characters and the placeholder that DragonSync shows until it knows its id do not
 * count. */
void kit_identity_parse(struct span body, struct kit_identity *identity);

#endif
