/* Concurrent HTTP requests, with libcurl and epoll. What a kit sends is bounded here: in bytes, in
 * time, and in where it can lead us. */
#ifndef WD_POLL_FETCH_H
#define WD_POLL_FETCH_H

#include "common/kits/kit.h"
#include "common/record/reply_error.h"
#include "common/time/clock.h"

/* The limit for all bodies in flight together, each of BODY_MAX at most. Above it, the longest of
 * them is given up. Bodies have 64 MiB in total; the rest is for the one that is being repaired (12
 * MiB at most) and the line made from it. */
#define FETCH_BODIES_MAX ((size_t)48 << 20)

/* All headers of one answer, including 1xx answers before it. */
#define FETCH_HEADERS_MAX ((size_t)64 << 10)

enum {
	/* Requests in flight. Each takes about 30 KiB and a descriptor. */
	FETCH_REQUESTS_MAX = 4096,
	/* Of these, requests to kits that did not answer the last one: kits that hang cannot take
	 * all slots. */
	FETCH_UNRESPONSIVE_MAX = 3072,
	/* Connections per kit that stay open: one each for /drones and /signals; /status uses one
	 * of them. */
	FETCH_IDLE_PER_KIT = 2,
};

/* Header values that are longer are ignored. */
#define FETCH_VALUE_SIZE 64

struct fetcher;

/* How a request ended. Texts and body belong to the fetcher and are valid until its next function
 * is called. */
struct fetched {
	void *owner;
	enum endpoint endpoint;
	enum reply_error error; /* REPLY_OK: a complete 2xx answer; its body is not checked yet */
	const char *message;
	long http_status; /* 0: none */
	struct span body;
	const char *date, *retry_after;     /* these headers; "" if absent */
	clock_us asked, answered, finished; /* on the wall clock; `answered`: when Date arrived */
	int64_t started_us, elapsed_us;     /* started_us: on the monotonic clock */
};

/* Return 0 or EX_OSERR. */
int fetch_open(struct fetcher **fetcher);
void fetch_free(struct fetcher *fetcher);

/* Keep this many connections open for kits that permit it. */
void fetch_keep(struct fetcher *fetcher, size_t connections);

/* Request an endpoint of `kit`, which must exist until the request has ended or is cancelled.
 * `is_responsive`: the kit answered the last request. Return 0 or EX_OSERR. */
int fetch_start(struct fetcher *fetcher, const struct kit_config *kit, enum endpoint endpoint,
	bool is_responsive, void *owner);

/* Return whether no further request to such a kit may be started. */
bool fetch_full(const struct fetcher *fetcher, bool is_responsive);

/* Cancel all requests of `owner`. */
void fetch_cancel(struct fetcher *fetcher, const void *owner);

/* Make fetch_wait() return when `fd` is ready for `events` (of epoll; 0: errors only). A descriptor
 * that epoll refuses, such as a regular file, is always ready and never reported. */
void fetch_watch(struct fetcher *fetcher, int fd, uint32_t events);

/* Advance the requests, waiting until `until_us` (monotonic clock) at most. `*ready` is whether a
 * watched descriptor is ready. Return 0 or EX_OSERR. */
int fetch_wait(struct fetcher *fetcher, int64_t until_us, bool *ready);

/* Report the next request that has ended. Return false if no further one has. */
bool fetch_next(struct fetcher *fetcher, struct fetched *fetched);

#endif
