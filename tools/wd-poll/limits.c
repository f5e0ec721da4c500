/* What the process may use. */
#include "tools/wd-poll/limits.h"

#include "common/log.h"

#include <malloc.h>
#include <sys/resource.h>

enum {
	PER_KIT = 3,
	OF_OUR_OWN = 32,
	LARGE_BLOCK = 128 << 10 /* glibc's default, which it would raise as it goes */
};

void limits_set(size_t kits)
{
	size_t wanted = kits * PER_KIT + OF_OUR_OWN;
	struct rlimit limit;

	mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);
	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	if (limit.rlim_cur < wanted && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur < wanted)
		log_warning("too few descriptors to ask all kits at once (ulimit -n)",
			{"has", log_number((int64_t)limit.rlim_cur).text},
			{"wants", log_number((int64_t)wanted).text});
}
