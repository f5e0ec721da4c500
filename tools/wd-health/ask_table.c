/* --report: what is known of each kit, as a table for people. */
#include "common/array.h"
#include "tools/wd-health/ask.h"
#include "tools/wd-health/plain.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	TABLE_COLUMNS_MAX = 7,
	CELL_SIZE = PLAIN_SIZE(RECORD_ID_MAX) + PLAIN_SIZE(NOTICE_MESSAGE_SIZE) + 80
};

/* A row is filled, then measured, then, when all widths are known, filled again and printed: no
 * table is held in memory. */
struct row {
	char cells[TABLE_COLUMNS_MAX][CELL_SIZE];
};

struct column {
	const char *title;
	bool right; /* numbers stand at the right */
};

struct table {
	const struct answer *answer;
	const struct column *columns;
	size_t count;
	size_t widths[TABLE_COLUMNS_MAX];
	size_t screen; /* characters a line may have */
	struct buffer out;
};

/* What a line may have: COLUMNS, else the terminal's width; what is no terminal takes all. */
static size_t screen_width(void)
{
	const char *wanted = getenv("COLUMNS");
	long columns = wanted ? strtol(wanted, NULL, 10) : 0;
	struct winsize size;

	if (columns > 0)
		return (size_t)columns;
	if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
		return size.ws_col;
	return SIZE_MAX;
}

static void measure(struct table *table, const struct row *row)
{
	for (size_t c = 0; c < table->count; c++) {
		size_t width = plain_width(row->cells[c]);
		if (width > table->widths[c])
			table->widths[c] = width;
	}
}

static void pad(struct buffer *line, size_t spaces)
{
	while (spaces-- > 0)
		buffer_add_char(line, ' ');
}

static void put(struct table *table, const struct row *row)
{
	struct buffer line = {0};

	for (size_t c = 0; c < table->count; c++) {
		size_t spaces = table->widths[c] - plain_width(row->cells[c]);
		if (table->columns[c].right)
			pad(&line, spaces);
		buffer_add_text(&line, row->cells[c]);
		if (!table->columns[c].right)
			pad(&line, spaces);
		pad(&line, c + 1 < table->count ? 2 : 0);
	}
	buffer_add_char(&line, '\0');
	size_t length = line.failed ? 0 : plain_cut(line.data, table->screen);
	while (length > 0 && line.data[length - 1] == ' ')
		length--;
	buffer_add(&table->out, line.data, length);
	buffer_add_char(&table->out, '\n');
	table->out.failed |= line.failed;
	buffer_release(&line);
}

static void titles(const struct table *table, struct row *row)
{
	for (size_t c = 0; c < table->count; c++)
		snprintf(row->cells[c], CELL_SIZE, "%s", table->columns[c].title);
}

/* "2026-11-23 17:59:18Z", or with `minutes` "2026-11-23 17:59Z". */
static void format_time(char *out, clock_us time, bool minutes)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(time, text);
	snprintf(out, CELL_SIZE, "%.10s %.*sZ", text, minutes ? 5 : 8, text + 11);
}

static void format_error(char *out, const struct kit *kit)
{
	char message[PLAIN_SIZE(NOTICE_MESSAGE_SIZE)], error[PLAIN_SIZE(NOTICE_ERROR_SIZE)];
	char when[CELL_SIZE];

	if (kit->standstill.still) {
		format_time(when, kit->standstill.since, true);
		snprintf(out, CELL_SIZE, "status stands still since %.20s", when);
		return;
	}
	if (!kit->error_time)
		return;
	plain_text(error, sizeof(error), kit->error);
	plain_text(message, sizeof(message), kit->message);
	snprintf(out, CELL_SIZE, "%s /%s%s%s", error, notice_endpoint_name(kit->error_endpoint),
		message[0] ? ": " : "", message);
}

static void fill_kit(const struct answer *answer, const struct kit *kit, struct row *row)
{
	struct tally hour = ledger_last_hour(&kit->ledger, minute_of(answer->now));

	for (size_t c = 0; c < TABLE_COLUMNS_MAX; c++)
		snprintf(row->cells[c], CELL_SIZE, "-");
	plain_text(row->cells[0], CELL_SIZE, kit->id);
	snprintf(row->cells[1], CELL_SIZE, "%s", watch_state_name(kit->watch.state));
	if (kit->watch.last_seen)
		format_time(row->cells[2], kit->watch.last_seen, false);
	if (hour.requests)
		snprintf(row->cells[3], CELL_SIZE, "%.1f%%", tally_success_percent(&hour));
	snprintf(row->cells[4], CELL_SIZE, "%llu", (unsigned long long)kit->total.requests);
	if (kit->watch.last_seen)
		snprintf(row->cells[5], CELL_SIZE, "%+.1fs", kit->clock_offset_s);
	format_error(row->cells[6], kit);
}

static void fill_gap(const struct kit *kit, const struct ledger_gap *gap, struct row *row)
{
	plain_text(row->cells[0], CELL_SIZE, kit->id);
	format_time(row->cells[1], minute_start(gap->from), true);
	format_time(row->cells[2], minute_start(gap->to + 1), true);
	snprintf(row->cells[3], CELL_SIZE, "%lld", (long long)(gap->to - gap->from + 1));
	snprintf(row->cells[4], CELL_SIZE, "%s", coverage_name(gap->why));
}

/* Calls `use` with the row of each kit. */
static void each_kit(struct table *table, struct row *row,
	void (*use)(struct table *table, const struct row *row))
{
	const struct fleet *fleet = &table->answer->health.fleet;

	titles(table, row);
	use(table, row);
	for (size_t i = 0; i < fleet->count; i++) {
		if (!fleet->kits[i].watched)
			continue;
		fill_kit(table->answer, &fleet->kits[i], row);
		use(table, row);
	}
}

/* Calls `use` with the row of each gap of each kit. */
static void each_gap(struct table *table, struct row *row,
	void (*use)(struct table *table, const struct row *row))
{
	const struct health *health = &table->answer->health;
	minute_number newest = timeline_newest(&health->timeline);
	struct ledger_gap gap;

	titles(table, row);
	use(table, row);
	for (size_t i = 0; i < health->fleet.count; i++) {
		const struct kit *kit = &health->fleet.kits[i];
		minute_number from = ask_gaps_from(table->answer);
		while (kit->watched && ledger_next_gap(&kit->ledger, newest, &from, newest, &gap)) {
			fill_gap(kit, &gap, row);
			use(table, row);
		}
	}
}

static void put_summary(const struct answer *answer, struct buffer *out)
{
	const char *join = ": ";

	buffer_printf(out, "\n%zu kit%s", answer->watched, answer->watched == 1 ? "" : "s");
	for (size_t i = 0; i < WATCH_STATES; i++) {
		if (!answer->states[i])
			continue;
		buffer_printf(out, "%s%zu %s", join, answer->states[i],
			watch_state_name((enum watch_state)i));
		join = ", ";
	}
	int64_t age_s = (answer->now - answer->health.timeline.now) / CLOCK_SECOND_US;
	buffer_printf(out, "\nlast reply of any kit: %lld s ago\n", (long long)age_s);
}

int ask_table(const struct answer *answer)
{
	static const struct column kits[] = {{"KIT"}, {"STATE"}, {"LAST SEEN"}, {"OK 1H", true},
		{"REQUESTS", true}, {"CLOCK", true}, {"LAST ERROR"}};
	static const struct column gaps[] = {
		{"KIT"}, {"NOT HEARD FROM"}, {"UNTIL"}, {"MINUTES", true}, {"BECAUSE"}};
	struct row row;
	struct table table = {answer, kits, ARRAY_SIZE(kits), .screen = screen_width()};

	each_kit(&table, &row, measure);
	each_kit(&table, &row, put);
	put_summary(answer, &table.out);
	if (answer->since_us) {
		table.columns = gaps;
		table.count = ARRAY_SIZE(gaps);
		memset(table.widths, 0, sizeof(table.widths));
		buffer_add_char(&table.out, '\n');
		each_gap(&table, &row, measure);
		each_gap(&table, &row, put);
	}
	int status = buffer_write(&table.out, STDOUT_FILENO, "stdout");
	buffer_release(&table.out);
	return status;
}
