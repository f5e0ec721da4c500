/* Log to stderr. Values are escaped, so that text from a radio cannot forge a line. */
#include "common/log/log.h"

#include "common/base/array.h"
#include "common/base/utf8.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum {
	LINE_MAX_BYTES = 2048,
	VALUE_MAX_BYTES = 512
};

/* Return to the start of the line and clear it (ECMA-48: CR, EL). */
static const char erase[] = "\r\033[K";

static const char *tool = "wd";
static enum log_level shown = LOG_INFO;
static bool on_terminal; /* and it can clear a line */

static const struct {
	const char *name;
	enum log_level level;
} levels[] = {
	{"error", LOG_ERROR},
	{"critical", LOG_ERROR},
	{"warning", LOG_WARNING},
	{"warn", LOG_WARNING},
	{"info", LOG_INFO},
	{"debug", LOG_DEBUG},
};

void log_open(const char *name)
{
	const char *level = getenv("LOG_LEVEL");
	const char *terminal = getenv("TERM");

	tool = name;
	on_terminal = terminal && strcmp(terminal, "dumb") != 0 && isatty(STDERR_FILENO);
	if (level && *level && !log_level_parse(level))
		log_warning("unknown level", {"LOG_LEVEL", level},
			{"expected", "debug, info, warning, error"});
}

bool log_level_parse(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
		if (strcasecmp(text, levels[i].name) == 0) {
			shown = levels[i].level;
			return true;
		}
	}
	return false;
}

void log_adjust(int louder)
{
	if (louder > 0 && shown < LOG_DEBUG)
		shown++;
	if (louder < 0 && shown > LOG_ERROR)
		shown--;
}

bool log_shows(enum log_level level)
{
	return level <= shown;
}

/* Report whether the value needs no quotes. */
static bool is_plain(const char *value)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789-_.,:;/@%+#~*()[]<>|?&!^";

	return *value && value[strspn(value, safe)] == '\0';
}

/* Write one character of `value` to `out`, escaped for a terminal; return the number of bytes
 * read. */
static size_t escape(char out[16], const char *value, size_t length)
{
	uint32_t code;
	size_t taken = utf8_decode(value, length, &code);

	if (!taken) {
		snprintf(out, 16, "\\x%02x", (unsigned char)*value);
		return 1;
	}
	if (code == '"' || code == '\\')
		snprintf(out, 16, "\\%c", (char)code);
	else if (code == '\n')
		snprintf(out, 16, "\\n");
	else if (utf8_is_invisible(code))
		snprintf(out, 16, code < 0x80 ? "\\x%02x" : "\\u{%x}", code);
	else
		snprintf(out, 16, "%.*s", (int)taken, value);
	return taken;
}

void log_quote(char *out, unsigned long size, const char *value)
{
	size_t length = strlen(value);
	size_t used = 0;
	char piece[16];

	if (length < size && is_plain(value)) {
		memcpy(out, value, length + 1);
		return;
	}
	out[used++] = '"';
	for (size_t at = 0; at < length;) {
		at += escape(piece, value + at, length - at);
		if (used + strlen(piece) + sizeof("\"...") > size) {
			snprintf(out + used, size - used, "\"...");
			return;
		}
		used += (size_t)snprintf(out + used, size - used, "%s", piece);
	}
	snprintf(out + used, size - used, "\"");
}

const char *log_location(
	char out[LOG_LOCATION_SIZE], const char *file, unsigned long line, const char *message)
{
	char name[LOG_LOCATION_SIZE / 2];

	log_quote(name, sizeof(name), file);
	snprintf(out, LOG_LOCATION_SIZE, "%s:%lu%s%s", name, line, *message ? ": " : "", message);
	return out;
}

static size_t add(char *line, size_t used, const char *text)
{
	size_t room = LINE_MAX_BYTES - 1 - used;
	size_t length = strlen(text);

	if (length > room)
		length = room;
	memcpy(line + used, text, length);
	return used + length;
}

/* Start a line; on a terminal it replaces a status line, which may be that of another stage. */
static size_t begin(char *line)
{
	size_t used = add(line, 0, on_terminal ? erase : "");

	used = add(line, used, tool);
	return add(line, used, ": ");
}

/* Write a line in one call, so that lines of several stages do not mix. A failure cannot be
 * reported: ignore it. */
static void emit(char *line, size_t used, char end)
{
	line[used++] = end;
	ssize_t written = write(STDERR_FILENO, line, used);
	(void)written;
}

static size_t add_field(char *line, size_t used, const struct log_field *field)
{
	char value[VALUE_MAX_BYTES];

	if (!field->key || !field->value)
		return used;
	log_quote(value, sizeof(value), field->value);
	used = add(line, used, " ");
	used = add(line, used, field->key);
	used = add(line, used, "=");
	return add(line, used, value);
}

void log_line(enum log_level level, const struct log_event *event)
{
	const struct log_field *fields[] = {&event->field0, &event->field1, &event->field2,
		&event->field3, &event->field4, &event->field5, &event->field6, &event->field7};
	char line[LINE_MAX_BYTES];

	if (!log_shows(level))
		return;
	size_t used = add(line, begin(line), event->message);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		used = add_field(line, used, fields[i]);
	emit(line, used, '\n');
}

void log_plain(const char *text)
{
	char line[LINE_MAX_BYTES];

	emit(line, add(line, begin(line), text), '\n');
}

/* Report whether a pager owns the terminal: it reads single keys. */
static bool has_pager(void)
{
	struct termios mode;

	return tcgetattr(STDERR_FILENO, &mode) == 0 && !(mode.c_lflag & ICANON);
}

bool log_is_interactive(void)
{
	return log_shows(LOG_INFO) && on_terminal && tcgetpgrp(STDERR_FILENO) == getpgrp() &&
	       !has_pager();
}

static size_t terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || size.ws_col == 0)
		return 80;
	return size.ws_col < LINE_MAX_BYTES - sizeof(erase) ? size.ws_col
							    : LINE_MAX_BYTES - sizeof(erase);
}

void log_status(const char *text)
{
	char line[LINE_MAX_BYTES];

	if (!log_is_interactive())
		return;
	size_t used = *text ? add(line, begin(line), text) : add(line, 0, erase);
	size_t used_max = sizeof(erase) - 1 + terminal_width() - 1;
	emit(line, used < used_max ? used : used_max, '\r');
}

const char *log_errno_hint(int error)
{
	switch (error) {
	case ENOSPC:
		return "free space on this file system: df -h, df -i";
	case EDQUOT:
		return "raise the quota of this user, or delete files";
	case EROFS:
		return "use another folder, or allow this one: ReadWritePaths of the systemd unit, "
		       "mount -o rw";
	case ENOENT:
		return "check the path, and that its folder exists";
	case EMFILE:
		return "allow more open files: ulimit -n, LimitNOFILE of the systemd unit";
	case EIO:
		return "the disk or the network file system fails: see dmesg";
	case EADDRINUSE:
		return "another process uses it: ss -ltnp";
	case EACCES:
	case EPERM:
		return "check owner and mode of the file and of the folders above it";
	default:
		return NULL;
	}
}

struct log_text log_number(int64_t number)
{
	struct log_text result;

	snprintf(result.text, sizeof(result.text), "%lld", (long long)number);
	return result;
}

struct log_text log_seconds(double seconds)
{
	struct log_text result;

	snprintf(
		result.text, sizeof(result.text), fabs(seconds) < 100 ? "%.3gs" : "%.0fs", seconds);
	return result;
}
