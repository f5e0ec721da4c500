/* --report: a table for people. */
#include "common/base/array.h"
#include "tools/wd-health/output/sanitize.h"
#include "tools/wd-health/query/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	TABLE_COLUMNS_MAX = 10,
	CELL_SIZE = SANITIZED_SIZE(RECORD_ID_MAX) + SANITIZED_SIZE(EVENT_MESSAGE_SIZE) + 80
};

/* Each row is made twice, first to be measured, then to be printed, so that the table needs no
 * memory. */
struct report_row {
	char cells[TABLE_COLUMNS_MAX][CELL_SIZE];
};

struct report_column {
	const char *title;
	bool right; /* aligned to the right: numbers */
};

struct report_table {
	const struct health_query *query;
	const struct report_column *columns;
	size_t count;
	size_t widths[TABLE_COLUMNS_MAX];
	size_t screen; /* maximum number of characters of a line */
	struct buffer out;
};

/* Return the maximum length of a line: COLUMNS, else the terminal's width, else no maximum. */
static size_t screen_width(void)
{
	const char *setting = getenv("COLUMNS");
	long columns = setting ? strtol(setting, NULL, 10) : 0;
	struct winsize size;

	if (columns > 0)
		return (size_t)columns;
	if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
		return size.ws_col;
	return SIZE_MAX;
}

static void measure(struct report_table *table, const struct report_row *row)
{
	for (size_t c = 0; c < table->count; c++) {
		size_t width = sanitize_width(row->cells[c]);
		if (width > table->widths[c])
			table->widths[c] = width;
	}
}

static void pad(struct buffer *line, size_t spaces)
{
	while (spaces-- > 0)
		buffer_add_char(line, ' ');
}

static void print(struct report_table *table, const struct report_row *row)
{
	struct buffer line = {0};

	for (size_t c = 0; c < table->count; c++) {
		size_t spaces = table->widths[c] - sanitize_width(row->cells[c]);
		if (table->columns[c].right)
			pad(&line, spaces);
		buffer_add_text(&line, row->cells[c]);
		if (!table->columns[c].right)
			pad(&line, spaces);
		pad(&line, c + 1 < table->count ? 2 : 0);
	}
	buffer_add_char(&line, '\0');
	size_t length = line.failed ? 0 : sanitize_cut(line.data, table->screen);
	while (length > 0 && line.data[length - 1] == ' ')
		length--;
	buffer_add(&table->out, line.data, length);
	buffer_add_char(&table->out, '\n');
	table->out.failed |= line.failed;
	buffer_release(&line);
}

static void titles(const struct report_table *table, struct report_row *row)
{
	for (size_t c = 0; c < table->count; c++)
		snprintf(row->cells[c], CELL_SIZE, "%s", table->columns[c].title);
}

/* Write "2026-11-23 17:59:18Z", or with `minutes` "2026-11-23 17:59Z". */
static void format_time(char *out, clock_us time, bool minutes)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(time, text);
	snprintf(out, CELL_SIZE, "%.10s %.*sZ", text, minutes ? 5 : 8, text + 11);
}

static void format_error(char *out, const struct health_kit *kit)
{
	char message[SANITIZED_SIZE(EVENT_MESSAGE_SIZE)], error[SANITIZED_SIZE(EVENT_ERROR_SIZE)];
	char when[CELL_SIZE], id[SANITIZED_SIZE(RECORD_ID_MAX)];

	if (kit->status.is_stale) {
		format_time(when, kit->status.since, true);
		snprintf(out, CELL_SIZE, "old status since %.20s", when);
		return;
	}
	if (kit->reported_id[0]) {
		sanitize_text(id, sizeof(id), kit->reported_id);
		snprintf(out, CELL_SIZE, "reports the id %s", id);
		return;
	}
	if (!kit->error_time)
		return;
	sanitize_text(error, sizeof(error), kit->error);
	sanitize_text(message, sizeof(message), kit->message);
	snprintf(out, CELL_SIZE, "%s /%s%s%s", error, event_endpoint_name(kit->error_endpoint),
		message[0] ? ": " : "", message);
}

static void fill_kit(
	const struct health_query *query, const struct health_kit *kit, struct report_row *row)
{
	struct tally hour = ledger_last_hour(&kit->ledger, minute_of(query->now));

	for (size_t c = 0; c < TABLE_COLUMNS_MAX; c++)
		snprintf(row->cells[c], CELL_SIZE, "-");
	sanitize_text(row->cells[0], CELL_SIZE, kit->id);
	snprintf(row->cells[1], CELL_SIZE, "%s", query_state(kit));
	if (kit->watch.last_seen)
		format_time(row->cells[2], kit->watch.last_seen, false);
	if (hour.requests)
		snprintf(row->cells[3], CELL_SIZE, "%.1f%%", tally_success_percent(&hour));
	snprintf(row->cells[4], CELL_SIZE, "%llu", (unsigned long long)kit->total.requests);
	snprintf(row->cells[5], CELL_SIZE, "%llu", (unsigned long long)kit->drones);
	snprintf(row->cells[6], CELL_SIZE, "%llu", (unsigned long long)kit->signals);
	if (kit->receivers[0])
		sanitize_text(row->cells[7], CELL_SIZE, kit->receivers);
	if (kit->watch.last_seen)
		snprintf(row->cells[8], CELL_SIZE, "%+.1fs", kit->clock_offset_s);
	format_error(row->cells[9], kit);
}

static void fill_gap(
	const struct health_kit *kit, const struct ledger_gap *gap, struct report_row *row)
{
	sanitize_text(row->cells[0], CELL_SIZE, kit->id);
	format_time(row->cells[1], minute_start(gap->from), true);
	format_time(row->cells[2], minute_start(gap->to + 1), true);
	snprintf(row->cells[3], CELL_SIZE, "%lld", (long long)(gap->to - gap->from + 1));
	snprintf(row->cells[4], CELL_SIZE, "%s", coverage_name(gap->why));
}

/* Call `use` with the row of each kit. */
static void each_kit(struct report_table *table, struct report_row *row,
	void (*use)(struct report_table *table, const struct report_row *row))
{
	const struct fleet *fleet = &table->query->health.fleet;

	titles(table, row);
	use(table, row);
	for (size_t i = 0; i < fleet->count; i++) {
		if (!fleet->kits[i].watched && !query_is_removed(&fleet->kits[i]))
			continue;
		fill_kit(table->query, &fleet->kits[i], row);
		use(table, row);
	}
}

/* Call `use` with the row of each gap of each kit. */
static void each_gap(struct report_table *table, struct report_row *row,
	void (*use)(struct report_table *table, const struct report_row *row))
{
	const struct health *health = &table->query->health;
	struct ledger_gap gap;

	titles(table, row);
	use(table, row);
	for (size_t i = 0; i < health->fleet.count; i++) {
		const struct health_kit *kit = &health->fleet.kits[i];
		minute_number newest = timeline_newest(&kit->timeline);
		minute_number from = query_gaps_from(table->query, kit);
		while (kit->watched && ledger_next_gap(&kit->ledger, newest, &from, newest, &gap)) {
			fill_gap(kit, &gap, row);
			use(table, row);
		}
	}
}

static void put_summary(const struct health_query *query, struct buffer *out)
{
	const char *join = ": ";

	buffer_printf(out, "\n%zu kit%s", query->watched, query->watched == 1 ? "" : "s");
	for (size_t i = 0; i < WATCH_STATES; i++) {
		if (!query->states[i])
			continue;
		buffer_printf(out, "%s%zu %s", join, query->states[i],
			watch_state_name((enum watch_state)i));
		join = ", ";
	}
	size_t removed = 0;
	for (size_t i = 0; i < query->health.fleet.count; i++)
		removed += query_is_removed(&query->health.fleet.kits[i]);
	if (removed)
		buffer_printf(out, "; %zu removed", removed);
	int64_t age_s = (query->now - query->health.now) / CLOCK_SECOND_US;
	if (query->health.now)
		buffer_printf(
			out, "\nlast reply or tick of a poller: %lld s ago\n", (long long)age_s);
	else
		buffer_add_text(out, "\nlast reply or tick of a poller: none yet\n");
	if (query_is_of_future(query))
		buffer_add_text(out, "the state is from the future: check the clocks\n");
}

int query_table(const struct health_query *query)
{
	static const struct report_column kits[] = {{"KIT"}, {"STATE"}, {"LAST SEEN"},
		{"OK 1H", true}, {"REQUESTS", true}, {"DRONES", true}, {"SIGNALS", true},
		{"RECEIVERS"}, {"CLOCK", true}, {"LAST ERROR"}};
	static const struct report_column gaps[] = {
		{"KIT"}, {"NOT LISTENING FROM"}, {"UNTIL"}, {"MINUTES", true}, {"BECAUSE"}};
	struct report_row row;
	struct report_table table = {query, kits, ARRAY_SIZE(kits), .screen = screen_width()};

	each_kit(&table, &row, measure);
	each_kit(&table, &row, print);
	put_summary(query, &table.out);
	if (query->since_us) {
		table.columns = gaps;
		table.count = ARRAY_SIZE(gaps);
		memset(table.widths, 0, sizeof(table.widths));
		buffer_add_char(&table.out, '\n');
		each_gap(&table, &row, measure);
		each_gap(&table, &row, print);
	}
	int status = buffer_write(&table.out, STDOUT_FILENO, "stdout");
	buffer_release(&table.out);
	return status;
}
