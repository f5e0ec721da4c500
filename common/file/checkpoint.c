#include "common/file/checkpoint.h"

#include "common/base/xalloc.h"
#include "common/file/write_atomic.h"
#include "common/log/log.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>

/* Return the last component of `path`, without slashes. */
static struct span last_component(struct span path)
{
	size_t at = path.length;

	while (at > 0 && path.data[at - 1] != '/')
		at--;
	return (struct span){path.data + at, path.length - at};
}

/* Return `path` without its last component and the slashes in front of that. */
static struct span parent_of(struct span path)
{
	path.length -= last_component(path).length;
	while (path.length > 1 && path.data[path.length - 1] == '/')
		path.length--;
	return path;
}

void checkpoint_open(struct checkpoint *checkpoint, const char *path)
{
	*checkpoint = (struct checkpoint){0};
	if (!path)
		return;
	struct span parent = parent_of(span_of(path));
	if (!span_equals(last_component(parent), "current"))
		return;
	struct span folder = parent_of(parent);
	checkpoint->folder = folder.length ? xstrndup(folder.data, folder.length) : xstrdup(".");
	checkpoint->name = last_component(span_of(path)).data;
}

void checkpoint_release(struct checkpoint *checkpoint)
{
	free(checkpoint->folder);
	*checkpoint = (struct checkpoint){0};
}

bool checkpoint_mark_is_valid(const char *mark)
{
	enum {
		NONCE_DIGITS = 16
	};
	size_t nonce = strspn(mark, "0123456789abcdef");

	if (nonce != NONCE_DIGITS || mark[nonce] != '.')
		return false;
	const char *counter = mark + nonce + 1;
	return *counter && counter[strspn(counter, "0123456789")] == '\0';
}

int checkpoint_write(const struct checkpoint *checkpoint, const char *mark, struct buffer *content)
{
	char folder[PATH_MAX], file[PATH_MAX];

	int length = snprintf(folder, sizeof(folder), "%s/%s", checkpoint->folder, mark);
	if (length >= (int)sizeof(folder) || snprintf(file, sizeof(file), "%s/%s", folder,
						     checkpoint->name) >= (int)sizeof(file))
		return fail(EX_CANTCREAT, "cannot write", {"file", checkpoint->name},
			LOG_ERRNO(ENAMETOOLONG));
	if (mkdir(folder, 0755) && errno != EEXIST)
		return fail(EX_CANTCREAT, "cannot create", {"file", folder}, LOG_ERRNO(errno));
	return write_atomic(file, content);
}
