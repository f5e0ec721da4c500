/* An event: a descriptor by which a thread says to the main loop that it is done. */
#ifndef WD_COMMON_EVENT_H
#define WD_COMMON_EVENT_H

#include <stdbool.h>

/* Create one, to be closed with close(). Return 0, or EX_OSERR with `*fd` -1. */
int event_open(int *fd);

/* Make it readable (POLLIN). For the thread. */
void event_signal(int fd);

/* Whether it is readable. */
bool event_is_signaled(int fd);

/* Reset it; return whether it was readable. */
bool event_take(int fd);

#endif
