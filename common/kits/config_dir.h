/* A folder of kits.yaml files. */
#ifndef WD_KITS_CONFIG_DIR_H
#define WD_KITS_CONFIG_DIR_H

#include "common/kits/kit_list.h"

/* Return whether `path` is a folder, or a link to one. */
bool config_dir_is(const char *path);

/* Append the kits of all regular files DIR/NAME.yaml, in the order of their names; names that begin
 * with a dot are skipped. Return as kits_yaml_read(). */
int config_dir_read(const char *path, const struct kit_source *source, struct kit_list *kits);

#endif
