/* --check: what would be polled. */
#ifndef WD_POLL_CHECK_CONFIG_H
#define WD_POLL_CHECK_CONFIG_H

#include "common/kits/kit_list.h"

/* Print one line per kit and a summary on stdout, as text or as JSON objects, and release `kits`.
 * Return 0 or EX_IOERR. */
int check_config_print(struct kit_list *kits, bool as_json);

#endif
