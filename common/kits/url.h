/* The URL of a kit, as people write it. */
#ifndef WD_KITS_URL_H
#define WD_KITS_URL_H

#include "common/kits/kit.h"

/* Parse `text` into the kit's api_url (without trailing slashes) and address. A user name and a
 * password in it become the kit's own and appear in neither, so that no line and no message can
 * contain them. Return NULL, or the error: a static text without any part of `text`. */
const char *url_parse(const char *text, struct kit_config *kit);

#endif
