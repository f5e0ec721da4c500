/* kits.yaml: see wd-kits(5). */
#ifndef WD_KITS_KITS_YAML_H
#define WD_KITS_KITS_YAML_H

#include "common/kits/kit_list.h"

/* Append the kits of the file `name` in its order, with the defaults and overrides of `source`.
 * Kits without an api_url and unknown keys are skipped with a warning. Return 0, EX_CONFIG or
 * EX_OSERR; errors have been logged with file and line. */
int kits_yaml_read(const char *name, const struct kit_source *source, struct kit_list *kits);

#endif
