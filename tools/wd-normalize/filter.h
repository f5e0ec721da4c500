/* --filter: a user's jq program, applied to each record. */
#ifndef WD_NORMALIZE_FILTER_H
#define WD_NORMALIZE_FILTER_H

#include "tools/wd-normalize/row.h"

struct filter;

/* Compiles `program`. Returns 0, or EX_USAGE with jq's message logged, or EX_OSERR. Release with
 * filter_close(). */
int filter_open(struct filter **filter, const char *program);
void filter_close(struct filter *filter);

/* A normalize_user's `record`: appends each object that the program makes of the row as a line. If
 * it fails, or makes anything but objects, nothing is appended and the reason is returned (valid
 * until the next call). */
const char *filter_record(
	void *filter, const struct row *row, const struct mapping *mapping, struct buffer *out);

#endif
