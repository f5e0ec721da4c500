/* The URL of a kit, as people write it. */
#ifndef WD_POLL_URL_H
#define WD_POLL_URL_H

#include "tools/wd-poll/config/kit.h"

/* Reads `text` into the kit's api_url (slashes at its end dropped) and address; a user name and a
 * password inside it become the kit's own and are in neither, so that no line and no message can
 * show them. Returns NULL, or what is wrong with it: a static text that holds nothing of `text`. */
const char *url_parse(const char *text, struct poll_kit *kit);

#endif
