/* The listening socket. */
#ifndef WD_SIM_LISTEN_H
#define WD_SIM_LISTEN_H

/* Listen on 127.0.0.1; port 0 lets the kernel choose one. Set *fd (non-blocking) and *port. Return
 * 0, EX_UNAVAILABLE or EX_OSERR. */
int listen_open(int *fd, unsigned *port);

/* Print "listening on URL" on stdout. Return 0 or EX_IOERR. */
int listen_announce(unsigned port);

#endif
