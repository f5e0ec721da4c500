/* Which receivers of a kit are on. */
#include "tools/wd-health/kit/receivers.h"

#include "common/scan/scan.h"

static const char none[] = "none";

static bool is_name(const char *text)
{
	return *text && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(text);
}

void receivers_read(struct span array, char text[RECEIVERS_TEXT_SIZE])
{
	struct span rest, item;
	char name[RECEIVERS_TEXT_SIZE];
	size_t length = 0;

	text[0] = '\0';
	if (scan_kind(array) != SCAN_ARRAY)
		return;
	rest = scan_items(array);
	while (scan_next(&rest, &item)) {
		size_t size = scan_text(item, name, sizeof(name));
		if (!is_name(name) || length + 1 + size >= RECEIVERS_TEXT_SIZE)
			continue;
		if (length)
			text[length++] = ' ';
		memcpy(text + length, name, size + 1);
		length += size;
	}
	if (!length)
		memcpy(text, none, sizeof(none));
}

void receivers_put(struct buffer *out, const char *text)
{
	if (!*text)
		return;
	buffer_add_text(out, ",\"receivers\":[");
	for (const char *name = text; *name && strcmp(name, none) != 0;) {
		size_t length = strcspn(name, " ");
		buffer_printf(out, "%s\"%.*s\"", name == text ? "" : ",", (int)length, name);
		name += length + (name[length] == ' ');
	}
	buffer_add_char(out, ']');
}
