/* The requests of browsers: /, /events, /login, /healthz, /metrics. */
#ifndef WD_SERVE_REQUEST_H
#define WD_SERVE_REQUEST_H

#include <microhttpd.h>

/* Callbacks of the daemon; `self` is the struct serve_server. */
enum MHD_Result request_handle(void *self, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *upload, size_t *upload_size,
	void **context);
void request_completed(void *self, struct MHD_Connection *connection, void **context,
	enum MHD_RequestTerminationCode code);

#endif
