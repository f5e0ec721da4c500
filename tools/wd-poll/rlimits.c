/* The limits of the process. */
#include "tools/wd-poll/rlimits.h"

#include "common/log/log.h"
#include "tools/wd-poll/http/fetch.h"

#include <malloc.h>
#include <sys/resource.h>

/* Descriptors that are not connections: output, spool, signals, configuration. */
#define DESCRIPTORS_OTHER ((size_t)32)

/* The memory of a usual body is kept for the next one, that of a giant body is returned at once.
 * Both of glibc's limits would otherwise grow by themselves. */
enum {
	LARGE_BLOCK = 512 << 10,
	KEPT_BYTES_MAX = 4 << 20,
};

/* Requests to all endpoints of all kits at the same moment. */
static size_t descriptors_needed(size_t kits)
{
	size_t requests = kits * ENDPOINT_COUNT;

	return (requests < FETCH_REQUESTS_MAX ? requests : FETCH_REQUESTS_MAX) + DESCRIPTORS_OTHER;
}

void rlimits_set(size_t kits)
{
	size_t needed = descriptors_needed(kits), wanted = needed + kits * FETCH_IDLE_PER_KIT;
	struct rlimit limit;

	mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);
	mallopt(M_TRIM_THRESHOLD, KEPT_BYTES_MAX);
	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	if (limit.rlim_cur < wanted && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur < needed)
		log_warning("too few descriptors to poll all kits at once",
			{"limit", log_number((int64_t)limit.rlim_cur).text},
			{"expected", log_number((int64_t)needed).text}, {"hint", "ulimit -n"});
}
