/* Memory that is there, or the process ends. */
#include "common/base/xalloc.h"

#include "common/log/log.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static void *checked(void *memory)
{
	if (memory)
		return memory;
	log_error("out of memory");
	exit(EX_OSERR);
}

void *xmalloc(size_t size)
{
	return checked(malloc(size ? size : 1));
}

void *xcalloc(size_t count, size_t size)
{
	return checked(calloc(count ? count : 1, size ? size : 1));
}

void *xrealloc(void *memory, size_t size)
{
	return checked(realloc(memory, size ? size : 1));
}

char *xstrdup(const char *text)
{
	return checked(strdup(text));
}

char *xstrndup(const char *text, size_t length)
{
	return checked(strndup(text, length));
}
