/* The kits of a database as a kits.yaml. */
#ifndef WD_DUMP_KITS_YAML_H
#define WD_DUMP_KITS_YAML_H

#include "tools/wd-dump/source.h"

/* Write the enabled kits that wd-poll can poll to `file` (NULL: stdout), as wd-kits(5) describes.
 * The file is replaced as a whole, and only if this changes it. `kits`: only these, if any. Return
 * 0 or an exit status. */
int kits_yaml_write(struct source *source, const struct opt_list *kits, const char *file);

#endif
