/* Sessions, one after the other, until wd-recv is asked to stop. */
#ifndef WD_RECV_WORK_H
#define WD_RECV_WORK_H

#include "tools/wd-recv/receiver.h"

/* Run until SIGTERM. Returns 0 then; EX_CONFIG where a queue is missing, the broker refuses the
 * account, or COMMAND does not acknowledge; EX_OSERR. */
int receiver_work(struct receiver *receiver);

#endif
