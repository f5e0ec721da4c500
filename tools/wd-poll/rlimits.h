/* The limits of the process. */
#ifndef WD_POLL_RLIMITS_H
#define WD_POLL_RLIMITS_H

#include <stddef.h>

/* Raise the limit on descriptors as far as the system permits, with a warning if it is too low for
 * `kits`; make malloc() return large blocks to the system as soon as they are free. */
void rlimits_set(size_t kits);

#endif
