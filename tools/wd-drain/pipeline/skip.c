#include "tools/wd-drain/pipeline/skip.h"

#include "common/log/log.h"
#include "tools/wd-drain/spool/aside.h"

#include <errno.h>
#include <string.h>
#include <sysexits.h>

int skip_segment(struct drain *drain, const char *name, int error)
{
	switch (error) {
	case ENOENT: /* gone */
	case EINVAL: /* no regular file */
		return 0;
	case EFBIG:
		return aside_segment(&drain->spool, name, strerror(error));
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return fail(EX_OSERR, "cannot open a segment", {"segment", name}, LOG_ERRNO(error));
	default:
		return unreadable_add(
			&drain->unreadable, &drain->spool, name, error, drain->settings.once);
	}
}
