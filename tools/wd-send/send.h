/* The lines of standard input become messages in queues of a broker. */
#ifndef WD_SEND_SEND_H
#define WD_SEND_SEND_H

#include "common/queue/settings.h"

struct send_settings {
	struct queue_settings queue;
	bool routes_by_kit;
	size_t message_max; /* a longer line is replaced by a reject */
};

/* Send until the end of the input, and until everything is confirmed. Returns 0; EX_CONFIG where a
 * queue is missing; EX_TEMPFAIL where something is not confirmed; or another exit status. */
int send_run(const struct send_settings *settings);

#endif
