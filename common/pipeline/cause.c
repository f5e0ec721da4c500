#define _GNU_SOURCE /* sigabbrev_np() */
#include "common/pipeline/cause.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>

static bool failed(int end)
{
	return !WIFEXITED(end) || WEXITSTATUS(end) != 0;
}

static bool lost_reader(int end)
{
	return WIFSIGNALED(end) ? WTERMSIG(end) == SIGPIPE : WEXITSTATUS(end) == EX_IOERR;
}

static bool is_crash(int signal_number)
{
	switch (signal_number) {
	case SIGSEGV:
	case SIGBUS:
	case SIGILL:
	case SIGFPE:
	case SIGABRT:
	case SIGSYS:
		return true;
	default:
		return false;
	}
}

static bool may_be_data(int end)
{
	if (WIFSIGNALED(end))
		return is_crash(WTERMSIG(end));
	return WEXITSTATUS(end) == EX_SOFTWARE || WEXITSTATUS(end) == EX_DATAERR;
}

static bool any_failed(const int *ends, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (failed(ends[i]))
			return true;
	}
	return false;
}

struct cause_verdict cause_find(const int *ends, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!failed(ends[i]))
			continue;
		if (lost_reader(ends[i]) && any_failed(ends + i + 1, count - i - 1))
			continue;
		enum cause cause = may_be_data(ends[i]) ? CAUSE_DATA : CAUSE_OUTSIDE;
		return (struct cause_verdict){cause, i};
	}
	return (struct cause_verdict){CAUSE_NONE, 0};
}

bool cause_is_permanent(int status)
{
	return status == EX_USAGE || status == EX_CONFIG || status == 126 || status == 127;
}

int cause_status(int end)
{
	return WIFEXITED(end) ? WEXITSTATUS(end) : EX_TEMPFAIL;
}

struct cause_text cause_describe(int end)
{
	struct cause_text text = {.key = "status"};

	if (WIFEXITED(end)) {
		snprintf(text.value, sizeof(text.value), "%d", WEXITSTATUS(end));
		return text;
	}
	const char *name = sigabbrev_np(WTERMSIG(end));
	text.key = "signal";
	if (name)
		snprintf(text.value, sizeof(text.value), "%s", name);
	else
		snprintf(text.value, sizeof(text.value), "%d", WTERMSIG(end));
	return text;
}
