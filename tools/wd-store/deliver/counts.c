#include "tools/wd-store/deliver/counts.h"

#include "common/log/log.h"
#include "common/record/record.h"

#include <stdio.h>

void counts_add(struct counts *sum, const struct counts *more)
{
	sum->read += more->read;
	sum->stored += more->stored;
	sum->unchanged += more->unchanged;
	sum->rejected += more->rejected;
	sum->ignored += more->ignored;
	sum->not_normalized += more->not_normalized;
	sum->warned += more->warned;
	sum->bytes += more->bytes;
}

struct counts counts_since(const struct counts *counts, const struct counts *earlier)
{
	struct counts since = {
		.stored = counts->stored - earlier->stored,
		.unchanged = counts->unchanged - earlier->unchanged,
		.rejected = counts->rejected - earlier->rejected,
		.ignored = counts->ignored - earlier->ignored,
	};

	since.read = since.stored + since.unchanged + since.rejected + since.ignored;
	return since;
}

size_t counts_waiting(const struct counts *c)
{
	return c->read - c->stored - c->unchanged - c->rejected - c->ignored;
}

void counts_warn(struct counts *c)
{
	if (c->not_normalized == c->warned)
		return;
	c->warned = c->not_normalized;
	record_warn_not_normalized(c->not_normalized);
}

void counts_report(const struct counts *c)
{
	char line[192];
	int used = snprintf(line, sizeof(line),
		"read=%zu stored=%zu unchanged=%zu rejected=%zu ignored=%zu", c->read, c->stored,
		c->unchanged, c->rejected, c->ignored);

	if (counts_waiting(c) > 0)
		snprintf(line + used, sizeof(line) - (size_t)used, " waiting=%zu",
			counts_waiting(c));
	log_plain(line);
}
