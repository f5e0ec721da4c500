/* One input for several connections: each has a process of its own, each kit one of them. */
#include "tools/wd-store/share.h"

#include "common/array.h"
#include "common/buffer.h"
#include "common/lines.h"
#include "common/log.h"
#include "common/record.h"
#include "common/scan.h"
#include "common/stop.h"
#include "tools/wd-store/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

/* So many bytes are written to a process at once. */
#define PIECE ((size_t)64 << 10)

struct job {
	pid_t pid;
	int pipe; /* to its stdin */
	struct buffer lines;
};

struct sharer {
	struct job jobs[SHARE_MOST];
	size_t count;
	struct counts *counts; /* one of each job, in memory that all share */
	struct scan_keys keys;
	struct progress progress;
};

static const char *const kit_key[] = {"kit_id"};

/* Whose line it is. What names no kit goes to the first; a kit is known by its bytes as they stand,
 * which every stage writes alike. */
static size_t job_for(const struct sharer *sharer, struct span line)
{
	struct scan_member kit;
	struct scan_error error;
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	if (!scan_object(line, &sharer->keys, &kit, &error) || !kit.value.at)
		return 0;
	for (size_t i = 0; i < kit.value.length; i++)
		hash = (hash ^ (unsigned char)kit.value.at[i]) * UINT64_C(0x100000001b3);
	return (hash >> 32) % sharer->count;
}

static int hand_over(struct job *job)
{
	return buffer_write(&job->lines, job->pipe, "another job's pipe");
}

static int take_line(void *self, struct span line)
{
	struct sharer *sharer = self;
	struct job *job = &sharer->jobs[job_for(sharer, line)];

	progress_line(&sharer->progress, line.length);
	buffer_add_span(&job->lines, line);
	buffer_add_char(&job->lines, '\n');
	return job->lines.length < PIECE ? 0 : hand_over(job);
}

static int take_overlong(void *self, struct span beginning)
{
	return take_line(self, (struct span){beginning.at, RECORD_RAW_MAX});
}

static int settle(void *self, bool idle)
{
	struct sharer *sharer = self;
	int status = 0;

	progress_show(&sharer->progress);
	for (size_t i = 0; i < sharer->count && idle && !status; i++)
		status = hand_over(&sharer->jobs[i]);
	return status;
}

static struct counts sum(const struct sharer *sharer)
{
	struct counts counts = {0};

	for (size_t i = 0; i < sharer->count; i++)
		counts_add(&counts, &sharer->counts[i]);
	return counts;
}

static int heed(void *self, int signal_number)
{
	struct counts counts = sum(self);

	if (signal_number == SIGUSR1)
		counts_report(&counts);
	return 0;
}

/* What a job does; the pipes to the jobs before it are none of its business. */
static int work(
	struct sharer *sharer, const char *target, const struct fill_settings *settings, int input)
{
	char *const no_files[] = {NULL};
	struct sink *sink;
	int status = stop_open();

	for (size_t i = 0; i < sharer->count; i++)
		close(sharer->jobs[i].pipe);
	if (dup2(input, STDIN_FILENO) < 0)
		return fail(EX_OSERR, "cannot start a job", {"reason", strerror(errno)});
	close(input);
	if (!status)
		status = sink_open(target, &sink);
	if (!status)
		status = fill(sink, settings, no_files, &sharer->counts[sharer->count]);
	return status;
}

static int start_job(
	struct sharer *sharer, const char *target, const struct fill_settings *settings)
{
	struct job *job = &sharer->jobs[sharer->count];
	int ends[2];

	if (pipe(ends))
		return fail(EX_OSERR, "cannot start a job", {"reason", strerror(errno)});
	job->pid = fork();
	if (job->pid == 0) {
		close(ends[1]);
		_exit(work(sharer, target, settings, ends[0]));
	}
	close(ends[0]);
	job->pipe = ends[1];
	if (job->pid < 0) {
		close(ends[1]);
		return fail(EX_OSERR, "cannot start a job", {"reason", strerror(errno)});
	}
	sharer->count++;
	return 0;
}

/* The end of its input is the end of a job, which says how it went. */
static int end_jobs(struct sharer *sharer)
{
	int status = 0, ended;

	for (size_t i = 0; i < sharer->count; i++)
		close(sharer->jobs[i].pipe);
	for (size_t i = 0; i < sharer->count; i++) {
		buffer_release(&sharer->jobs[i].lines);
		while (waitpid(sharer->jobs[i].pid, &ended, 0) < 0 && errno == EINTR)
			;
		if (!status && ended != 0)
			status = WIFEXITED(ended) ? WEXITSTATUS(ended) : EX_SOFTWARE;
	}
	return status;
}

int share(const char *target, const struct fill_settings *settings, char *const *files,
	struct counts *counts)
{
	static struct sharer sharer;
	const struct lines_user user = {
		.self = &sharer,
		.line = take_line,
		.overlong = take_overlong,
		.settle = settle,
		.signal = heed,
	};
	int status = 0;

	sharer.counts = mmap(NULL, SHARE_MOST * sizeof(*counts), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (sharer.counts == MAP_FAILED)
		return fail(EX_OSERR, "out of memory");
	scan_keys_init(&sharer.keys, kit_key, ARRAY_SIZE(kit_key));
	progress_open(&sharer.progress, files);
	for (int64_t i = 0; i < settings->jobs && !status; i++)
		status = start_job(&sharer, target, settings);
	if (!status)
		status = lines_run(files, &user);
	int ended = end_jobs(&sharer);
	progress_close(&sharer.progress);
	*counts = sum(&sharer);
	munmap(sharer.counts, SHARE_MOST * sizeof(*counts));
	return ended ? ended : status;
}
