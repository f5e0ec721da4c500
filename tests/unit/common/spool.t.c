/* The spool on a real file system: sealing, limits, names, and recovery from every torn tail. */
#include "common/spool/spool.h"

#include "tests/unit/tap.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define ROOMY   ((int64_t)1 << 30)
#define SEAL_US CLOCK_SECOND_US

static char root[] = "/tmp/wd-spool.XXXXXX";
static char path[64];

static int open_spool(struct spool *spool, const char *directory, int64_t max_bytes)
{
	return spool_open(spool, &(struct spool_settings){directory, "poll", max_bytes, SEAL_US});
}

/* A path that no test used yet. */
static const char *fresh(void)
{
	static int number;

	snprintf(path, sizeof(path), "%s/%d", root, ++number);
	return path;
}

static const char *inside(const char *folder, const char *name)
{
	static char text[512];

	snprintf(text, sizeof(text), "%s/%s/%s", path, folder, name);
	return text;
}

/* Write a file as a killed writer would have left it. */
static void leave(const char *folder, const char *name, struct span content)
{
	int fd = open(inside(folder, name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, content.data, content.length) != (ssize_t)content.length)
		ok(false, "cannot prepare a file");
	close(fd);
}

static int is_segment(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* All of a folder's segments in order, one after the other, each followed by "|"; the name of the
 * last in `name`. */
static const char *contents(const char *folder, char *name, size_t size)
{
	static char text[4096];
	struct dirent **entries = NULL;
	int count = scandir(inside(folder, ""), &entries, is_segment, alphasort);
	size_t length = 0;

	for (int i = 0; i < count; i++) {
		int fd = open(inside(folder, entries[i]->d_name), O_RDONLY);
		ssize_t n = read(fd, text + length, sizeof(text) - length - 2);
		length += n > 0 ? (size_t)n : 0;
		text[length++] = '|';
		close(fd);
		if (name)
			snprintf(name, size, "%s", entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	text[length] = '\0';
	return text;
}

static const char *last_name(void)
{
	static char name[SEGMENT_NAME_SIZE];

	contents("new", name, sizeof(name));
	return name;
}

static const char *sealed(void)
{
	return contents("new", NULL, 0);
}

static void test_sealing(void)
{
	struct spool spool;

	is_number(open_spool(&spool, fresh(), ROOMY), 0, "a spool is made where none is");
	ok(spool_due_us(&spool) == INT64_MAX, "an empty spool has nothing to do");
	is_number(spool_add(&spool, SPAN("{\"a\":1}\n"), 1000), 0, "takes a line");
	is_number(spool_add(&spool, SPAN("{\"b\":2}\n"), 2000), 0, "takes another");
	is_text(sealed(), "", "what was just added is not sealed");
	is_text(contents("tmp/poll", NULL, 0), "{\"a\":1}\n{\"b\":2}\n|", "but out of the process");
	ok(spool_due_us(&spool) == 1000 + SEAL_US, "is due a second after its first line");
	spool_settle(&spool, 1000 + SEAL_US - 1);
	is_text(sealed(), "", "is not sealed early");
	is_number(spool_settle(&spool, 1000 + SEAL_US), 0, "seals when due");
	is_text(sealed(), "{\"a\":1}\n{\"b\":2}\n|", "a sealed segment holds its lines in order");
	spool_add(&spool, SPAN("{\"c\":3}\n"), 3 * CLOCK_SECOND_US);
	is_number(spool_close(&spool), 0, "closes");
	is_text(sealed(), "{\"a\":1}\n{\"b\":2}\n|{\"c\":3}\n|", "closing seals");
	is_text(contents("tmp/poll", NULL, 0), "", "nothing stays behind");
}

static void test_size(void)
{
	struct spool spool;
	struct spool_usage usage;
	char *line = malloc((size_t)SPOOL_SEGMENT_BYTES);

	memset(line, 'x', (size_t)SPOOL_SEGMENT_BYTES);
	line[SPOOL_SEGMENT_BYTES - 1] = '\n';
	open_spool(&spool, fresh(), ROOMY);
	spool_add(&spool, (struct span){line, (size_t)SPOOL_SEGMENT_BYTES}, 0);
	spool_dir_measure(&spool.dir, spool.dir.new_fd, &usage);
	ok(usage.segments == 1 && usage.bytes == SPOOL_SEGMENT_BYTES,
		"a segment of a mebibyte is sealed at once");
	spool_close(&spool);
	free(line);
}

static void test_limit(void)
{
	struct spool spool;
	char name[256];

	open_spool(&spool, fresh(), 32);
	spool_add(&spool, SPAN("0123456789\n"), 0);
	ok(!spool_full(&spool), "has room below its limit");
	spool_settle(&spool, SEAL_US);
	spool_add(&spool, SPAN("0123456789abcdefghijklmnopq\n"), SEAL_US);
	ok(spool_full(&spool), "is full at its limit");
	spool_add(&spool, SPAN("in flight\n"), SEAL_US);
	spool_settle(&spool, 4 * SEAL_US);
	ok(spool_full(&spool), "stays full while it is not drained");
	is_text(sealed(), "0123456789\n|0123456789abcdefghijklmnopq\nin flight\n|",
		"what came too late is kept as well");
	contents("new", name, sizeof(name));
	unlink(inside("new", name));
	ok(spool_due_us(&spool) <= 4 * SEAL_US + SPOOL_RETRY_US, "looks again by itself");
	spool_settle(&spool, 8 * SEAL_US);
	ok(!spool_full(&spool), "has room again once it was drained");
	spool_close(&spool);
	open_spool(&spool, path, 5);
	ok(spool_full(&spool), "may be full from the start");
	spool_close(&spool);
}

static void test_names_never_go_back(void)
{
	struct spool spool;
	char name[256], mtime_name[SEGMENT_NAME_SIZE];
	struct timespec times[2] = {{4102444800, 0}, {4102444800, 0}};

	open_spool(&spool, fresh(), ROOMY);
	spool_close(&spool);
	leave("new", "4000000000000000-00000000", SPAN("future\n"));
	open_spool(&spool, path, ROOMY);
	spool_add(&spool, SPAN("now\n"), 0);
	spool_close(&spool);
	is_text(sealed(), "future\n|now\n|", "a clock that was set back does not reorder");

	open_spool(&spool, fresh(), ROOMY);
	spool_close(&spool);
	utimensat(AT_FDCWD, inside("new", "."), times, 0);
	open_spool(&spool, path, ROOMY);
	spool_add(&spool, SPAN("now\n"), 0);
	spool_close(&spool);
	contents("new", name, sizeof(name));
	segment_name_format(mtime_name, INT64_C(4102444800) * CLOCK_SECOND_US, 0);
	ok(strcmp(name, mtime_name) > 0, "not even where everything has been drained");
}

static void test_refusals(void)
{
	struct spool spool, second;

	open_spool(&spool, fresh(), ROOMY);
	is_number(open_spool(&second, path, ROOMY), EX_CANTCREAT, "a second writer is refused");
	spool_close(&spool);
	is_number(open_spool(&second, path, ROOMY), 0, "until the first has closed");
	spool_close(&second);
	is_number(spool_close(&second), 0, "closing twice does nothing");
	is_number(open_spool(&spool, "/dev/null", ROOMY), EX_IOERR, "a file is no spool");
	open_spool(&spool, fresh(), ROOMY);
	is_number(spool_open(&second, &(struct spool_settings){path, "mqtt", ROOMY, SEAL_US}), 0,
		"writers of different names share a spool");
	spool_add(&spool, SPAN("one\n"), 0);
	spool_add(&second, SPAN("two\n"), 0);
	spool_close(&spool);
	is_text(sealed(), "one\n|", "each seals its own segments");
	is_number(open_spool(&spool, path, ROOMY), 0, "and recovers its own");
	is_text(contents("tmp/mqtt", NULL, 0), "two\n|", "only");
	spool_close(&spool);
	spool_close(&second);
	/* In either order: the clock may have stood still between the two, and then the rest of
	 * their names decides. */
	const char *both = sealed();
	ok(strcmp(both, "one\n|two\n|") == 0 || strcmp(both, "two\n|one\n|") == 0, both);
	ok(spool_dir_is_remote(0x6969), "NFS is remote");
	ok(spool_dir_is_remote((unsigned long)(int32_t)0xff534d42),
		"CIFS is remote, also sign-extended");
	ok(!spool_dir_is_remote(0xef53), "ext4 is local");
	ok(!spool_dir_is_remote(0x01021994), "tmpfs is local");
}

/* The limit is that of the whole folder, and what was drained does not count. */
static void test_shared_limit(void)
{
	struct spool spool, second;

	open_spool(&spool, fresh(), 64);
	spool_open(&second, &(struct spool_settings){path, "mqtt", 64, SEAL_US});
	for (int i = 0; i < 20; i++) {
		spool_add(&spool, SPAN("0123456789\n"), 0);
		spool_settle(&spool, SEAL_US);
		ok(!spool_full(&spool), "drained all the time, it is never full");
		unlink(inside("new", last_name()));
	}
	for (int i = 0; i < 6; i++) {
		spool_add(&second, SPAN("0123456789\n"), 0);
		spool_settle(&second, SEAL_US);
	}
	ok(spool_full(&second), "six segments are too much");
	spool_add(&spool, SPAN("0123\n"), 0);
	ok(spool_full(&spool), "for the other writer, too");
	spool_close(&spool);
	spool_close(&second);
}

/* Versions before 0.1.0 left their open segment in tmp/ itself. */
static void test_older_layout(void)
{
	struct spool spool;

	open_spool(&spool, fresh(), ROOMY);
	spool_close(&spool);
	leave("tmp", "1763927999123456-00000000", SPAN("old\n"));
	open_spool(&spool, path, ROOMY);
	spool_close(&spool);
	is_text(sealed(), "old\n|", "a segment of an older version is recovered");
}

static void test_every_torn_tail(void)
{
	static const char lines[] = "{\"type\":\"reply\"}\n\n{\"x\":\"\303\251\"}\n{}\n";
	const struct span all = SPAN(lines);
	struct spool spool;
	int wrong = 0;

	open_spool(&spool, fresh(), ROOMY);
	spool_close(&spool);
	for (size_t length = 0; length <= all.length; length++) {
		struct span torn = {lines, length};
		char wanted[sizeof(lines) + 1] = "";
		char name[256];
		size_t whole = segment_whole_lines(torn);

		leave("tmp/poll", "1763927999123456-00000000", torn);
		wrong += open_spool(&spool, path, ROOMY) != 0;
		snprintf(wanted, sizeof(wanted), "%.*s%s", (int)whole, lines, whole ? "|" : "");
		wrong += strcmp(contents("new", name, sizeof(name)), wanted) != 0;
		wrong += strcmp(contents("tmp/poll", NULL, 0), "") != 0;
		spool_close(&spool);
		if (whole)
			unlink(inside("new", name));
	}
	is_number(
		wrong, 0, "cut at any byte, the whole lines before are recovered, and only those");
}

static void test_what_is_left_alone(void)
{
	struct spool spool;

	open_spool(&spool, fresh(), ROOMY);
	spool_close(&spool);
	leave("tmp/poll", "notes.txt", SPAN("mine\n"));
	leave("tmp/poll", "1763927999123456-00000000", SPAN("one\n"));
	leave("tmp/poll", "1763927999123457-00000000", SPAN("two\n"));
	open_spool(&spool, path, ROOMY);
	spool_close(&spool);
	is_text(contents("tmp/poll", NULL, 0), "mine\n|", "a foreign file in tmp/ is left alone");
	is_text(sealed(), "one\n|two\n|", "all segments are recovered");
	leave("tmp/poll", "target", SPAN("secret\n"));
	if (symlink("target", inside("tmp/poll", "1763927999123458-00000000")))
		ok(false, "cannot prepare a link");
	is_number(open_spool(&spool, path, ROOMY), EX_IOERR, "a link is not followed");
}

int main(void)
{
	if (!mkdtemp(root))
		return 1;
	test_sealing();
	test_size();
	test_limit();
	test_names_never_go_back();
	test_refusals();
	test_shared_limit();
	test_older_layout();
	test_every_torn_tail();
	test_what_is_left_alone();

	char command[64];
	snprintf(command, sizeof(command), "rm -rf %s", root);
	ok(system(command) == 0, "removes its files");
	return tap_done();
}
