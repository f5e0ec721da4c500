#include "tools/wd-drain/spool/unreadable.h"

#include "common/log/log.h"
#include "common/time/clock.h"

#define RETRY_S 30

void unreadable_init(struct unreadable *unreadable)
{
	*unreadable = (struct unreadable){.retry_us = INT64_MAX};
}

void unreadable_release(struct unreadable *unreadable)
{
	segment_names_release(&unreadable->names);
	unreadable->retry_us = INT64_MAX;
}

int unreadable_add(struct unreadable *unreadable, const struct spool_reader *reader,
	const char *name, int error, bool once)
{
	if (unreadable->names.count == 0) {
		log_warning("cannot read a segment: it stays in the spool", {"spool", reader->path},
			{"segment", name}, LOG_ERRNO(error),
			{once ? NULL : "retry_in", log_seconds(RETRY_S).text});
		if (!once)
			unreadable->retry_us = clock_mono_us() + RETRY_S * CLOCK_SECOND_US;
	}
	return segment_names_add(&unreadable->names, name);
}

void unreadable_wake(struct unreadable *unreadable)
{
	if (unreadable->retry_us != INT64_MAX)
		unreadable->retry_us = 0;
}

bool unreadable_retry(struct unreadable *unreadable, int64_t now_us)
{
	if (now_us < unreadable->retry_us)
		return false;
	unreadable_release(unreadable);
	return true;
}
