/* Text in XML. */
#include "common/map/xml.h"

#include "tests/unit/tap.h"

static void text(const char *in, size_t length, const char *wanted, const char *name)
{
	struct buffer out = {0};

	xml_put_text(&out, (struct span){in, length});
	buffer_add_char(&out, '\0');
	is_text(out.data, wanted, name);
	buffer_release(&out);
}

#define TEXT(in, wanted, name) text(in, sizeof(in) - 1, wanted, name)

int main(void)
{
	TEXT("plain é中\xf0\x9f\x9a\x81", "plain é中\xf0\x9f\x9a\x81", "plain text stays");
	TEXT("<a href='x' b=\"y\">&amp;", "&lt;a href=&apos;x&apos; b=&quot;y&quot;&gt;&amp;amp;",
		"markup is escaped");
	TEXT("]]>", "]]&gt;", "the end of CDATA is escaped");
	TEXT("a\tb\nc\rd", "a&#9;b&#10;c&#13;d", "white space survives an attribute");
	TEXT("a\0b\x01\x1f",
		"a\xef\xbf\xbd"
		"b\xef\xbf\xbd\xef\xbf\xbd",
		"control characters are replaced");
	TEXT("\x7f\xc2\x80\xc2\x9f\xc2\xa0", "&#127;&#128;&#159;\xc2\xa0",
		"DEL and C1 become references");
	TEXT("\xef\xbf\xbe\xef\xbf\xbf", "\xef\xbf\xbd\xef\xbf\xbd",
		"U+FFFE and U+FFFF are replaced");
	TEXT("\xff\xc3", "\xef\xbf\xbd\xef\xbf\xbd", "invalid UTF-8 is replaced");

	struct buffer out = {0};
	xml_put_html_text(&out, SPAN(""));
	xml_put_html_text(&out, SPAN("<b>"));
	buffer_add_char(&out, '\0');
	is_text(out.data, "&amp;lt;b&amp;gt;", "HTML inside XML is escaped twice");
	out.length = 0;
	xml_put_html_text(&out, SPAN("\xc2\x9b"));
	buffer_add_char(&out, '\0');
	is_text(out.data, "&#155;", "a C1 character is a reference in the XML layer only");
	buffer_release(&out);
	return tap_done();
}
