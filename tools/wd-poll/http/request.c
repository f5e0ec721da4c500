/* One HTTP request: how it is made, and what is kept of the answer. */
#include "tools/wd-poll/http/request.h"

#include "common/base/array.h"
#include "tools/wd-poll/http/body.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

/* Each request has one; only the pages that data arrives in are touched. Large enough that most
 * bodies come in a few pieces. */
enum {
	RECEIVE_BUFFER = 32 << 10
};

/* Free the body at once; curl is stopped at the next byte that arrives. */
static void give_up(struct request *request, const char *why)
{
	request->given_up = why;
	request->all->bytes -= request->body.capacity;
	buffer_release(&request->body);
}

static struct request *longest(const struct requests *all)
{
	struct request *found = all->first;

	for (struct request *r = found; r; r = r->next) {
		if (r->body.capacity > found->body.capacity)
			found = r;
	}
	return found;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *self)
{
	struct request *request = self;
	size_t length = size * count, capacity = request->body.capacity;

	if (request->given_up)
		return CURL_WRITEFUNC_ERROR;
	if (request->body.length + length > BODY_MAX) {
		give_up(request, "more than 4 MiB");
		return CURL_WRITEFUNC_ERROR;
	}
	buffer_add(&request->body, bytes, length);
	request->all->bytes += request->body.capacity - capacity;
	if (request->all->bytes > FETCH_BODIES_MAX)
		give_up(longest(request->all), "the longest while all replies together had 48 MiB");
	return request->given_up || request->body.failed ? CURL_WRITEFUNC_ERROR : length;
}

/* Copy the value of a header, or "" if it is too long to be valid. */
static void copy_value(char value[FETCH_VALUE_SIZE], const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	while (end > at && (end[-1] == '\r' || end[-1] == '\n' || end[-1] == ' '))
		end--;
	size_t length = (size_t)(end - at);
	if (length >= FETCH_VALUE_SIZE || memchr(at, '\0', length))
		length = 0;
	memcpy(value, at, length);
	value[length] = '\0';
}

static bool has_prefix(const char *line, size_t length, const char *name)
{
	size_t n = strlen(name);

	return length > n && strncasecmp(line, name, n) == 0;
}

static size_t on_header(char *line, size_t size, size_t count, void *self)
{
	struct request *request = self;
	size_t length = size * count;

	request->header_bytes += length;
	if (request->header_bytes > FETCH_HEADERS_MAX) {
		if (!request->given_up)
			give_up(request, "more than 64 KiB of headers");
		return 0;
	}
	if (has_prefix(line, length, "HTTP/")) {
		request->date[0] = request->retry_after[0] = '\0';
		request->headers_ended = false;
	} else if (request->headers_ended || *line == '\r' || *line == '\n') {
		request->headers_ended = true;
	} else if (has_prefix(line, length, "Date:")) {
		copy_value(request->date, line + strlen("Date:"), line + length);
		request->answered = clock_wall_us();
	} else if (has_prefix(line, length, "Retry-After:")) {
		copy_value(request->retry_after, line + strlen("Retry-After:"), line + length);
	}
	return length;
}

/* Each request has an easy handle of its own: nothing of one kit can leak into a request to
 * another. */
static void set_common(struct request *request)
{
	CURL *easy = request->easy;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, request);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, request->message);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, request);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, request);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "wd-poll/" WD_VERSION);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)RECEIVE_BUFFER);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
}

static void set_auth(CURL *easy, const struct kit_config *kit)
{
	if (kit->bearer_token) {
		curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
		curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, kit->bearer_token);
	} else if (kit->username) {
		curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		curl_easy_setopt(easy, CURLOPT_USERNAME, kit->username);
		curl_easy_setopt(easy, CURLOPT_PASSWORD, kit->password ? kit->password : "");
	}
	if (kit->ca_file) {
		curl_easy_setopt(easy, CURLOPT_CAINFO, kit->ca_file);
		curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	}
	if (kit->client_cert)
		curl_easy_setopt(easy, CURLOPT_SSLCERT, kit->client_cert);
	if (kit->client_key)
		curl_easy_setopt(easy, CURLOPT_SSLKEY, kit->client_key);
}

static bool set_headers(struct request *request, const struct kit_config *kit)
{
	for (size_t i = 0; i < kit->headers.count; i++) {
		struct curl_slist *longer =
			curl_slist_append(request->headers, kit->headers.items[i]);
		if (!longer)
			return false;
		request->headers = longer;
	}
	return curl_easy_setopt(request->easy, CURLOPT_HTTPHEADER, request->headers) == CURLE_OK;
}

static bool set_kit(struct request *request, const struct kit_config *kit)
{
	struct buffer url = {0};

	buffer_printf(&url, "%s/%s", kit->api_url, endpoint_name(request->endpoint));
	buffer_add_char(&url, '\0');
	bool ok = !url.failed &&
		  curl_easy_setopt(request->easy, CURLOPT_URL, url.data) == CURLE_OK &&
		  set_headers(request, kit);
	buffer_release(&url);
	/* After each request, libcurl looks for expired names in its whole cache, unless the names
	 * of this request never expire: an address does not. */
	if (kit->has_numeric_host)
		curl_easy_setopt(request->easy, CURLOPT_DNS_CACHE_TIMEOUT, -1L);
	curl_easy_setopt(request->easy, CURLOPT_TIMEOUT_MS, (long)ceil(kit->timeout_s * 1000));
	set_auth(request->easy, kit);
	return ok;
}

struct request *request_new(struct requests *all, const struct kit_config *kit,
	enum endpoint endpoint, bool is_responsive, void *owner)
{
	struct request *request = calloc(1, sizeof(*request));

	if (!request)
		return NULL;
	request->all = all;
	request->owner = owner;
	request->endpoint = endpoint;
	request->is_responsive = is_responsive;
	request->next = all->first;
	if (all->first)
		all->first->previous = request;
	all->first = request;
	all->count++;
	all->unresponsive += !is_responsive;
	request->easy = curl_easy_init();
	if (request->easy)
		set_common(request);
	if (!request->easy || !set_kit(request, kit)) {
		request_free(request);
		return NULL;
	}
	request->asked = request->answered = clock_wall_us();
	request->started_us = clock_mono_us();
	return request;
}

void request_free(struct request *request)
{
	if (request->previous)
		request->previous->next = request->next;
	else
		request->all->first = request->next;
	if (request->next)
		request->next->previous = request->previous;
	request->all->count--;
	request->all->unresponsive -= !request->is_responsive;
	request->all->bytes -= request->body.capacity;
	buffer_release(&request->body);
	curl_easy_cleanup(request->easy);
	curl_slist_free_all(request->headers);
	free(request);
}

static const struct {
	CURLcode code;
	enum reply_error error;
} failures[] = {
	{CURLE_COULDNT_RESOLVE_HOST, REPLY_RESOLVE},
	{CURLE_COULDNT_CONNECT, REPLY_CONNECT},
	{CURLE_SEND_ERROR, REPLY_CONNECT},
	{CURLE_SSL_CONNECT_ERROR, REPLY_TLS},
	{CURLE_PEER_FAILED_VERIFICATION, REPLY_TLS},
	{CURLE_SSL_CERTPROBLEM, REPLY_TLS},
	{CURLE_SSL_CIPHER, REPLY_TLS},
	{CURLE_SSL_CACERT_BADFILE, REPLY_TLS},
	{CURLE_SSL_CLIENTCERT, REPLY_TLS},
	{CURLE_SSL_ISSUER_ERROR, REPLY_TLS},
	{CURLE_PARTIAL_FILE, REPLY_TRUNCATED},
	{CURLE_GOT_NOTHING, REPLY_TRUNCATED},
	{CURLE_RECV_ERROR, REPLY_TRUNCATED},
	{CURLE_UNSUPPORTED_PROTOCOL, REPLY_HTTP}, /* HTTP/0.9 */
	{CURLE_WEIRD_SERVER_REPLY, REPLY_HTTP},
	{CURLE_BAD_CONTENT_ENCODING, REPLY_HTTP},
	/* libcurl before 8.6 for a header that never ends; later versions have a code for it, which
	 * the headers of Debian 12 do not define. */
	{CURLE_OUT_OF_MEMORY, REPLY_TOO_LARGE},
	{(CURLcode)100, REPLY_TOO_LARGE},
};

static enum reply_error error_of_status(long http_status)
{
	if (http_status == 429)
		return REPLY_RATE_LIMITED;
	if (http_status >= 300 && http_status < 400)
		return REPLY_REDIRECT;
	return http_status >= 200 && http_status < 300 ? REPLY_OK : REPLY_HTTP;
}

/* Distinguish timeouts by what had arrived. */
static enum reply_error timeout_error(const struct request *request)
{
	curl_off_t resolved_us = 0;

	curl_easy_getinfo(request->easy, CURLINFO_NAMELOOKUP_TIME_T, &resolved_us);
	if (request->header_bytes)
		return REPLY_SLOW;
	return resolved_us ? REPLY_TIMEOUT : REPLY_RESOLVE;
}

static enum reply_error error_of(const struct request *request, long http_status)
{
	CURLcode code = request->code;

	if (request->given_up || request->body.failed)
		return REPLY_TOO_LARGE;
	if (code == CURLE_OK)
		return error_of_status(http_status);
	if (code == CURLE_OPERATION_TIMEDOUT)
		return timeout_error(request);
	for (size_t i = 0; i < ARRAY_SIZE(failures); i++) {
		if (failures[i].code == code)
			return failures[i].error;
	}
	return REPLY_CONNECT;
}

static const char *explain(struct request *request, long http_status)
{
	if (request->given_up)
		return request->given_up;
	if (request->body.failed)
		return "out of memory for the reply";
	if (request->code == CURLE_OK)
		snprintf(request->message, sizeof(request->message), "HTTP %ld", http_status);
	return *request->message ? request->message : curl_easy_strerror(request->code);
}

void request_result(struct request *request, struct fetched *fetched)
{
	curl_off_t elapsed_us = 0;
	long http_status = 0;

	curl_easy_getinfo(request->easy, CURLINFO_RESPONSE_CODE, &http_status);
	curl_easy_getinfo(request->easy, CURLINFO_TOTAL_TIME_T, &elapsed_us);
	*fetched = (struct fetched){
		.owner = request->owner,
		.endpoint = request->endpoint,
		.error = error_of(request, http_status),
		.message = explain(request, http_status),
		.http_status = http_status,
		.body = buffer_span(&request->body),
		.date = request->date,
		.retry_after = request->retry_after,
		.asked = request->asked,
		.answered = request->answered,
		.finished = request->asked + elapsed_us,
		.started_us = request->started_us,
		.elapsed_us = elapsed_us,
	};
}
