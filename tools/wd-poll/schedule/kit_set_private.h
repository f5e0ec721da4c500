/* For kit_set.c and reload.c alone. */
#ifndef WD_POLL_KIT_SET_PRIVATE_H
#define WD_POLL_KIT_SET_PRIVATE_H

#include "tools/wd-poll/schedule/kit_set.h"

/* Start polling `kit`, which is owned by the result. NULL if out of memory. */
struct kit_poll *kit_set_start_kit(struct kit_set *set, struct kit_config *kit, int64_t now_us);

#endif
