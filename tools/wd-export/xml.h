/* Text as XML 1.0 takes it. */
#ifndef WD_EXPORT_XML
#define WD_EXPORT_XML

#include "common/buffer.h"

/* Text of any origin as character data or the value of an attribute: markup is escaped, white space
 * other than the space is a character reference (an attribute would lose it), what XML 1.0 forbids
 * even as a reference (control characters, U+FFFE, U+FFFF) and what is no UTF-8 becomes U+FFFD. The
 * control characters that it allows (DEL, C1) are references, too: a terminal obeys none. */
void xml_put_text(struct buffer *out, struct span text);

/* The same for text that a viewer reads as HTML once the XML is gone: it sees text. */
void xml_put_html_text(struct buffer *out, struct span text);

#endif
