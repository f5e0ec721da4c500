/* Threads that leave all signals to the main thread, which waits for them. */
#ifndef WD_PIPELINE_THREAD_H
#define WD_PIPELINE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* Start a thread; false when the system has none left. */
bool thread_start(pthread_t *thread, void *(*run)(void *), void *self);

#endif
