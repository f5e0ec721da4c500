/* The clock estimates of kits, kept in the spool's directory across restarts. */
#include "tools/wd-mqtt/clock_file.h"

#include "common/json.h"
#include "common/log.h"
#include "common/reply_line.h"
#include "common/scan/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#define FILE_NAME "mqtt.clocks"
#define NEW_NAME  "mqtt.clocks.new"

/* The kit need not be configured: it is then known by its name until it publishes. */
static struct mqtt_kit *find_or_add(struct intake *intake, const char *name)
{
	struct mqtt_kit *kit = kit_table_find(&intake->kits, name);

	return kit ? kit : kit_table_add(&intake->kits, name, name);
}

static void take_line(struct intake *intake, struct span line)
{
	static const char *const names[] = {"name", "clock_offset_s"};
	const double max_s = 1e10;
	struct scan_member members[2];
	struct scan_error error;
	struct scan_keys index;
	char name[KIT_NAME_SIZE];
	double offset_s;

	scan_keys_init(&index, names, 2);
	if (!scan_object(line, &index, members, &error) ||
		!scan_text(members[0].value, name, sizeof(name)) ||
		!scan_number(members[1].value, &offset_s) ||
		!(offset_s < max_s && offset_s > -max_s))
		return;
	struct mqtt_kit *kit = find_or_add(intake, name);
	if (!kit)
		return;
	kit->clock.is_known = true;
	kit->clock.offset_us = (int64_t)offset_s * CLOCK_SECOND_US;
}

static int file_error(const char *message, const struct spool *spool)
{
	return fail(EX_IOERR, message, {"spool", spool->dir.path}, {"file", FILE_NAME},
		{"reason", strerror(errno)});
}

int clock_file_read(struct intake *intake, const struct spool *spool)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t length;

	if (!spool)
		return 0;
	/* A user who may write to the spool must not make us read another file. */
	int fd = openat(spool->dir.fd, FILE_NAME, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	FILE *stream = fd < 0 ? NULL : fdopen(fd, "r");
	if (!stream)
		return errno == ENOENT ? 0 : file_error("cannot open", spool);
	while ((length = getline(&line, &size, stream)) > 0)
		take_line(intake, (struct span){line, (size_t)length});
	int status = ferror(stream) ? file_error("cannot read", spool) : 0;
	free(line);
	fclose(stream);
	return status;
}

/* Kits whose clocks are right need no line. */
static void format(const struct intake *intake, struct buffer *out)
{
	for (size_t i = 0; i < intake->kits.count; i++) {
		const struct mqtt_kit *kit = intake->kits.items[i];
		if (!reply_offset_matters(kit->clock.offset_us))
			continue;
		json_open(out, "clock");
		json_text(out, "name", span_of(kit->name));
		json_integer(out, "clock_offset_s", kit->clock.offset_us / CLOCK_SECOND_US);
		json_close(out);
	}
}

static int write_new(const struct spool *spool, struct buffer *content)
{
	int fd = openat(spool->dir.fd, NEW_NAME,
		O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return file_error("cannot create the file of clock estimates", spool);
	int status = buffer_write(content, fd, NEW_NAME);
	if (!status && fsync(fd))
		status = file_error("cannot write", spool);
	close(fd);
	return status;
}

void clock_file_write(const struct intake *intake, const struct spool *spool)
{
	struct buffer content = {0};

	if (!spool)
		return;
	format(intake, &content);
	if (write_new(spool, &content) == 0 &&
		renameat(spool->dir.fd, NEW_NAME, spool->dir.fd, FILE_NAME))
		file_error("cannot replace the file of clock estimates", spool);
	buffer_release(&content);
}
