/* wd-tee in the pipe. */
#ifndef WD_TEE_TEE_H
#define WD_TEE_TEE_H

#include <stdbool.h>

struct tee_settings {
	const char *copy;   /* a socket, or NULL */
	const char *events; /* a folder, or NULL */
	const char *writer; /* our name in that folder */
	bool drop_events;   /* do not pass events on */
};

/* Pass stdin to stdout until it ends. Return 0 or an exit status. */
int tee_run(const struct tee_settings *settings);

#endif
