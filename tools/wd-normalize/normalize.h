/* Turn a line into records, rejects and the lines that are passed on. */
#ifndef WD_NORMALIZE_NORMALIZE_H
#define WD_NORMALIZE_NORMALIZE_H

#include "tools/wd-normalize/reply.h"
#include "tools/wd-normalize/row.h"

/* The records of one reply beyond this number become one reject. */
#define ITEMS_MAX 2000

/* Output is written when it is longer than this, so that memory does not grow with the input. */
#define OUTPUT_MAX ((size_t)128 << 10)

/* Optional: a user of the records, which are not written then: --explain, --filter. `record`
 * appends its output to `out` and returns NULL, or returns the reason of a reject (valid until the
 * next call). */
struct record_user {
	void *self;
	const char *(*record)(void *self, const struct map_row *row, const struct mapping *mapping,
		struct buffer *out);
	bool records_only; /* do not pass lines on, and log rejects instead of writing them */
};

/* Zero-initialise, set `user` and `fd`, call normalize_init(). */
struct normalize {
	struct record_user user;
	int fd; /* where long output is written; -1: it is kept in `out` */
	struct buffer out;
	uint64_t rejected;

	struct reply_keys reply_keys;
	struct mapping mappings[ENDPOINT_COUNT];
	struct kit_reply reply;
	struct map_row row;
	struct buffer part; /* the raw text of the current reject */
	char reason[REJECT_REASON_SIZE];
};

void normalize_init(struct normalize *normalize);
void normalize_release(struct normalize *normalize);

/* Process a line without its newline. Return 0, or an exit status if output cannot be written. */
int normalize_line(struct normalize *normalize, struct span line);

/* Reject a line that is too long, of which this is the beginning. */
int normalize_overlong(struct normalize *normalize, struct span beginning);

#endif
