/* A line, taken apart. */
#ifndef WD_NORMALIZE_REPLY_H
#define WD_NORMALIZE_REPLY_H

#include "common/record.h"
#include "tools/wd-normalize/cell.h"

enum line_kind {
	LINE_OTHER, /* not for us: passes on as it is */
	LINE_REPLY,
	LINE_BAD,
};

enum {
	ENDPOINTS = 3
};

/* The longest reply without its body: wd-poll's have at most a message and a KiB of what came. */
#define REPLY_REST_MAX ((size_t)64 << 10)

/* drones, signals, status. The first two name the list in the body as well. */
extern const char *const reply_endpoints[ENDPOINTS];

/* Spans point into the line, or into the reply itself. */
struct reply {
	struct span line;
	struct span endpoint;                /* the JSON value */
	struct span body;                    /* the JSON value; `at` NULL where there is none */
	const char *body_key;                /* where its key begins */
	struct scan_member lists[ENDPOINTS]; /* the body's members of these names */
	struct origin origin;
	char kit_id[RECORD_ID_MAX + 1];
	char reason[96]; /* of LINE_BAD: why */
};

/* The keys of a reply that matter here. */
struct reply_keys {
	struct scan_keys reply, body;
};

void reply_keys_init(struct reply_keys *keys);

/* Takes `line` apart. It may hold bytes that are no UTF-8 and lone surrogates inside its strings:
 * they are read as U+FFFD. */
enum line_kind reply_parse(struct reply *reply, const struct reply_keys *keys, struct span line);

/* Appends the line without its body: all other bytes as they are, in their order, unless they are
 * no UTF-8, and a newline. */
void reply_put_rest(const struct reply *reply, struct buffer *out);

/* Appends a reply of the same kit and endpoint, and of `time`, whose body is only `part` of this
 * one's: with `list` the member of that name with these items, else `part` itself. No newline. This
 * is what a reject carries, so that it can be fed again. */
void reply_put_part(const struct reply *reply, clock_us time, const char *list, struct span part,
	struct buffer *out);

#endif
