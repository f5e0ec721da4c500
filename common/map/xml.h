/* Escaping for XML 1.0. */
#ifndef WD_MAP_XML_H
#define WD_MAP_XML_H

#include "common/base/buffer.h"

/* Append untrusted text as character data or as the value of an attribute. Markup is escaped; white
 * space other than the space becomes a character reference, because attribute normalization would
 * change it; characters that XML 1.0 forbids even as references (control characters, U+FFFE,
 * U+FFFF) and invalid UTF-8 become U+FFFD. DEL and C1, which XML allows, become references so that
 * they cannot control a terminal. */
void xml_put_text(struct buffer *out, struct span text);

/* The same for text that a viewer parses as HTML after the XML has been decoded. */
void xml_put_html_text(struct buffer *out, struct span text);

#endif
