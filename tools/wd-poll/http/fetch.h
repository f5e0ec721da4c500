/* HTTP requests, many at a time, with libcurl and epoll. What a kit sends is bounded here: in
 * bytes, in time, in where it can lead us. */
#ifndef WD_POLL_FETCH_H
#define WD_POLL_FETCH_H

#include "common/kits/kit.h"
#include "common/reply_line.h"

/* All bodies under way, of BODY_MAX at most each, together. Where there is no more room the longest
 * of them is given up. Bodies have 64 MiB in all; the rest is for the one that is mended (12 MiB at
 * worst) and the line that it becomes. */
#define FETCH_BODIES_MAX ((size_t)48 << 20)

/* All headers of one answer, 1xx answers before it included. */
#define FETCH_HEADERS_MAX ((size_t)64 << 10)

/* So many requests may be under way: a thousand kits that hang, and then some. Each takes some 20
 * KiB and a descriptor. */
enum {
	FETCH_REQUESTS_MAX = 4096
};

/* The longest header value that is looked at. */
#define FETCH_VALUE_SIZE 64

struct fetcher;

/* How a request ended. Texts and body are the fetcher's, valid until its next function is called.
 */
struct fetched {
	void *owner;
	enum endpoint endpoint;
	enum reply_error error; /* REPLY_OK: a 2xx answer arrived whole; its body is unchecked */
	const char *message;
	long http_status; /* 0: none */
	struct span body;
	const char *date, *retry_after;     /* those headers; "" where there was none */
	clock_us asked, answered, finished; /* on the wall clock; `answered`: when Date arrived */
	int64_t elapsed_us;
};

/* Returns 0 or EX_OSERR. */
int fetch_open(struct fetcher **fetcher);
void fetch_free(struct fetcher *fetcher);

/* Keeps this many connections open for kits that allow it. */
void fetch_keep(struct fetcher *fetcher, size_t connections);

/* Asks for an endpoint of `kit`, which must stay until the request has ended or was cancelled.
 * Returns 0 or EX_OSERR. */
int fetch_start(
	struct fetcher *fetcher, const struct kit_config *kit, enum endpoint endpoint, void *owner);

/* Whether there are FETCH_REQUESTS_MAX requests under way: start no more. */
bool fetch_full(const struct fetcher *fetcher);

/* Forgets all requests of `owner`. */
void fetch_cancel(struct fetcher *fetcher, const void *owner);

/* Makes fetch_wait() return when `fd` is ready for `events` (of epoll; 0: only for errors). What
 * cannot be waited for, such as a regular file, is always ready, and never reported. */
void fetch_watch(struct fetcher *fetcher, int fd, uint32_t events);

/* Moves the requests on, waiting until `until_us` (monotonic clock) at most. `*ready` says that a
 * watched descriptor is. Returns 0 or EX_OSERR. */
int fetch_wait(struct fetcher *fetcher, int64_t until_us, bool *ready);

/* The next request that has ended; false if there is none. */
bool fetch_next(struct fetcher *fetcher, struct fetched *fetched);

#endif
