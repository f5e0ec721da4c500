/* What the process may use. */
#ifndef WD_POLL_RLIMITS_H
#define WD_POLL_RLIMITS_H

#include <stddef.h>

/* Takes as many descriptors as the system gives, and warns where they are too few for `kits`; makes
 * malloc() give large blocks back to the system as soon as they are free. */
void rlimits_set(size_t kits);

#endif
