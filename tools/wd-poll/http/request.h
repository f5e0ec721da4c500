/* One HTTP request: how it is made, and what is kept of the answer. For fetch.c alone. */
#ifndef WD_POLL_REQUEST_H
#define WD_POLL_REQUEST_H

#include "tools/wd-poll/http/fetch.h"

#include <curl/curl.h>

/* All requests in flight, and the bytes of their bodies. */
struct requests {
	struct request *first;
	size_t count;
	size_t unresponsive; /* of these, requests to kits that did not answer the last one */
	size_t bytes;
};

struct request {
	CURL *easy;
	CURLM *multi; /* that it is in, or NULL */
	struct request *next, *previous;
	struct request *next_ended; /* in the queue of the fetcher */
	struct requests *all;
	void *owner;
	enum endpoint endpoint;
	bool is_responsive; /* the kit */
	struct curl_slist *headers;
	struct buffer body;
	size_t header_bytes;
	bool headers_ended;   /* what follows the body is a trailer */
	const char *given_up; /* why the rest of the answer is not read; NULL: it is */
	char date[FETCH_VALUE_SIZE], retry_after[FETCH_VALUE_SIZE];
	clock_us asked, answered;
	int64_t started_us;
	bool has_ended; /* with `code` */
	CURLcode code;
	char message[CURL_ERROR_SIZE];
};

/* Create a request that is ready for curl, in `all`. Return NULL if out of memory. */
struct request *request_new(struct requests *all, const struct kit_config *kit,
	enum endpoint endpoint, bool is_responsive, void *owner);

/* Free the request and remove it from `all`. It must not be in curl's multi handle. */
void request_free(struct request *request);

/* Report how the request, which has ended, did so. */
void request_result(struct request *request, struct fetched *fetched);

#endif
