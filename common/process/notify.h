/* Notify the service manager as sd_notify(3) does: a datagram to $NOTIFY_SOCKET. Without that variable,
 * nothing is sent. */
#ifndef WD_COMMON_NOTIFY_H
#define WD_COMMON_NOTIFY_H

#include <stdint.h>

/* Send `state` ("READY=1"). A failure is logged and otherwise ignored. */
void notify(const char *state);

/* Notify the watchdog, four times in each WATCHDOG_USEC: call this in each iteration of the main loop. `now_us`
 * is of the monotonic clock. The loop may sleep for a minute, so WATCHDOG_USEC must be longer. */
void notify_alive(int64_t now_us);

#endif
