/* Text from kits, safe to print. */
#include "tools/wd-health/output/sanitize.h"

#include "common/log/log.h"

#include <stdint.h>
#include <string.h>

void sanitize_text(char *out, size_t size, const char *value)
{
	log_quote(out, size, value);
	size_t length = strlen(out);
	if (length >= 2 && out[0] == '"' && out[length - 1] == '"') {
		memmove(out, out + 1, length - 2);
		out[length - 2] = '\0';
	}
}

size_t sanitize_cut(const char *text, size_t columns)
{
	size_t at = 0;

	for (; text[at]; at++) {
		bool begins = ((unsigned char)text[at] & 0xc0) != 0x80;
		if (begins && columns-- == 0)
			break;
	}
	return at;
}

size_t sanitize_width(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}
