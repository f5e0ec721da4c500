/* Concurrent HTTP requests, with libcurl and epoll. */
#include "tools/wd-poll/http/fetch.h"

#include "common/log.h"
#include "tools/wd-poll/http/request.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	EVENTS_AT_ONCE = 64
};

#define NO_TIMER INT64_MAX

struct fetcher {
	CURLM *multi;
	int epoll;
	int64_t timer_us; /* when to call curl, on the monotonic clock */
	struct requests requests;
	struct request *ended; /* returned by fetch_next() */
};

/* Mark a watched descriptor, as opposed to one of curl's, in the data of epoll. */
#define WATCHED (UINT64_C(1) << 32)

static int set_timer(CURLM *multi, long timeout_ms, void *self)
{
	struct fetcher *fetcher = self;

	(void)multi;
	fetcher->timer_us = timeout_ms < 0 ? NO_TIMER : clock_mono_us() + timeout_ms * 1000;
	return 0;
}

/* `known` is NULL for a descriptor that is not in the epoll set yet. */
static int set_socket(CURL *easy, curl_socket_t fd, int what, void *self, void *known)
{
	struct fetcher *fetcher = self;
	struct epoll_event event = {
		.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) |
			  (what & CURL_POLL_OUT ? EPOLLOUT : 0u),
		.data.u64 = (uint64_t)fd,
	};

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		epoll_ctl(fetcher->epoll, EPOLL_CTL_DEL, fd, &event);
		return 0;
	}
	if (!known)
		curl_multi_assign(fetcher->multi, fd, fetcher);
	if (epoll_ctl(fetcher->epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) != 0)
		log_error("cannot wait for a socket", {"reason", strerror(errno)});
	return 0;
}

int fetch_open(struct fetcher **result)
{
	struct fetcher *fetcher = calloc(1, sizeof(*fetcher));

	if (!fetcher || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(fetcher);
		return fail(EX_OSERR, "cannot start", {"library", "libcurl"});
	}
	fetcher->timer_us = NO_TIMER;
	fetcher->multi = curl_multi_init();
	fetcher->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (!fetcher->multi || fetcher->epoll < 0) {
		int reason = errno;
		fetch_free(fetcher);
		return fail(EX_OSERR, "cannot wait for kits", {"reason", strerror(reason)});
	}
	curl_multi_setopt(fetcher->multi, CURLMOPT_SOCKETFUNCTION, set_socket);
	curl_multi_setopt(fetcher->multi, CURLMOPT_SOCKETDATA, fetcher);
	curl_multi_setopt(fetcher->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(fetcher->multi, CURLMOPT_TIMERDATA, fetcher);
	*result = fetcher;
	return 0;
}

void fetch_keep(struct fetcher *fetcher, size_t connections)
{
	curl_multi_setopt(fetcher->multi, CURLMOPT_MAXCONNECTS, (long)connections);
}

static void cancel(struct fetcher *fetcher, struct request *request)
{
	curl_multi_remove_handle(fetcher->multi, request->easy);
	request_free(request);
}

static void release_ended(struct fetcher *fetcher)
{
	if (fetcher->ended)
		request_free(fetcher->ended);
	fetcher->ended = NULL;
}

void fetch_free(struct fetcher *fetcher)
{
	release_ended(fetcher);
	while (fetcher->requests.first)
		cancel(fetcher, fetcher->requests.first);
	curl_multi_cleanup(fetcher->multi);
	if (fetcher->epoll >= 0)
		close(fetcher->epoll);
	curl_global_cleanup();
	free(fetcher);
}

int fetch_start(struct fetcher *fetcher, const struct kit_config *kit, enum endpoint endpoint,
	bool is_responsive, void *owner)
{
	struct request *request =
		request_new(&fetcher->requests, kit, endpoint, is_responsive, owner);

	if (!request || curl_multi_add_handle(fetcher->multi, request->easy) != CURLM_OK)
		return fail(EX_OSERR, "cannot make a request", {"kit", kit_label(kit)});
	return 0;
}

bool fetch_full(const struct fetcher *fetcher, bool is_responsive)
{
	const struct requests *requests = &fetcher->requests;

	return requests->count >= FETCH_REQUESTS_MAX ||
	       (!is_responsive && requests->unresponsive >= FETCH_UNRESPONSIVE_MAX);
}

void fetch_cancel(struct fetcher *fetcher, const void *owner)
{
	struct request *next;

	release_ended(fetcher);
	for (struct request *request = fetcher->requests.first; request; request = next) {
		next = request->next;
		if (request->owner == owner)
			cancel(fetcher, request);
	}
}

void fetch_watch(struct fetcher *fetcher, int fd, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.u64 = WATCHED};

	if (epoll_ctl(fetcher->epoll, EPOLL_CTL_MOD, fd, &event) != 0 && errno == ENOENT)
		epoll_ctl(fetcher->epoll, EPOLL_CTL_ADD, fd, &event);
}

/* In milliseconds, rounded up: an early wake-up would have nothing to do. */
static int wait_ms(const struct fetcher *fetcher, int64_t until_us)
{
	int64_t now_us = clock_mono_us();

	if (fetcher->timer_us < until_us)
		until_us = fetcher->timer_us;
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

static void dispatch(struct fetcher *fetcher, const struct epoll_event *event, bool *ready)
{
	int running;

	if (event->data.u64 & WATCHED)
		*ready = true;
	else
		curl_multi_socket_action(fetcher->multi, (curl_socket_t)event->data.u64,
			curl_events(event->events), &running);
}

int fetch_wait(struct fetcher *fetcher, int64_t until_us, bool *ready)
{
	struct epoll_event events[EVENTS_AT_ONCE];
	int running;

	release_ended(fetcher);
	*ready = false;
	int n = epoll_wait(fetcher->epoll, events, EVENTS_AT_ONCE, wait_ms(fetcher, until_us));
	if (n < 0 && errno != EINTR)
		return fail(EX_OSERR, "cannot wait for kits", {"reason", strerror(errno)});
	for (int i = 0; i < n; i++)
		dispatch(fetcher, &events[i], ready);
	if (clock_mono_us() >= fetcher->timer_us) {
		fetcher->timer_us = NO_TIMER;
		curl_multi_socket_action(fetcher->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	}
	return 0;
}

bool fetch_next(struct fetcher *fetcher, struct fetched *fetched)
{
	CURLMsg *message;
	int left;

	release_ended(fetcher);
	do {
		message = curl_multi_info_read(fetcher->multi, &left);
		if (!message)
			return false;
	} while (message->msg != CURLMSG_DONE);
	char *private = NULL;
	curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
	CURLcode code = message->data.result;
	fetcher->ended = (struct request *)(void *)private;
	curl_multi_remove_handle(fetcher->multi, fetcher->ended->easy);
	request_result(fetcher->ended, code, fetched);
	return true;
}
