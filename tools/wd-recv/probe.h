/* Finding the message that makes COMMAND fail. */
#ifndef WD_RECV_PROBE_H
#define WD_RECV_PROBE_H

#include "tools/wd-recv/session.h"

/* Connected, after COMMAND has failed repeatedly: feed the next messages one at a time, each to a
 * COMMAND of its own. One that fails alone three times while another one passes is published to
 * QUEUE.bad and acknowledged. `outcome` is SESSION_DONE where there was progress, or why the search
 * ended. The caller resets the link. */
void probe(struct receiver *receiver, struct session_outcome *outcome);

#endif
