/* The listening socket. */
#ifndef WD_SIM_LISTEN
#define WD_SIM_LISTEN

/* Listens on 127.0.0.1 only; `port` 0 lets the kernel choose one. Non-blocking. Sets *fd and *port;
 * returns 0, EX_UNAVAILABLE or EX_OSERR. */
int listen_open(int *fd, unsigned *port);

/* Says on stdout that the port can be used now; 0 or EX_IOERR. */
int listen_announce(unsigned port);

#endif
