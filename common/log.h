/* What a tool says to people: lines on stderr that no string from a radio can forge. */
#ifndef WD_COMMON_LOG_H
#define WD_COMMON_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level {
	LOG_ERROR,
	LOG_WARNING,
	LOG_INFO,
	LOG_DEBUG,
};

/* `value` NULL leaves the field out. Values are quoted where they hold anything but plain word
 * characters; control characters (C0, DEL, C1), bidi and line separators and bytes that are no
 * UTF-8 are written as \xNN or \u{NNNN}, so that a value can neither end its field nor its line. */
struct log_field {
	const char *key;
	const char *value;
};

struct log_event {
	const char *message;
	struct log_field field0, field1, field2, field3, field4, field5, field6, field7;
};

/* `name` starts every line and is kept, not copied. Reads LOG_LEVEL (debug info warning error, in
 * either case); the level without it is info. */
void log_open(const char *name);

/* Moves the level by one towards debug (louder > 0) or error (louder < 0). */
void log_adjust(int louder);
/* Sets the level by name; false if there is no such level. */
bool log_level_parse(const char *text);
bool log_shows(enum log_level level);

/* One line: `wd-poll: poll failed kit=alpha error=timeout`. */
void log_line(enum log_level level, const struct log_event *event);

/* A line that is already fit for people (a report, a table), behind the tool's name like the rest.
 */
void log_plain(const char *line);

/* Whether somebody watches: stderr is a terminal, which no pager or editor has taken over, and we
 * are in its foreground and not silenced. */
bool log_is_interactive(void);

/* A line that stands on the terminal until the next line of any of our tools takes its place, for
 * what goes on meanwhile: "3 kits up, 1 down"; "" takes it away. The cursor waits at its beginning,
 * so that other programs write over it. Nothing is shown unless log_is_interactive(). `text` is
 * ours: ASCII without control characters; it is cut at the edge of the terminal. */
void log_status(const char *text);

/* Use as: log_warning("poll failed", {"kit", kit->id}, {"error", error});  at most 8 fields. */
#define log_error(...)   log_line(LOG_ERROR, &(struct log_event){__VA_ARGS__})
#define log_warning(...) log_line(LOG_WARNING, &(struct log_event){__VA_ARGS__})
#define log_info(...)    log_line(LOG_INFO, &(struct log_event){__VA_ARGS__})
#define log_debug(...)   log_line(LOG_DEBUG, &(struct log_event){__VA_ARGS__})

/* Says the error, once, where it is met: `return fail(EX_IOERR, "cannot read", {"file", path});`.
 * Its value is `status`. */
#define fail(status, ...) (log_line(LOG_ERROR, &(struct log_event){__VA_ARGS__}), (status))

/* A number as the text of a field: {"rows", log_number(rows).text}. */
struct log_text {
	char text[32];
};
struct log_text log_number(int64_t number);
struct log_text log_seconds(double seconds);

/* Writes `value` to `out` (at most `size` bytes, NUL included) as log_line() would show it. */
void log_quote(char *out, unsigned long size, const char *value);

#endif
