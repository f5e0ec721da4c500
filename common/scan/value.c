/* The content of checked values. */
#include "common/scan/value.h"

#include "common/base/utf8.h"
#include "common/scan/plain.h"

int scan_hex4(const char *at, const char *end)
{
	int code = 0;

	if (end - at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = at[i];
		int digit = c >= '0' && c <= '9'   ? c - '0'
			    : c >= 'a' && c <= 'f' ? c - 'a' + 10
			    : c >= 'A' && c <= 'F' ? c - 'A' + 10
						   : -1;
		if (digit < 0)
			return -1;
		code = code << 4 | digit;
	}
	return code;
}

/* Return the character at `at` inside a string; `*next` is what follows it. */
static uint32_t character(const char *at, const char *end, const char **next)
{
	static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
	uint32_t code;

	if (*at != '\\') {
		size_t taken = utf8_decode(at, (size_t)(end - at), &code);
		*next = at + (taken ? taken : 1);
		return taken ? code : UTF8_REPLACEMENT;
	}
	if (at[1] != 'u') {
		const char *letter = strchr(letters, at[1]);
		*next = at + 2;
		return (unsigned char)(letter ? meant[letter - letters] : at[1]);
	}
	code = (uint32_t)scan_hex4(at + 2, end);
	*next = at + 6;
	if (code < 0xd800 || code > 0xdfff)
		return code;
	if (code > 0xdbff || end - at < 12 || at[6] != '\\' || at[7] != 'u')
		return UTF8_REPLACEMENT;
	uint32_t low = (uint32_t)scan_hex4(at + 8, end);
	if (low < 0xdc00 || low > 0xdfff)
		return UTF8_REPLACEMENT;
	*next = at + 12;
	return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
}

/* Return whether the character means nothing at the ends of an identifier: NUL, white space (the
 * categories Cc and Zs), or invisible. */
static bool is_padding(uint32_t code)
{
	return code <= ' ' || code == 0xa0 || code == 0x1680 ||
	       (code >= 0x2000 && code <= 0x200a) || code == 0x202f || code == 0x205f ||
	       code == 0x3000 || utf8_is_invisible(code);
}

static bool is_nul(uint32_t code)
{
	return code == 0;
}

/* Copy a text without escapes, whose characters are all plain ASCII. */
static size_t copy_plain(const char *at, const char *end, char *out, bool trimmed)
{
	while (trimmed && at < end && *at == ' ')
		at++;
	while (trimmed && at < end && end[-1] == ' ')
		end--;
	size_t length = (size_t)(end - at);
	memcpy(out, at, length);
	out[length] = '\0';
	return length;
}

/* Decode, without what `cut` accepts at the end and, with `leading`, at the beginning. */
static size_t decode(
	struct span value, char *out, size_t size, bool (*cut)(uint32_t code), bool leading)
{
	size_t used = 0, kept = 0; /* out[kept..used) may be the end, which is cut */
	char encoded[4];

	out[0] = '\0';
	if (scan_kind(value) != SCAN_TEXT)
		return 0;
	const char *at = value.data + 1, *end = value.data + value.length - 1;
	if ((size_t)(end - at) < size && scan_plain_end(at, end) == end)
		return copy_plain(at, end, out, leading);
	while (at < end) {
		uint32_t code = character(at, end, &at);
		bool padding = cut(code);
		if (padding && leading && kept == 0)
			continue;
		size_t length = utf8_encode(code ? code : UTF8_REPLACEMENT, encoded);
		if (used + length >= size)
			break;
		memcpy(out + used, encoded, length);
		used += length;
		if (!padding)
			kept = used;
	}
	out[kept] = '\0';
	return kept;
}

size_t scan_text(struct span value, char *out, size_t size)
{
	return decode(value, out, size, is_nul, false);
}

size_t scan_text_trimmed(struct span value, char *out, size_t size)
{
	return decode(value, out, size, is_padding, true);
}

bool scan_time(struct span value, clock_us *time)
{
	char text[64];
	size_t length = scan_text(value, text, sizeof(text));

	return clock_parse((struct span){text, length}, time);
}
