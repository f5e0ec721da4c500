#include "tools/wd-store/deliver/probe.h"

#include "common/base/buffer.h"
#include "common/time/clock.h"

#include <sysexits.h>
#include <unistd.h>

static void put_value(struct buffer *line, const struct column *column, const char *time)
{
	switch (column->kind) {
	case COLUMN_TIME:
		buffer_printf(line, ",\"%s\":\"%s\"", column_source(column), time);
		return;
	case COLUMN_TEXT:
		if (column->among)
			buffer_printf(
				line, ",\"%s\":\"%s\"", column_source(column), column->among[0]);
		else
			buffer_printf(line, ",\"%s\":\"wd-store-check-%d\"", column_source(column),
				(int)getpid());
		return;
	case COLUMN_REAL:
	case COLUMN_INTEGER:
	case COLUMN_BIGINT:
		buffer_printf(line, ",\"%s\":%g", column_source(column), column->min);
		return;
	default:
		return;
	}
}

/* The members that a line of the table must have. The process id in the key keeps several probes
 * from waiting for each other. */
static void put_line(struct buffer *line, const struct table *table)
{
	char time[CLOCK_TEXT_SIZE];

	clock_format(clock_wall_us(), time);
	line->length = 0;
	buffer_printf(line, "{\"type\":\"%s\"", table->type);
	for (size_t c = 0; c < table->count; c++) {
		if (table->columns[c].key || table->columns[c].absent == ABSENT_REFUSED)
			put_value(line, &table->columns[c], time);
	}
	buffer_add_char(line, '}');
}

static int make_rows(struct rows *rows, struct batch *batch)
{
	struct buffer line = {0};
	int status = rows_init(rows, TABLE_COUNT);

	if (!status)
		status = batch_open(batch, TABLE_COUNT);
	for (size_t t = 0; t < TABLE_COUNT && !status; t++) {
		if (!tables[t].type)
			continue;
		put_line(&line, &tables[t]);
		status = rows_add_line(rows, batch_add(batch, buffer_span(&line), NULL));
	}
	buffer_release(&line);
	return status;
}

enum sink_result probe_sink(struct sink *sink)
{
	struct rows rows = {0};
	struct batch batch = {0};
	enum sink_result result = SINK_FAILED;

	sink->error.status = make_rows(&rows, &batch);
	if (!sink->error.status)
		result = sink->calls->probe(sink, &rows);
	rows_release(&rows);
	batch_close(&batch);
	return result == SINK_REFUSED ? SINK_OK : result;
}
