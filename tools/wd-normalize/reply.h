/* A line, split into its parts. */
#ifndef WD_NORMALIZE_REPLY_H
#define WD_NORMALIZE_REPLY_H

#include "common/record/endpoint.h"
#include "common/record/record.h"
#include "common/record/reject.h"
#include "tools/wd-normalize/cell.h"

enum line_kind {
	LINE_OTHER, /* not a reply: passed on unchanged */
	LINE_REPLY,
	LINE_BAD,
};

/* The longest reply without its body: those of wd-poll have at most a message and 1 KiB of raw
 * bytes. */
#define REPLY_REST_MAX ((size_t)64 << 10)

/* Spans point into the line, or into the reply itself. */
struct kit_reply {
	struct span line;
	struct span endpoint;                     /* the JSON value */
	struct span via;                          /* the JSON value */
	struct span body;                         /* the JSON value; `data` NULL if absent */
	const char *body_key;                     /* where its key begins */
	struct scan_member lists[ENDPOINT_COUNT]; /* the body's members with endpoints' names */
	struct origin origin;
	char kit_id[RECORD_ID_MAX + 1];
	char reason[REJECT_REASON_SIZE]; /* of LINE_BAD */
};

/* The keys of a reply that are read. */
struct reply_keys {
	struct scan_keys reply, body;
	const char *names[ENDPOINT_COUNT];
	struct scan_list lists[ENDPOINT_COUNT]; /* the items of kit_reply.lists[] */
};

/* The caller sets the keys of each of `lists` whose items are to be found. `keys` must not move from
 * then on: it points into itself. */
void reply_keys_init(struct reply_keys *keys);
void reply_keys_release(struct reply_keys *keys);

/* Split `line`. It may hold bytes that are not UTF-8 and lone surrogates inside its strings: they
 * are read as U+FFFD. */
enum line_kind reply_parse(struct kit_reply *reply, struct reply_keys *keys, struct span line);

/* Append the line without its body, and a newline; all other bytes unchanged, but for those that
 * are not UTF-8. */
void reply_put_rest(const struct kit_reply *reply, struct buffer *out);

/* Append a reply of the same kit and endpoint, with `time`, whose body is only `part` of this
 * one's: with `list` the member of that name with these items, else `part` itself. No newline. A
 * reject carries it, so that it can be fed again. */
void reply_put_part(const struct kit_reply *reply, clock_us time, const char *list,
	struct span part, struct buffer *out);

#endif
