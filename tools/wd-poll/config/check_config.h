/* --check: what would be polled, for people. */
#ifndef WD_POLL_CHECK_CONFIG_H
#define WD_POLL_CHECK_CONFIG_H

#include "tools/wd-poll/config/kit_list.h"

/* Prints a line a kit on stdout, and releases `kits`. Returns 0 or EX_IOERR. */
int check_config_print(struct kit_list *kits);

#endif
