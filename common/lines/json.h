/* Write records into a buffer, one JSON object a line. */
#ifndef WD_COMMON_JSON_H
#define WD_COMMON_JSON_H

#include "common/base/buffer.h"
#include "common/time/clock.h"

/* json_open(b, "drone"); json_text(b, "kit_id", id); … json_close(b) writes
 * `{"type":"drone","kit_id":"…",…}` and a newline. Keys are plain ASCII without characters to
 * escape. */
void json_open(struct buffer *out, const char *type);
void json_close(struct buffer *out);

/* Append a text of any origin. Control characters, quotes, backslashes and U+007F..U+009F are
 * escaped, bytes that are not UTF-8 become U+FFFD. With `data` NULL nothing is written. */
void json_text(struct buffer *out, const char *key, struct span text);

/* Append a value that is JSON already (checked by the scanner, on one line); `data` NULL:
 * nothing. */
void json_raw(struct buffer *out, const char *key, struct span value);

/* Append a finite number, as the shortest text that reads back as the same double; else nothing. */
void json_number(struct buffer *out, const char *key, double number);
void json_integer(struct buffer *out, const char *key, int64_t number);
void json_bool(struct buffer *out, const char *key, bool value);
void json_time(struct buffer *out, const char *key, clock_us time);

/* Append the values without a key, for arrays and for text that is built by hand. */
void json_put_text(struct buffer *out, struct span text);
void json_put_number(struct buffer *out, double number);

#endif
