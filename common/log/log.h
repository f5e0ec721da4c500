/* Log to stderr: one line per message, "wd-poll: poll failed kit=alpha error=timeout". */
#ifndef WD_COMMON_LOG_H
#define WD_COMMON_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum log_level {
	LOG_ERROR,
	LOG_WARNING,
	LOG_INFO,
	LOG_DEBUG,
};

/* `value` NULL omits the field. Values are quoted if they contain anything but plain word
 * characters; control characters (C0, DEL, C1), bidi and line separators and bytes that are no
 * UTF-8 are written as \xNN or \u{NNNN}, so that a value can neither end its field nor its line. */
struct log_field {
	const char *key;
	const char *value;
};

/* The fields are named members, not an array: {"a", "b"}, {"c", "d"} would initialize an array
 * member only with one more pair of braces around all of them, at every call. Unused fields are
 * NULL and omitted. */
struct log_event {
	const char *message;
	struct log_field field0, field1, field2, field3, field4, field5, field6, field7;
};

/* Set the name that starts every line (kept, not copied), and read LOG_LEVEL: debug, info, warning
 * or error in either case, by default info. */
void log_open(const char *name);

/* Move the level by one towards debug (louder > 0) or error (louder < 0). */
void log_adjust(int louder);
/* Set the level by name; return false if the name is unknown. */
bool log_level_parse(const char *text);
bool log_shows(enum log_level level);

/* Log one line; use the macros below. */
void log_line(enum log_level level, const struct log_event *event);

/* Log a line without fields (a report, a table) at any level; `line` must be safe for a
 * terminal. */
void log_plain(const char *line);

/* Report whether stderr is a terminal, without a pager or editor, with this process in its
 * foreground and the level at least info. */
bool log_is_interactive(void);

/* Show a status line, "3 kits up, 1 down", which the next line of any of the tools replaces; ""
 * removes it. The cursor stays at its start, so that other programs overwrite it. Shown only if
 * log_is_interactive(). `text` must be ASCII without control characters; it is cut at the edge of
 * the terminal. */
void log_status(const char *text);

/* Use as: log_warning("poll failed", {"kit", kit->id}, {"error", error});  at most 8 fields. */
#define log_error(...)   log_line(LOG_ERROR, &(struct log_event){__VA_ARGS__})
#define log_warning(...) log_line(LOG_WARNING, &(struct log_event){__VA_ARGS__})
#define log_info(...)    log_line(LOG_INFO, &(struct log_event){__VA_ARGS__})
#define log_debug(...)   log_line(LOG_DEBUG, &(struct log_event){__VA_ARGS__})

/* Log an error where it is detected and evaluate to `status`:
 * `return fail(EX_IOERR, "cannot read", {"file", path});` */
#define fail(status, ...) (log_line(LOG_ERROR, &(struct log_event){__VA_ARGS__}), (status))

/* The fields of a failed system call: the reason, and what fixes it where that is known. */
#define LOG_ERRNO(error)                                                                           \
	{"reason", strerror(error)},                                                               \
	{                                                                                          \
		"hint", log_errno_hint(error)                                                      \
	}
const char *log_errno_hint(int error);

/* A number as the text of a field: {"rows", log_number(rows).text}. */
struct log_text {
	char text[32];
};
struct log_text log_number(int64_t number);
struct log_text log_seconds(double seconds);

/* Write `value` to `out` (at most `size` bytes including NUL) as log_line() logs it. */
void log_quote(char *out, unsigned long size, const char *value);

/* Write "file:line: message", or "file:line" for an empty message, to `out`, which is the value. The
 * name of the file may contain anything and is quoted. */
enum {
	LOG_LOCATION_SIZE = 1024
};
const char *log_location(
	char out[LOG_LOCATION_SIZE], const char *file, unsigned long line, const char *message);

#endif
