/* The keys of a record that no rule used. */
#ifndef WD_NORMALIZE_UNUSED_H
#define WD_NORMALIZE_UNUSED_H

#include "tools/wd-normalize/row.h"

/* Which keys a decided row used. */
struct unused {
	const struct map_row *row;
	const struct mapping *mapping;
	bool used[KEYS_MAX];
	struct span rest; /* members of the record that are still to come, */
	size_t group;     /* and of a nested object: its number; 0: none is open */
	struct span group_rest;
};

void unused_open(struct unused *unused, const struct map_row *row, const struct mapping *mapping);

/* Return the next key that was not used, decoded, as one writes it in jq without the dot ("rid.x"),
 * cut at `size`; false if there is none. */
bool unused_next(struct unused *unused, char *key, size_t size);

#endif
