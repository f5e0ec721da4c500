/* Signals as something to wait for: a descriptor that poll() and curl can watch. */
#ifndef WD_COMMON_SIGNALS_H
#define WD_COMMON_SIGNALS_H

#include <stdbool.h>

/* The first call of every main(): from here on SIGTERM, SIGINT, SIGHUP and SIGUSR1 make
 * signals_fd() readable instead of ending the process, SIGPIPE and SIGXFSZ are ignored (a write
 * says EPIPE or EFBIG), and descriptors 0, 1 and 2, where they were closed, are taken by something
 * that refuses the use they are meant for, so that no file opened later is mistaken for stdin,
 * stdout or stderr. Return 0 or EX_OSERR.
 *
 * Where SIGTERM is ignored at the start, all four stay ignored: a program that starts a stage like
 * that (wd-drain) takes its status 0 to mean that all input was read, and ends it with SIGKILL. */
int signals_open(void);

/* Readable (POLLIN) while a signal waits for signals_next(). */
int signals_fd(void);

/* The next signal that arrived, or 0. Several arrivals of one signal may count as one. */
int signals_next(void);

/* Whether `signal_number` asks the process to end: SIGTERM or SIGINT. */
bool signal_is_stop(int signal_number);

/* Whether such a signal has arrived, whether or not signals_next() has returned it. */
bool stop_requested(void);

/* Whether SIGHUP was ignored at the start, as nohup(1) does. It is handed out all the same, to
 * those who read their configuration again, but is no reason to stop. */
bool signals_ignore_hangup(void);

#endif
