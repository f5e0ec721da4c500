/* Files for several connections: each has a process of its own, each kit one of them. */
#include "tools/wd-store/share.h"

#include "common/lines.h"
#include "common/log.h"
#include "common/progress.h"
#include "common/signals.h"
#include "tools/wd-store/open.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#define LOOK_MS 200 /* how often it is looked how far the jobs are, where somebody watches */

struct sharer {
	pid_t pids[JOBS_MAX];
	size_t count;
	struct counts *counts; /* one of each job, in memory that all share */
	int alive[2];          /* a pipe whose writing end only jobs hold */
	struct progress progress;
};

static int cannot_start(void)
{
	return fail(EX_OSERR, "cannot start a job", {"reason", strerror(errno)});
}

static int work(const char *target, const struct fill_settings *settings, char *const *files,
	struct counts *counts)
{
	struct sink *sink;
	int status = signals_open();

	if (!status)
		status = open_sink(target, &sink);
	return status ? status : fill(sink, settings, files, counts);
}

static int start_jobs(struct sharer *sharer, size_t jobs, const char *target,
	const struct fill_settings *settings, char *const *files)
{
	for (size_t i = 0; i < jobs; i++) {
		struct fill_settings mine = *settings;
		mine.job = i;
		mine.jobs = jobs;
		pid_t pid = fork();
		if (pid < 0)
			return cannot_start();
		if (pid == 0)
			_exit(work(target, &mine, files, &sharer->counts[i]));
		sharer->pids[sharer->count++] = pid;
	}
	return 0;
}

static struct counts sum(const struct sharer *sharer)
{
	struct counts counts = {0};

	for (size_t i = 0; i < sharer->count; i++)
		counts_add(&counts, &sharer->counts[i]);
	return counts;
}

static void heed(const struct sharer *sharer, int signal_number)
{
	struct counts counts = sum(sharer);

	if (signal_number == SIGUSR1)
		counts_report(&counts);
	for (size_t i = 0; i < sharer->count && signal_is_stop(signal_number); i++)
		kill(sharer->pids[i], SIGTERM);
}

static void show_progress(struct sharer *sharer)
{
	struct counts counts = sum(sharer);

	sharer->progress.count = counts.read;
	sharer->progress.bytes = counts.bytes;
	progress_show(&sharer->progress);
}

/* Until no job is alive, which is when the pipe has no writing end any more. */
static void attend(struct sharer *sharer)
{
	struct pollfd watched[] = {
		{.fd = sharer->alive[0], .events = POLLIN},
		{.fd = signals_fd(), .events = POLLIN},
	};
	int signal_number;

	while (watched[0].revents == 0) {
		poll(watched, 2, sharer->progress.total ? LOOK_MS : -1);
		show_progress(sharer);
		while ((signal_number = signals_next()) != 0)
			heed(sharer, signal_number);
	}
}

static int end_jobs(struct sharer *sharer)
{
	int status = 0, ended;

	for (size_t i = 0; i < sharer->count; i++) {
		while (waitpid(sharer->pids[i], &ended, 0) < 0 && errno == EINTR)
			;
		if (!status && ended != 0)
			status = WIFEXITED(ended) ? WEXITSTATUS(ended) : EX_SOFTWARE;
	}
	return status;
}

/* A stdin that is a file is opened anew by each job, so that each has its own place in it. */
static int readable_by_all(char *const *files)
{
	struct stat input;

	if (*files)
		return 0;
	if (fstat(STDIN_FILENO, &input) || !S_ISREG(input.st_mode))
		return fail(EX_USAGE, "several jobs read files only", {"argument", "--jobs"});
	return 0;
}

static void open_progress(struct sharer *sharer, char *const *files)
{
	uint64_t total = log_is_interactive() ? lines_size(files) : 0;

	progress_open(&sharer->progress, "lines", total > 0);
	sharer->progress.total = total;
}

int share(const char *target, const struct fill_settings *settings, size_t jobs, char *const *files,
	struct counts *counts)
{
	static char *const redirected[] = {"/dev/stdin", NULL};
	struct sharer sharer = {0};
	int status = readable_by_all(files);

	if (status)
		return status;
	sharer.counts = mmap(NULL, jobs * sizeof(*counts), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (sharer.counts == MAP_FAILED || pipe(sharer.alive))
		return cannot_start();
	files = *files ? files : redirected;
	open_progress(&sharer, files);
	status = start_jobs(&sharer, jobs, target, settings, files);
	close(sharer.alive[1]);
	if (status)
		heed(&sharer, SIGTERM);
	attend(&sharer);
	progress_close(&sharer.progress);
	close(sharer.alive[0]);
	int ended = end_jobs(&sharer);
	*counts = sum(&sharer);
	munmap(sharer.counts, jobs * sizeof(*counts));
	return status ? status : ended;
}
