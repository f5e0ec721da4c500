/* The kits of kits.yaml in the table of kits. */
#ifndef WD_MQTT_KNOWN_KITS_H
#define WD_MQTT_KNOWN_KITS_H

#include "common/kits/kit_list.h"
#include "tools/wd-mqtt/intake/intake.h"

/* Read the kits of `source` (none without `configs`) and check that no two have the same topics.
 * Return 0, EX_CONFIG or EX_OSERR; `kits` is empty then. */
int known_kits_read(const struct kit_source *source, struct kit_list *kits);

/* Make `kits`, which have been checked, the configured kits of `intake`, and append their `kit`
 * lines and those of kits that are no longer configured. `default_kit` (an id, or NULL) is added if
 * it is not configured. Return 0 or EX_OSERR. */
int known_kits_apply(struct intake *intake, const struct kit_list *kits, const char *default_kit);

#endif
