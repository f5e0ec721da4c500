/* One HTTP request: how it is made, and what is kept of the answer. For fetch.c alone. */
#ifndef WD_POLL_REQUEST_H
#define WD_POLL_REQUEST_H

#include "tools/wd-poll/http/fetch.h"

#include <curl/curl.h>

/* All requests under way, and the bytes of their bodies. */
struct requests {
	struct request *first;
	size_t count;
	size_t bytes;
};

struct request {
	CURL *easy;
	struct request *next, *previous;
	struct requests *all;
	void *owner;
	enum endpoint endpoint;
	struct curl_slist *headers;
	struct buffer body;
	size_t header_bytes;
	const char *given_up; /* why we stopped listening; NULL: we did not */
	char date[FETCH_VALUE_SIZE], retry_after[FETCH_VALUE_SIZE];
	clock_us asked, answered;
	char message[CURL_ERROR_SIZE];
};

/* A request that is ready for curl, among `all`; NULL without memory. */
struct request *request_new(
	struct requests *all, const struct kit_config *kit, enum endpoint endpoint, void *owner);

/* Takes it out of `all` again. Curl must have let go of it. */
void request_free(struct request *request);

/* What came of it. */
void request_result(struct request *request, CURLcode code, struct fetched *fetched);

#endif
