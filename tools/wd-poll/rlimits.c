/* What the process may use. */
#include "tools/wd-poll/rlimits.h"

#include "common/log.h"
#include "tools/wd-poll/http/fetch.h"

#include <malloc.h>
#include <sys/resource.h>

enum {
	OPEN_PER_KIT = 2, /* connections that wait for the next request */
	OF_OUR_OWN = 32,
};

/* What a usual body takes stays with us for the next one, what a giant took goes back at once. Both
 * of glibc's limits would rise as it goes. */
enum {
	LARGE_BLOCK = 512 << 10,
	KEPT_BYTES_MAX = 4 << 20,
};

/* Of requests there are never more than that. */
static size_t needed(size_t kits)
{
	size_t requests = kits * ENDPOINT_COUNT;

	return (requests < FETCH_REQUESTS_MAX ? requests : FETCH_REQUESTS_MAX) + OF_OUR_OWN;
}

void rlimits_set(size_t kits)
{
	size_t wanted = needed(kits) + kits * OPEN_PER_KIT;
	struct rlimit limit;

	mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);
	mallopt(M_TRIM_THRESHOLD, KEPT_BYTES_MAX);
	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	if (limit.rlim_cur < wanted && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur < needed(kits))
		log_warning("too few descriptors to ask all kits at once (ulimit -n)",
			{"has", log_number((int64_t)limit.rlim_cur).text},
			{"expected", log_number((int64_t)needed(kits)).text});
}
