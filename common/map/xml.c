#include "common/map/xml.h"

#include "common/base/utf8.h"

/* Return the reference for a character of markup or white space, NULL for all others. */
static const char *reference(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&apos;";
	case '\t':
		return "&#9;";
	case '\n':
		return "&#10;";
	case '\r':
		return "&#13;";
	default:
		return NULL;
	}
}

/* Production Char of https://www.w3.org/TR/xml/#charsets, without white space. */
static bool allowed(uint32_t code)
{
	return code >= 0x20 && code != 0xfffe && code != 0xffff;
}

static void put_text(struct buffer *out, struct span text, bool inert)
{
	const char *at = text.data, *end = text.data + text.length;

	while (at < end) {
		uint32_t code;
		size_t length = utf8_decode(at, (size_t)(end - at), &code);
		const char *instead = reference(*at);
		if (instead)
			buffer_add_text(out, instead);
		else if (length && inert && utf8_is_del_or_c1(code))
			buffer_printf(out, "&#%u;", code);
		else if (length && allowed(code))
			buffer_add(out, at, length);
		else
			buffer_add_text(out, UTF8_REPLACEMENT_TEXT);
		at += length ? length : 1;
	}
}

void xml_put_text(struct buffer *out, struct span text)
{
	put_text(out, text, true);
}

/* HTML reads a reference to a C1 character as Windows-1252, so only the XML layer uses them. */
void xml_put_html_text(struct buffer *out, struct span text)
{
	struct buffer html = {0};

	put_text(&html, text, false);
	if (html.length)
		xml_put_text(out, buffer_span(&html));
	out->failed |= html.failed;
	buffer_release(&html);
}
