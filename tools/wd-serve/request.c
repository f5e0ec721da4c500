#include "tools/wd-serve/request.h"

#include "common/base/xalloc.h"
#include "common/log/log.h"
#include "common/log/log_limit.h"
#include "common/time/clock.h"
#include "tools/wd-serve/connection.h"
#include "tools/wd-serve/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One request; exists until the reply has been sent. */
struct serve_request {
	char token[ACCESS_TOKEN_MAX + 1];
	size_t length;
	bool is_too_long;
	struct MHD_PostProcessor *form;
};

static const char login_page[] =
	"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<title>WarDragon</title>\n</head>\n<body>\n<h1>WarDragon</h1>\n"
	"<form method=\"post\" action=\"login\">\n"
	"<label>Token <input type=\"password\" name=\"token\" autocomplete=\"current-password\" "
	"autofocus></label>\n<button>Show the map</button>\n</form>\n</body>\n</html>\n";

static enum MHD_Result reply(
	struct MHD_Connection *connection, unsigned status, struct MHD_Response *response)
{
	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, "Cache-Control", "no-store");
	MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(response, "X-Frame-Options", "DENY");
	enum MHD_Result result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static struct MHD_Response *response_of(struct span body, const char *type)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(
		body.length, (void *)(uintptr_t)body.data, MHD_RESPMEM_MUST_COPY);

	if (response)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	return response;
}

static enum MHD_Result reply_text(
	struct MHD_Connection *connection, unsigned status, const char *text)
{
	return reply(connection, status, response_of(span_of(text), "text/plain; charset=utf-8"));
}

static enum MHD_Result reply_login(struct MHD_Connection *connection, unsigned status)
{
	struct MHD_Response *response =
		response_of(span_of(login_page), "text/html; charset=utf-8");

	if (response)
		MHD_add_response_header(response, "Content-Security-Policy",
			"default-src 'none'; form-action 'self'; base-uri 'none'; "
			"frame-ancestors 'none'");
	return reply(connection, status, response);
}

static enum MHD_Result reply_page(
	const struct serve_server *server, struct MHD_Connection *connection)
{
	return reply(connection, MHD_HTTP_OK,
		response_of(buffer_span(&server->page), "text/html; charset=utf-8"));
}

static enum MHD_Result reply_events(struct serve_server *server, struct MHD_Connection *connection)
{
	struct buffer state = {0};

	live_put_state(server->live, &state);
	struct MHD_Response *response = stream_open(&server->streams, connection, state);
	connection_begin_stream(connection);
	if (response)
		MHD_add_response_header(
			response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/event-stream");
	return reply(connection, MHD_HTTP_OK, response);
}

static enum MHD_Result reply_metrics(
	const struct serve_server *server, struct MHD_Connection *connection)
{
	const struct live *live = server->live;
	struct buffer text = {0};

	buffer_printf(&text,
		"# TYPE wd_serve_lines_total counter\nwd_serve_lines_total %llu\n"
		"# TYPE wd_serve_malformed_lines_total counter\n"
		"wd_serve_malformed_lines_total %llu\n"
		"# TYPE wd_serve_dropped_records_total counter\n"
		"wd_serve_dropped_records_total %llu\n"
		"# TYPE wd_serve_tracks gauge\nwd_serve_tracks %zu\n"
		"# TYPE wd_serve_browsers gauge\nwd_serve_browsers %zu\n"
		"# TYPE wd_serve_slow_browsers_total counter\nwd_serve_slow_browsers_total %llu\n"
		"# TYPE wd_serve_expired_connections_total counter\n"
		"wd_serve_expired_connections_total %llu\n",
		(unsigned long long)live->lines, (unsigned long long)live->malformed,
		(unsigned long long)live->table.dropped, live->table.count, server->streams.count,
		(unsigned long long)server->streams.dropped,
		(unsigned long long)server->connections.expired);
	enum MHD_Result result = reply(connection, MHD_HTTP_OK,
		response_of(buffer_span(&text), "text/plain; version=0.0.4"));
	buffer_release(&text);
	return result;
}

static enum MHD_Result reply_session(
	const struct serve_server *server, struct MHD_Connection *connection)
{
	struct MHD_Response *response = response_of(span_of(""), "text/plain");
	char cookie[160];

	if (!response)
		return MHD_NO;
	snprintf(cookie, sizeof(cookie), ACCESS_COOKIE "=%s; Path=/; HttpOnly; SameSite=Strict%s",
		server->access.session, server->tls.cert.length ? "; Secure" : "");
	MHD_add_response_header(response, MHD_HTTP_HEADER_SET_COOKIE, cookie);
	MHD_add_response_header(response, MHD_HTTP_HEADER_LOCATION, "/");
	return reply(connection, MHD_HTTP_SEE_OTHER, response);
}

static enum MHD_Result collect_token(void *self, enum MHD_ValueKind kind, const char *key,
	const char *file, const char *type, const char *encoding, const char *data, uint64_t offset,
	size_t size)
{
	struct serve_request *request = self;

	(void)kind, (void)file, (void)type, (void)encoding, (void)offset;
	if (strcmp(key, "token") != 0)
		return MHD_YES;
	request->is_too_long |= request->length + size > ACCESS_TOKEN_MAX;
	if (request->is_too_long)
		return MHD_NO;
	memcpy(request->token + request->length, data, size);
	request->length += size;
	return MHD_YES;
}

/* Anyone who reaches the port can cause this. */
static void log_refused(const char *reason)
{
	static struct log_limit limit;
	uint64_t suppressed;

	if (log_limit_allows(&limit, clock_mono_us(), &suppressed))
		log_warning("login refused", {"reason", reason},
			{"suppressed", suppressed ? log_number((int64_t)suppressed).text : NULL});
}

static enum MHD_Result log_in(const struct serve_server *server, struct MHD_Connection *connection,
	const struct serve_request *request)
{
	if (request->is_too_long || !server->access.token[0] ||
		!access_token_is_valid(&server->access, request->token)) {
		log_refused(request->is_too_long ? "the token is too long" : "wrong token");
		return reply_login(connection, MHD_HTTP_FORBIDDEN);
	}
	return reply_session(server, connection);
}

static enum MHD_Result dispatch(struct serve_server *server, struct MHD_Connection *connection,
	const char *url, const struct serve_request *request)
{
	const char *session =
		MHD_lookup_connection_value(connection, MHD_COOKIE_KIND, ACCESS_COOKIE);
	bool is_allowed = access_session_is_valid(&server->access, session);

	if (strcmp(url, "/healthz") == 0)
		return reply_text(connection, MHD_HTTP_OK, "ok\n");
	if (strcmp(url, "/login") == 0 && request->form)
		return log_in(server, connection, request);
	if (strcmp(url, "/") == 0)
		return is_allowed ? reply_page(server, connection)
				  : reply_login(connection, MHD_HTTP_UNAUTHORIZED);
	if (!is_allowed)
		return reply_text(connection, MHD_HTTP_UNAUTHORIZED, "log in at /\n");
	if (strcmp(url, "/events") == 0)
		return reply_events(server, connection);
	if (strcmp(url, "/metrics") == 0)
		return reply_metrics(server, connection);
	return reply_text(connection, MHD_HTTP_NOT_FOUND, "not found\n");
}

static struct serve_request *begin(struct MHD_Connection *connection, const char *url, bool is_post)
{
	struct serve_request *request = xcalloc(1, sizeof(*request));

	if (is_post && strcmp(url, "/login") == 0)
		request->form = MHD_create_post_processor(connection, 1024, collect_token, request);
	return request;
}

enum MHD_Result request_handle(void *self, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *upload, size_t *upload_size,
	void **context)
{
	struct serve_server *server = self;
	struct serve_request *request = *context;
	bool is_post = strcmp(method, MHD_HTTP_METHOD_POST) == 0;
	const char *host =
		MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST);
	const char *origin =
		MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ORIGIN);

	(void)version;
	if (!request) {
		connection_begin_reply(connection);
		*context = begin(connection, url, is_post);
		return MHD_YES;
	}
	if (*upload_size) {
		if (request->form)
			MHD_post_process(request->form, upload, *upload_size);
		*upload_size = 0;
		return MHD_YES;
	}
	if (!access_host_is_allowed(&server->access, host) ||
		!access_origin_is_allowed(origin, host))
		return reply_text(connection, MHD_HTTP_FORBIDDEN,
			"this name is not allowed: see --host in wd-serve(1)\n");
	if (!is_post && strcmp(method, MHD_HTTP_METHOD_GET) != 0)
		return reply_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "GET only\n");
	return dispatch(server, connection, url, request);
}

void request_completed(void *self, struct MHD_Connection *connection, void **context,
	enum MHD_RequestTerminationCode code)
{
	struct serve_request *request = *context;

	(void)self, (void)code;
	connection_end_reply(connection);
	if (request && request->form)
		MHD_destroy_post_processor(request->form);
	free(request);
	*context = NULL;
}
