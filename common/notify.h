/* What the service manager hears: sd_notify(3)'s protocol, a datagram to $NOTIFY_SOCKET. Where
 * no service manager listens, nothing is sent. */
#ifndef WD_COMMON_NOTIFY_H
#define WD_COMMON_NOTIFY_H

#include <stdint.h>

/* Send `state` ("READY=1"). A failure is logged and otherwise ignored. */
void notify(const char *state);

/* Tell the watchdog that the loop turns: four times in each WATCHDOG_USEC. `now_us` is of the
 * monotonic clock. The loop may sleep for a minute, so a watchdog has to wait for longer. */
void notify_alive(int64_t now_us);

#endif
