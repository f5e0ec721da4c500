/* Concurrent HTTP requests, with libcurl and epoll. */
#include "tools/wd-poll/http/fetch.h"

#include "common/base/hash.h"
#include "common/log/log.h"
#include "tools/wd-poll/http/request.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	EVENTS_AT_ONCE = 256,
	POOLS_MAX = 64,
	/* For which another pool is opened. */
	POOL_CONNECTIONS = 512,
};

#define NO_TIMER INT64_MAX

/* Some of the kits, with a multi handle of their own: after each request, and once a second, libcurl
 * walks over all open connections of a handle. */
struct pool {
	CURLM *multi;     /* NULL until it is used */
	int64_t timer_us; /* when to call curl, on the monotonic clock */
	struct fetcher *fetcher;
};

struct fetcher {
	struct pool pools[POOLS_MAX];
	size_t count;       /* of pools; it never shrinks: no connection is left in an unused one */
	size_t connections; /* to keep open, of all pools */
	int epoll;
	struct requests requests;
	struct request *ended, **ended_end; /* a queue for fetch_next() */
	struct request *current;            /* returned by fetch_next() */
};

/* The data of epoll: a descriptor of curl's and above it the number of its pool, or this. */
#define WATCHED UINT64_MAX

static int set_timer(CURLM *multi, long timeout_ms, void *self)
{
	struct pool *pool = self;

	(void)multi;
	pool->timer_us = timeout_ms < 0 ? NO_TIMER : clock_mono_us() + timeout_ms * 1000;
	return 0;
}

/* `known` is NULL for a descriptor that is not in the epoll set yet. */
static int set_socket(CURL *easy, curl_socket_t fd, int what, void *self, void *known)
{
	struct pool *pool = self;
	struct fetcher *fetcher = pool->fetcher;
	struct epoll_event event = {
		.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) |
			  (what & CURL_POLL_OUT ? EPOLLOUT : 0u),
		.data.u64 = (uint64_t)(pool - fetcher->pools) << 32 | (uint64_t)fd,
	};

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		epoll_ctl(fetcher->epoll, EPOLL_CTL_DEL, fd, &event);
		return 0;
	}
	if (!known)
		curl_multi_assign(pool->multi, fd, pool);
	if (epoll_ctl(fetcher->epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) != 0)
		log_error("cannot wait for a socket", LOG_ERRNO(errno));
	return 0;
}

int fetch_open(struct fetcher **result)
{
	struct fetcher *fetcher = calloc(1, sizeof(*fetcher));

	if (!fetcher || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(fetcher);
		return fail(EX_OSERR, "cannot start", {"library", "libcurl"});
	}
	fetcher->count = 1;
	fetcher->ended_end = &fetcher->ended;
	fetcher->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (fetcher->epoll < 0) {
		int reason = errno;
		fetch_free(fetcher);
		return fail(EX_OSERR, "cannot wait for kits", LOG_ERRNO(reason));
	}
	*result = fetcher;
	return 0;
}

/* Kits are not spread evenly over the pools: each has some room. */
static void limit_connections(const struct fetcher *fetcher, const struct pool *pool)
{
	size_t share = fetcher->connections / fetcher->count;

	if (fetcher->count > 1)
		share += share / 8;
	if (pool->multi && share)
		curl_multi_setopt(pool->multi, CURLMOPT_MAXCONNECTS, (long)share);
}

void fetch_keep(struct fetcher *fetcher, size_t connections)
{
	size_t count = connections / POOL_CONNECTIONS + 1;

	if (count > POOLS_MAX)
		count = POOLS_MAX;
	if (count > fetcher->count)
		fetcher->count = count;
	fetcher->connections = connections;
	for (size_t i = 0; i < fetcher->count; i++)
		limit_connections(fetcher, &fetcher->pools[i]);
}

static bool open_pool(struct fetcher *fetcher, struct pool *pool)
{
	*pool = (struct pool){curl_multi_init(), NO_TIMER, fetcher};
	if (!pool->multi)
		return false;
	curl_multi_setopt(pool->multi, CURLMOPT_SOCKETFUNCTION, set_socket);
	curl_multi_setopt(pool->multi, CURLMOPT_SOCKETDATA, pool);
	curl_multi_setopt(pool->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(pool->multi, CURLMOPT_TIMERDATA, pool);
	limit_connections(fetcher, pool);
	return true;
}

/* Return the pool of a kit, or NULL if out of memory. */
static struct pool *pool_of(struct fetcher *fetcher, const struct kit_config *kit)
{
	uint64_t hash = hash_bytes(HASH_START, kit->api_url, strlen(kit->api_url));
	struct pool *pool = &fetcher->pools[hash_fold(hash) % fetcher->count];

	return pool->multi || open_pool(fetcher, pool) ? pool : NULL;
}

static void drop(struct request *request)
{
	if (request->multi)
		curl_multi_remove_handle(request->multi, request->easy);
	request_free(request);
}

static void release_current(struct fetcher *fetcher)
{
	if (fetcher->current)
		drop(fetcher->current);
	fetcher->current = NULL;
}

void fetch_free(struct fetcher *fetcher)
{
	while (fetcher->requests.first)
		drop(fetcher->requests.first);
	for (size_t i = 0; i < fetcher->count; i++)
		curl_multi_cleanup(fetcher->pools[i].multi);
	if (fetcher->epoll >= 0)
		close(fetcher->epoll);
	curl_global_cleanup();
	free(fetcher);
}

int fetch_start(struct fetcher *fetcher, const struct kit_config *kit, enum endpoint endpoint,
	bool is_responsive, void *owner)
{
	struct pool *pool = pool_of(fetcher, kit);
	struct request *request =
		pool ? request_new(&fetcher->requests, kit, endpoint, is_responsive, owner) : NULL;

	if (!request || curl_multi_add_handle(pool->multi, request->easy) != CURLM_OK)
		return fail(EX_OSERR, "cannot make a request", {"kit", kit_label(kit)});
	request->multi = pool->multi;
	return 0;
}

bool fetch_full(const struct fetcher *fetcher, bool is_responsive)
{
	const struct requests *requests = &fetcher->requests;

	return requests->count >= FETCH_REQUESTS_MAX ||
	       (!is_responsive && requests->unresponsive >= FETCH_UNRESPONSIVE_MAX);
}

/* A request that waits in the queue stays there without its owner. */
void fetch_cancel(struct fetcher *fetcher, const void *owner)
{
	struct request *next;

	release_current(fetcher);
	for (struct request *request = fetcher->requests.first; request; request = next) {
		next = request->next;
		if (request->owner != owner)
			continue;
		if (request->has_ended)
			request->owner = NULL;
		else
			drop(request);
	}
}

void fetch_watch(struct fetcher *fetcher, int fd, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.u64 = WATCHED};

	if (epoll_ctl(fetcher->epoll, EPOLL_CTL_MOD, fd, &event) != 0 && errno == ENOENT)
		epoll_ctl(fetcher->epoll, EPOLL_CTL_ADD, fd, &event);
}

static bool has_timer(const struct pool *pool, int64_t until_us)
{
	return pool->multi && pool->timer_us <= until_us;
}

/* In milliseconds, rounded up: an early wake-up would have nothing to do. */
static int wait_ms(const struct fetcher *fetcher, int64_t until_us)
{
	int64_t now_us = clock_mono_us();

	for (size_t i = 0; i < fetcher->count; i++) {
		if (has_timer(&fetcher->pools[i], until_us))
			until_us = fetcher->pools[i].timer_us;
	}
	if (until_us <= now_us)
		return 0;
	int64_t ms = (until_us - now_us - 1) / 1000 + 1;
	return ms < 60000 ? (int)ms : 60000;
}

static int curl_events(uint32_t events)
{
	return (events & EPOLLIN ? CURL_CSELECT_IN : 0) |
	       (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
	       (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
}

/* Queue what has ended. curl_multi_remove_handle() searches all messages that have not been read, so
 * they are read at once: the cost of a backlog would grow with its square. */
static void read_messages(struct pool *pool)
{
	struct fetcher *fetcher = pool->fetcher;
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(pool->multi, &left)) != NULL) {
		char *private = NULL;
		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
		struct request *request = (struct request *)(void *)private;
		request->has_ended = true;
		request->code = message->data.result;
		*fetcher->ended_end = request;
		fetcher->ended_end = &request->next_ended;
	}
}

static void act(struct pool *pool, curl_socket_t fd, int events)
{
	int running;

	curl_multi_socket_action(pool->multi, fd, events, &running);
	read_messages(pool);
}

static void run_timers(struct fetcher *fetcher)
{
	int64_t now_us = clock_mono_us();

	for (size_t i = 0; i < fetcher->count; i++) {
		struct pool *pool = &fetcher->pools[i];
		if (!has_timer(pool, now_us))
			continue;
		pool->timer_us = NO_TIMER;
		act(pool, CURL_SOCKET_TIMEOUT, 0);
	}
}

int fetch_wait(struct fetcher *fetcher, int64_t until_us, bool *ready)
{
	struct epoll_event events[EVENTS_AT_ONCE];

	release_current(fetcher);
	*ready = false;
	int n = epoll_wait(fetcher->epoll, events, EVENTS_AT_ONCE, wait_ms(fetcher, until_us));
	if (n < 0 && errno != EINTR)
		return fail(EX_OSERR, "cannot wait for kits", LOG_ERRNO(errno));
	for (int i = 0; i < n; i++) {
		uint64_t data = events[i].data.u64;
		if (data == WATCHED)
			*ready = true;
		else
			act(&fetcher->pools[data >> 32], (curl_socket_t)(data & UINT32_MAX),
				curl_events(events[i].events));
	}
	run_timers(fetcher);
	return 0;
}

static struct request *take_ended(struct fetcher *fetcher)
{
	struct request *request = fetcher->ended;

	if (!request)
		return NULL;
	fetcher->ended = request->next_ended;
	if (!fetcher->ended)
		fetcher->ended_end = &fetcher->ended;
	return request;
}

bool fetch_next(struct fetcher *fetcher, struct fetched *fetched)
{
	do {
		release_current(fetcher);
		fetcher->current = take_ended(fetcher);
		if (!fetcher->current)
			return false;
	} while (!fetcher->current->owner);
	request_result(fetcher->current, fetched);
	return true;
}
