#include "tools/wd-store/deliver/jobs.h"

#include "common/cli/progress.h"
#include "common/lines/lines.h"
#include "common/log/log.h"
#include "common/process/signals.h"
#include "tools/wd-store/sink/sink_open.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#define PROGRESS_MS 200 /* interval of the progress line */

struct jobs {
	pid_t pids[JOBS_MAX];
	size_t count;
	struct counts *counts; /* one per job, in shared memory */
	int alive[2]; /* a pipe whose write end only the jobs hold: EOF when all have ended */
	struct progress progress;
};

static int cannot_start(void)
{
	return fail(EX_OSERR, "cannot start a job", LOG_ERRNO(errno));
}

static int run_job(const struct target *target, const struct ingest_settings *settings,
	char *const *files, struct counts *counts)
{
	struct sink *sink;
	int status = signals_open();

	if (!status)
		status = sink_open(target, false, &sink);
	return status ? status : ingest_run(sink, settings, files, counts);
}

static int start_jobs(struct jobs *jobs, size_t count, const struct target *target,
	const struct ingest_settings *settings, char *const *files)
{
	for (size_t i = 0; i < count; i++) {
		struct ingest_settings mine = *settings;
		mine.job = i;
		mine.jobs = count;
		pid_t pid = fork();
		if (pid < 0)
			return cannot_start();
		if (pid == 0)
			_exit(run_job(target, &mine, files, &jobs->counts[i]));
		jobs->pids[jobs->count++] = pid;
	}
	return 0;
}

static struct counts sum(const struct jobs *jobs)
{
	struct counts counts = {0};

	for (size_t i = 0; i < jobs->count; i++)
		counts_add(&counts, &jobs->counts[i]);
	return counts;
}

static void on_signal(const struct jobs *jobs, int signal_number)
{
	struct counts counts = sum(jobs);

	if (signal_number == SIGUSR1)
		counts_report(&counts);
	for (size_t i = 0; i < jobs->count && signal_is_stop(signal_number); i++)
		kill(jobs->pids[i], SIGTERM);
}

static void show_progress(struct jobs *jobs)
{
	struct counts counts = sum(jobs);

	jobs->progress.count = counts.read;
	jobs->progress.bytes = counts.bytes;
	progress_show(&jobs->progress);
}

/* Handle signals and progress until all jobs have ended. */
static void wait_all(struct jobs *jobs)
{
	struct pollfd watched[] = {
		{.fd = jobs->alive[0], .events = POLLIN},
		{.fd = signals_fd(), .events = POLLIN},
	};
	int signal_number;

	while (watched[0].revents == 0) {
		poll(watched, 2, jobs->progress.total ? PROGRESS_MS : -1);
		show_progress(jobs);
		while ((signal_number = signals_next()) != 0)
			on_signal(jobs, signal_number);
	}
}

static int reap_all(struct jobs *jobs)
{
	int status = 0, ended;

	for (size_t i = 0; i < jobs->count; i++) {
		while (waitpid(jobs->pids[i], &ended, 0) < 0 && errno == EINTR)
			;
		if (!status && ended != 0)
			status = WIFEXITED(ended) ? WEXITSTATUS(ended) : EX_SOFTWARE;
	}
	return status;
}

/* Each job opens the file behind stdin again, so that it has its own position in it. */
static int check_input(char *const *files)
{
	struct stat input;

	if (*files)
		return 0;
	if (fstat(STDIN_FILENO, &input) || !S_ISREG(input.st_mode))
		return fail(EX_USAGE, "several jobs read files only", {"argument", "--jobs"});
	return 0;
}

static void open_progress(struct jobs *jobs, char *const *files)
{
	uint64_t total = log_is_interactive() ? lines_size(files) : 0;

	progress_open(&jobs->progress, "lines", total > 0);
	jobs->progress.total = total;
}

int jobs_run(const struct target *target, const struct ingest_settings *settings, size_t count,
	char *const *files, struct counts *counts)
{
	static char *const redirected[] = {"/dev/stdin", NULL};
	struct jobs jobs = {0};
	int status = check_input(files);

	if (status)
		return status;
	jobs.counts = mmap(NULL, count * sizeof(*counts), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (jobs.counts == MAP_FAILED || pipe(jobs.alive))
		return cannot_start();
	files = *files ? files : redirected;
	open_progress(&jobs, files);
	status = start_jobs(&jobs, count, target, settings, files);
	close(jobs.alive[1]);
	if (status)
		on_signal(&jobs, SIGTERM);
	wait_all(&jobs);
	progress_close(&jobs.progress);
	close(jobs.alive[0]);
	int ended = reap_all(&jobs);
	*counts = sum(&jobs);
	munmap(jobs.counts, count * sizeof(*counts));
	return status ? status : ended;
}
