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

#define ROOMY ((int64_t)1 << 30)

static char root[] = "/tmp/wd-spool.XXXXXX";
static char path[64];

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

/* Writes a file as a killed writer would have left it. */
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

static const char *sealed(void)
{
	return contents("new", NULL, 0);
}

static void test_sealing(void)
{
	struct spool spool;

	is_number(spool_open(&spool, fresh(), ROOMY, false), 0, "a spool is made where none is");
	ok(spool_due_us(&spool) == INT64_MAX, "an empty spool has nothing to do");
	is_number(spool_add(&spool, SPAN("{\"a\":1}\n"), 1000), 0, "takes a line");
	is_number(spool_add(&spool, SPAN("{\"b\":2}\n"), 2000), 0, "takes another");
	is_text(sealed(), "", "what was just added is not sealed");
	is_text(contents("tmp", NULL, 0), "{\"a\":1}\n{\"b\":2}\n|", "but out of the process");
	ok(spool_due_us(&spool) == 1000 + SPOOL_SEGMENT_US, "is due a second after its first line");
	spool_settle(&spool, 1000 + SPOOL_SEGMENT_US - 1);
	is_text(sealed(), "", "is not sealed early");
	is_number(spool_settle(&spool, 1000 + SPOOL_SEGMENT_US), 0, "seals when due");
	is_text(sealed(), "{\"a\":1}\n{\"b\":2}\n|", "a sealed segment holds its lines in order");
	spool_add(&spool, SPAN("{\"c\":3}\n"), 3 * CLOCK_SECOND_US);
	is_number(spool_close(&spool), 0, "closes");
	is_text(sealed(), "{\"a\":1}\n{\"b\":2}\n|{\"c\":3}\n|", "closing seals");
	is_text(contents("tmp", NULL, 0), "", "nothing stays behind");
}

static void test_size(void)
{
	struct spool spool;
	struct spool_usage usage;
	char *line = malloc((size_t)SPOOL_SEGMENT_BYTES);

	memset(line, 'x', (size_t)SPOOL_SEGMENT_BYTES);
	line[SPOOL_SEGMENT_BYTES - 1] = '\n';
	spool_open(&spool, fresh(), ROOMY, false);
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

	spool_open(&spool, fresh(), 32, false);
	spool_add(&spool, SPAN("0123456789\n"), 0);
	ok(!spool_full(&spool), "has room below its limit");
	spool_settle(&spool, SPOOL_SEGMENT_US);
	spool_add(&spool, SPAN("0123456789abcdefghijklmnopq\n"), SPOOL_SEGMENT_US);
	ok(spool_full(&spool), "is full at its limit");
	spool_add(&spool, SPAN("in flight\n"), SPOOL_SEGMENT_US);
	spool_settle(&spool, 4 * SPOOL_SEGMENT_US);
	ok(spool_full(&spool), "stays full while nobody drains");
	is_text(sealed(), "0123456789\n|0123456789abcdefghijklmnopq\nin flight\n|",
		"what came too late is kept as well");
	contents("new", name, sizeof(name));
	unlink(inside("new", name));
	ok(spool_due_us(&spool) <= 4 * SPOOL_SEGMENT_US + SPOOL_RETRY_US, "looks again by itself");
	spool_settle(&spool, 8 * SPOOL_SEGMENT_US);
	ok(!spool_full(&spool), "has room again once it was drained");
	spool_close(&spool);
	spool_open(&spool, path, 5, false);
	ok(spool_full(&spool), "may be full from the start");
	spool_close(&spool);
}

static void test_names_never_go_back(void)
{
	struct spool spool;
	char name[256], mtime_name[SEGMENT_NAME_SIZE];
	struct timespec times[2] = {{4102444800, 0}, {4102444800, 0}};

	spool_open(&spool, fresh(), ROOMY, false);
	spool_close(&spool);
	leave("new", "4000000000000000-00000000", SPAN("future\n"));
	spool_open(&spool, path, ROOMY, false);
	spool_add(&spool, SPAN("now\n"), 0);
	spool_close(&spool);
	is_text(sealed(), "future\n|now\n|", "a clock that was set back does not reorder");

	spool_open(&spool, fresh(), ROOMY, false);
	spool_close(&spool);
	utimensat(AT_FDCWD, inside("new", "."), times, 0);
	spool_open(&spool, path, ROOMY, false);
	spool_add(&spool, SPAN("now\n"), 0);
	spool_close(&spool);
	contents("new", name, sizeof(name));
	segment_name_format(mtime_name, INT64_C(4102444800) * CLOCK_SECOND_US, 0);
	ok(strcmp(name, mtime_name) > 0, "not even where everything has been drained");
}

static void test_refusals(void)
{
	struct spool spool, second;

	spool_open(&spool, fresh(), ROOMY, false);
	is_number(spool_open(&second, path, ROOMY, false), EX_CANTCREAT,
		"a second writer is refused");
	spool_close(&spool);
	is_number(spool_open(&second, path, ROOMY, false), 0, "until the first has closed");
	spool_close(&second);
	is_number(spool_close(&second), 0, "closing twice does nothing");
	is_number(spool_open(&spool, "/dev/null", ROOMY, false), EX_IOERR, "a file is no spool");
	ok(spool_dir_is_remote(0x6969), "NFS is remote");
	ok(spool_dir_is_remote(0xffffffffff534d42UL), "CIFS is remote, also sign-extended");
	ok(!spool_dir_is_remote(0xef53), "ext4 is local");
	ok(!spool_dir_is_remote(0x01021994), "tmpfs is local");
}

static void test_every_torn_tail(void)
{
	static const char lines[] = "{\"type\":\"reply\"}\n\n{\"x\":\"\303\251\"}\n{}\n";
	const struct span all = SPAN(lines);
	struct spool spool;
	int wrong = 0;

	spool_open(&spool, fresh(), ROOMY, false);
	spool_close(&spool);
	for (size_t length = 0; length <= all.length; length++) {
		struct span torn = {lines, length};
		char wanted[sizeof(lines) + 1] = "";
		char name[256];
		size_t whole = segment_whole_lines(torn);

		leave("tmp", "1763927999123456-00000000", torn);
		wrong += spool_open(&spool, path, ROOMY, false) != 0;
		snprintf(wanted, sizeof(wanted), "%.*s%s", (int)whole, lines, whole ? "|" : "");
		wrong += strcmp(contents("new", name, sizeof(name)), wanted) != 0;
		wrong += strcmp(contents("tmp", NULL, 0), "") != 0;
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

	spool_open(&spool, fresh(), ROOMY, false);
	spool_close(&spool);
	leave("tmp", "notes.txt", SPAN("mine\n"));
	leave("tmp", "1763927999123456-00000000", SPAN("one\n"));
	leave("tmp", "1763927999123457-00000000", SPAN("two\n"));
	spool_open(&spool, path, ROOMY, false);
	spool_close(&spool);
	is_text(contents("tmp", NULL, 0), "mine\n|", "a foreign file in tmp/ is left alone");
	is_text(sealed(), "one\n|two\n|", "all segments are recovered");
	leave("tmp", "target", SPAN("secret\n"));
	if (symlink("target", inside("tmp", "1763927999123458-00000000")))
		ok(false, "cannot prepare a link");
	is_number(spool_open(&spool, path, ROOMY, false), EX_IOERR, "a link is not followed");
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
	test_every_torn_tail();
	test_what_is_left_alone();

	char command[64];
	snprintf(command, sizeof(command), "rm -rf %s", root);
	ok(system(command) == 0, "removes its files");
	return tap_done();
}
