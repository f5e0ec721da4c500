/* The filter: a line in, its records, rejects and what passes on out. */
#ifndef WD_NORMALIZE_NORMALIZE_H
#define WD_NORMALIZE_NORMALIZE_H

#include "tools/wd-normalize/reply.h"
#include "tools/wd-normalize/row.h"

/* More records than these in one reply become one reject. */
#define ITEMS_MAX 2000

/* Output is written out when it is longer than this, so that memory does not grow with the input.
 */
#define OUTPUT_MAX ((size_t)128 << 10)

/* Where records go instead of being written: --explain, --filter. Optional. Appends what comes of
 * the row to `out`; returns NULL, or why the record is rejected (valid until the next call). */
struct normalize_user {
	void *self;
	const char *(*record)(void *self, const struct row *row, const struct mapping *mapping,
		struct buffer *out);
	bool records_only; /* neither passes lines on nor writes rejects: these are logged */
};

/* Zero-initialise, set `user` and `fd`, call normalize_init(). */
struct normalize {
	struct normalize_user user;
	int fd; /* where output goes when there is much of it; -1: nowhere, it is kept in `out` */
	struct buffer out;
	uint64_t rejected;

	struct reply_keys reply_keys;
	struct mapping mappings[ENDPOINTS];
	struct reply reply;
	struct row row;
	struct buffer part; /* the raw text of the reject at hand */
};

void normalize_init(struct normalize *normalize);
void normalize_release(struct normalize *normalize);

/* One line without its newline. Returns 0, or an exit status when the output cannot be written. */
int normalize_line(struct normalize *normalize, struct span line);

/* A line that is too long to be read, of which this is the beginning. */
int normalize_overlong(struct normalize *normalize, struct span beginning);

#endif
