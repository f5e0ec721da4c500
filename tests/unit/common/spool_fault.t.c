/* The spool is killed before and after every system call of writing and recovery, and each of them
 * fails in turn. This program's write(), fsync() and so on replace those of the C library. */
#undef _FORTIFY_SOURCE

#include "common/spool/spool.h"

#include "common/base/array.h"
#include "tests/unit/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum call {
	CALL_NONE,
	CALL_OPEN, /* of a new segment */
	CALL_WRITE,
	CALL_REWRITE, /* in recovery */
	CALL_TRUNCATE,
	CALL_SYNC, /* of a segment, of a directory */
	CALL_RENAME,
	CALLS
};

static const char *const call_names[CALLS] = {
	"nothing", "open", "write", "rewrite", "truncate", "fsync", "rename"};

enum harm {
	KILL_BEFORE,
	KILL_AFTER,
	REFUSE,
	REFUSE_HALF_WAY, /* a write that takes half of the bytes, then is refused */
	HARMS
};

static const char *const harm_names[HARMS] = {
	"killed before", "killed after", "refused", "refused half way"};

/* What goes wrong: the n-th of these calls, counted from 1; a refusal lasts for `refusals`. */
static struct {
	enum call call;
	enum harm harm;
	int nth, refusals, error;
	int seen[CALLS];
	int syncs_after_refusal; /* of the descriptor whose fsync was refused */
	int refused_fd;
} fate;

static void set_fate(enum call call, enum harm harm, int nth, int refusals, int error)
{
	memset(&fate, 0, sizeof(fate));
	fate.call = call;
	fate.harm = harm;
	fate.nth = nth;
	fate.refusals = refusals;
	fate.error = error;
	fate.refused_fd = -1;
}

static bool strikes(enum call call)
{
	int count = ++fate.seen[call];

	return call == fate.call && count >= fate.nth && count < fate.nth + fate.refusals;
}

/* A call as fate has it: `real` does it. */
#define SUFFER(which, real)                                                                        \
	do {                                                                                       \
		bool struck = strikes(which);                                                      \
		if (struck && fate.harm == KILL_BEFORE)                                            \
			raise(SIGKILL);                                                            \
		if (struck && fate.harm == REFUSE) {                                               \
			errno = fate.error;                                                        \
			return -1;                                                                 \
		}                                                                                  \
		long result = (real);                                                              \
		if (struck && fate.harm == KILL_AFTER)                                             \
			raise(SIGKILL);                                                            \
		return (int)result;                                                                \
	} while (0)

int openat(int parent, const char *name, int flags, ...)
{
	va_list arguments;

	va_start(arguments, flags);
	int mode = flags & O_CREAT ? va_arg(arguments, int) : 0;
	va_end(arguments);
	if (!(flags & O_CREAT))
		return (int)syscall(SYS_openat, parent, name, flags, mode);
	SUFFER(CALL_OPEN, syscall(SYS_openat, parent, name, flags, mode));
}

static ssize_t write_half(int fd, const void *bytes, size_t length)
{
	if (fate.refusals-- > 1)
		return syscall(SYS_write, fd, bytes, length / 2);
	errno = fate.error;
	return -1;
}

ssize_t write(int fd, const void *bytes, size_t length)
{
	if (fd <= STDERR_FILENO)
		return syscall(SYS_write, fd, bytes, length);
	if (fate.call == CALL_WRITE && fate.harm == REFUSE_HALF_WAY &&
		fate.seen[CALL_WRITE] + 1 >= fate.nth && fate.refusals > 0)
		return write_half(fd, bytes, length);
	SUFFER(CALL_WRITE, syscall(SYS_write, fd, bytes, length));
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
	SUFFER(CALL_REWRITE, syscall(SYS_pwrite64, fd, bytes, length, offset));
}

int ftruncate(int fd, off_t length)
{
	SUFFER(CALL_TRUNCATE, syscall(SYS_ftruncate, fd, length));
}

int fsync(int fd)
{
	struct stat info;

	if (fd == fate.refused_fd)
		fate.syncs_after_refusal++;
	if (fate.call == CALL_SYNC && fate.harm == REFUSE && fate.seen[CALL_SYNC] + 1 == fate.nth &&
		fstat(fd, &info) == 0)
		fate.refused_fd = fd;
	SUFFER(CALL_SYNC, syscall(SYS_fsync, fd));
}

int renameat(int from, const char *name, int to, const char *new_name)
{
	SUFFER(CALL_RENAME, syscall(SYS_renameat2, from, name, to, new_name, 0));
}

static char root[] = "/tmp/wd-fault.XXXXXX";
static char path[64];

static int open_spool(struct spool *spool)
{
	return spool_open(spool, &(struct spool_settings){path, "poll", 1 << 20, CLOCK_SECOND_US});
}

static void fresh(void)
{
	static int number;

	snprintf(path, sizeof(path), "%s/%d", root, ++number);
}

/* What a shell command says about something in the spool, without its last newline. */
static const char *ask(const char *program, const char *what)
{
	static char answer[4096];
	char command[512];

	snprintf(command, sizeof(command), "%s %s/%s 2>/dev/null", program, path, what);
	FILE *pipe = popen(command, "r");
	size_t length = pipe ? fread(answer, 1, sizeof(answer) - 1, pipe) : 0;
	if (pipe)
		pclose(pipe);
	while (length > 0 && answer[length - 1] == '\n')
		length--;
	answer[length] = '\0';
	return answer;
}

#define sealed_lines() ask("cat", "new/*")

#define LINES 6

/* Open the spool and add lines, one segment each two, and report after each to `told` how far it
 * is: only what has been told counts as accepted. */
static void write_lines(int told)
{
	struct spool spool;

	if (open_spool(&spool))
		_exit(1);
	for (int i = 1; i <= LINES; i++) {
		char line[16], digit = (char)('0' + i);
		int length = snprintf(line, sizeof(line), "line %d\n", i);
		if (spool_add(&spool, (struct span){line, (size_t)length}, i * CLOCK_SECOND_US / 2))
			_exit(1);
		syscall(SYS_write, told, &digit, 1);
		spool_settle(&spool, i * CLOCK_SECOND_US / 2 + CLOCK_SECOND_US / 2);
	}
	_exit(spool_close(&spool));
}

/* Run a writer in a process of its own; returns how many lines it said were accepted. */
static int run_writer(bool *was_killed)
{
	int told[2], status = 0;
	char digits[LINES];

	if (pipe(told))
		return -1;
	pid_t child = fork();
	if (child == 0)
		write_lines(told[1]);
	close(told[1]);
	int accepted = (int)read(told[0], digits, 0);
	for (ssize_t n; (n = read(told[0], digits, sizeof(digits))) > 0;)
		accepted += (int)n;
	close(told[0]);
	waitpid(child, &status, 0);
	*was_killed = WIFSIGNALED(status);
	return accepted;
}

/* Recovers, in a process of its own, under the fate that is set. */
static bool recovery_was_killed(void)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		struct spool spool;
		_exit(open_spool(&spool) || spool_close(&spool));
	}
	waitpid(child, &status, 0);
	return WIFSIGNALED(status);
}

static bool is_sealed(const struct buffer *wanted)
{
	const char *sealed = sealed_lines();

	return strlen(sealed) == wanted->length &&
	       (wanted->length == 0 || memcmp(sealed, wanted->data, wanted->length) == 0);
}

/* Whether the sealed lines are "line 1" to "line N", once and in order, N being `accepted` or,
 * where the writer was killed before it could tell, one more. */
static bool conserved(int accepted)
{
	struct buffer wanted = {0};
	bool same = false;

	for (int i = 1; i <= accepted + 1; i++) {
		if (i > accepted)
			same = is_sealed(&wanted);
		buffer_printf(&wanted, "%sline %d", i > 1 ? "\n" : "", i);
	}
	same = same || is_sealed(&wanted);
	buffer_release(&wanted);
	return same;
}

/* A writer killed at the n-th call, for every n at which there is one. */
static void test_killed_writer(enum call call, enum harm harm)
{
	char name[96];
	bool was_killed = true;
	int points = 0, lost = 0;

	for (int nth = 1; was_killed; nth++) {
		fresh();
		set_fate(call, harm, nth, 1, 0);
		int accepted = run_writer(&was_killed);
		set_fate(CALL_NONE, REFUSE, 0, 0, 0);
		lost += recovery_was_killed() || !conserved(accepted);
		lost += strcmp(ask("ls", "tmp/poll"), "") != 0;
		points += was_killed;
	}
	snprintf(name, sizeof(name), "a writer %s %s, %d times, loses nothing", harm_names[harm],
		call_names[call], points);
	ok(points > 0 && lost == 0, name);
}

/* Recovery killed at the n-th call; the next recovery finishes it. */
static void test_killed_recovery(enum call call, enum harm harm)
{
	char name[96];
	bool was_killed = true;
	int points = 0, lost = 0;

	for (int nth = 1; was_killed; nth++) {
		fresh();
		set_fate(CALL_SYNC, KILL_BEFORE, 9, 1, 0);
		int accepted = run_writer(&was_killed);
		int left = open(ask("ls -d", "tmp/poll/*"), O_WRONLY | O_APPEND);
		lost += syscall(SYS_write, left, "torn", 4) != 4;
		close(left);
		set_fate(call, harm, nth, 1, 0);
		was_killed = recovery_was_killed();
		set_fate(CALL_NONE, REFUSE, 0, 0, 0);
		lost += recovery_was_killed() || !conserved(accepted);
		points += was_killed;
	}
	snprintf(name, sizeof(name), "recovery %s %s, %d times, loses nothing", harm_names[harm],
		call_names[call], points);
	ok(points > 0 && lost == 0, name);
}

static void test_full_disk(enum call call, enum harm harm)
{
	struct spool spool;
	char name[96];

	fresh();
	open_spool(&spool);
	spool_add(&spool, SPAN("line 1\n"), 0);
	spool_settle(&spool, CLOCK_SECOND_US);
	set_fate(call, harm, 1, 3, ENOSPC);
	int status = spool_add(&spool, SPAN("line 2\nline 3\n"), CLOCK_SECOND_US);
	status += spool_settle(&spool, 2 * CLOCK_SECOND_US);
	snprintf(name, sizeof(name), "%s %s for want of room: full, no failure", call_names[call],
		harm_names[harm]);
	ok(status == 0 && spool_full(&spool), name);
	spool_add(&spool, SPAN("line 4\n"), 2 * CLOCK_SECOND_US);
	for (int64_t second = 3; second < 12; second++)
		status += spool_settle(&spool, second * CLOCK_SECOND_US);
	ok(status == 0 && !spool_full(&spool), "room again: goes on by itself");
	status = spool_close(&spool);
	ok(status == 0 && conserved(4), "every line once, in order");
}

static void test_full_to_the_end(void)
{
	struct spool spool;

	fresh();
	open_spool(&spool);
	spool_add(&spool, SPAN("line 1\n"), 0);
	set_fate(CALL_WRITE, REFUSE_HALF_WAY, 1, 2, ENOSPC);
	spool_add(&spool, SPAN("line 2\nline 3\nline 4\n"), 0);
	set_fate(CALL_WRITE, REFUSE, 1, 100, ENOSPC);
	is_number(
		spool_close(&spool), EX_IOERR, "lines that found no room at the end are a failure");
	ok(conserved(2), "those that did are sealed");
	is_text(ask("ls", "tmp/poll"), "", "nothing torn stays behind");
}

static void test_refused(enum call call, int nth)
{
	struct spool spool;
	char name[96];

	fresh();
	open_spool(&spool);
	set_fate(call, REFUSE, nth, 1, EIO);
	int status = spool_add(&spool, SPAN("line 1\n"), 0);
	if (!status)
		status = spool_settle(&spool, CLOCK_SECOND_US);
	snprintf(name, sizeof(name), "an I/O error of %s %d is a failure", call_names[call], nth);
	is_number(status, EX_IOERR, name);
	spool_close(&spool);
	is_number(fate.syncs_after_refusal, 0, "no second fsync of what failed");
	set_fate(CALL_NONE, REFUSE, 0, 0, 0);
	recovery_was_killed();
	ok(conserved(call == CALL_OPEN || call == CALL_WRITE ? 0 : 1), "the next process recovers");
}

int main(void)
{
	static const enum call in_recovery[] = {
		CALL_REWRITE, CALL_TRUNCATE, CALL_SYNC, CALL_RENAME};
	static const enum call in_writing[] = {CALL_OPEN, CALL_WRITE, CALL_SYNC, CALL_RENAME};

	if (!mkdtemp(root))
		return 1;
	for (size_t i = 0; i < ARRAY_SIZE(in_writing); i++) {
		test_killed_writer(in_writing[i], KILL_BEFORE);
		test_killed_writer(in_writing[i], KILL_AFTER);
	}
	for (size_t i = 0; i < ARRAY_SIZE(in_recovery); i++) {
		test_killed_recovery(in_recovery[i], KILL_BEFORE);
		test_killed_recovery(in_recovery[i], KILL_AFTER);
	}
	test_full_disk(CALL_OPEN, REFUSE);
	test_full_disk(CALL_WRITE, REFUSE);
	test_full_disk(CALL_WRITE, REFUSE_HALF_WAY);
	test_full_disk(CALL_RENAME, REFUSE);
	test_full_to_the_end();
	test_refused(CALL_OPEN, 1);
	test_refused(CALL_WRITE, 1);
	test_refused(CALL_SYNC, 1);
	test_refused(CALL_SYNC, 2);
	test_refused(CALL_RENAME, 1);

	set_fate(CALL_NONE, REFUSE, 0, 0, 0);
	snprintf(path, sizeof(path), "%s", root);
	is_text(ask("rm -rf", ""), "", "removes its files");
	return tap_done();
}
