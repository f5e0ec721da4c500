/* Creating and checking the queues. */
#ifndef WD_RECV_DECLARE_H
#define WD_RECV_DECLARE_H

#include "common/queue/settings.h"

/* Create the queues and the queue NAME.bad of each where they are missing. Returns 0; EX_CONFIG
 * where one exists with other properties; EX_TEMPFAIL without a broker. */
int declare_queues(const struct queue_settings *settings);

/* Check that they exist, with the properties that declare_queues() gives them. Returns the same. */
int check_queues(const struct queue_settings *settings);

#endif
