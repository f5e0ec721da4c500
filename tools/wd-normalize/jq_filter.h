/* --filter: a user's jq program, applied to each record. */
#ifndef WD_NORMALIZE_JQ_FILTER_H
#define WD_NORMALIZE_JQ_FILTER_H

#include "tools/wd-normalize/row.h"

struct jq_filter;

/* Compile `program`. Return 0, or EX_USAGE with jq's message logged. Release with
 * jq_filter_close(). */
int jq_filter_open(struct jq_filter **filter, const char *program);
void jq_filter_close(struct jq_filter *filter);

/* A record_user's `record`: append each object that the program makes of the row, as a line. If the
 * program fails or makes anything but objects, append nothing and return the reason (valid until
 * the next call). */
const char *jq_filter_record(
	void *filter, const struct map_row *row, const struct mapping *mapping, struct buffer *out);

#endif
