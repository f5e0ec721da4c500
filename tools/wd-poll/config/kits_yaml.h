/* kits.yaml: see wd-kits(5). */
#ifndef WD_POLL_KITS_YAML_H
#define WD_POLL_KITS_YAML_H

#include "tools/wd-poll/config/kit_list.h"

/* Appends the kits of `file` in its order, with the defaults and insistences of `source`. Kits
 * without an api_url are left out, with a warning; so are unknown keys. Returns 0, EX_CONFIG or
 * EX_OSERR; what is wrong has been said, with file and line. */
int kits_yaml_read(const char *file, const struct kit_source *source, struct kit_list *kits);

#endif
