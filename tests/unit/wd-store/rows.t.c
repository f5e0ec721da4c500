/* Lines as rows: reading, folding, rejecting, counting. */
#include "tools/wd-store/rows/rows.h"
#include "tests/unit/tap.h"

static struct rows rows;
static struct batch batch;

#define HEAD "{\"type\":\"drone\",\"time\":\"2026-11-23T17:59:29Z\",\"kit_id\":\"a\",\"drone_id\":"

static void add(const char *line)
{
	rows_add_line(&rows, batch_add(&batch, span_of(line), NULL));
}

static void clear(void)
{
	rows_clear(&rows);
	batch_clear(&batch);
}

static const struct value *cell(int table, size_t row, const char *name)
{
	const struct table *t = &tables[table];

	for (size_t c = 0; c < t->count; c++) {
		if (strcmp(t->columns[c].name, name) == 0)
			return &rows.of[table].values[row * t->count + c];
	}
	return NULL;
}

static bool text_is(const struct value *value, const char *text)
{
	return value->kind == VALUE_TEXT && span_equals(value->text, text);
}

static void folding(void)
{
	clear();
	add(HEAD "\"d1\",\"lat\":1,\"mac\":\"x\"}");
	add(HEAD "\"d2\",\"lat\":7}");
	add(HEAD "\"d1\",\"lat\":2,\"alt\":3}");
	add(HEAD "\"d1\",\"lat\":null}");
	is_number((double)rows.of[TABLE_DRONE].count, 2, "a key is one row");
	is_number((double)rows.read, 4, "all its lines are read");
	is_number(cell(TABLE_DRONE, 0, "lat")->real, 2, "of each column the last value");
	is_number(cell(TABLE_DRONE, 0, "alt")->real, 3, "that was there");
	ok(text_is(cell(TABLE_DRONE, 0, "mac"), "x"), "and what no later line has stays");

	struct counts counts = {0};
	rows_count(&rows, 1, &counts);
	is_number((double)(counts.stored + counts.unchanged), 4, "stored and unchanged are all");
	is_number((double)counts.unchanged, 3, "what is not stored is unchanged");
}

/* More digits than 64 bits hold, and an exponent that takes them away again. */
static void long_numbers(void)
{
	clear();
	add("{\"type\":\"system_health\",\"time\":\"2026-11-23T17:59:29Z\",\"kit_id\":\"a\","
	    "\"kit_updated_epoch\":17954666666666666666666e-12}");
	const struct value *epoch = cell(TABLE_SYSTEM_HEALTH, 0, "kit_updated_epoch");
	is_number((double)epoch->integer, 17954666667, "digits and an exponent are one number");
}

static void same_keys(void)
{
	clear();
	add("{\"type\":\"signal\",\"time\":\"2026-11-23T17:59:29Z\",\"kit_id\":\"a\",\"freq_mhz\":"
	    "5800}");
	add("{\"type\":\"signal\",\"time\":\"2026-11-23T18:59:29+01:00\",\"kit_id\":\"\\u0061\","
	    "\"freq_mhz\":5.8e3}");
	is_number((double)rows.of[TABLE_SIGNAL].count, 1, "a key is what it means");
	add("{\"type\":\"system_health\",\"time\":\"2026-11-23T17:59:29Z\",\"kit_id\":\"a\"}");
	add("{\"type\":\"coverage\",\"time\":\"2026-11-23T17:59:29Z\",\"kit_id\":\"a\"}");
	is_number((double)rows.of[TABLE_SYSTEM_HEALTH].count, 1, "and of its table");
	is_number((double)rows.of[TABLE_COVERAGE].count, 1, "alone");
}

static void clocks(void)
{
	static const char form[] = "{\"type\":\"kit_status\",\"kit_id\":\"a\",\"status\":\"%s\","
				   "\"time\":\"2026-11-23T18:00:%sZ\",\"last_seen\":%s}";
	char line[200];

	clear();
	snprintf(line, sizeof(line), form, "online", "30", "\"2026-11-23T18:00:20Z\"");
	add(line);
	snprintf(line, sizeof(line), form, "offline", "10", "\"2026-11-23T18:00:25Z\"");
	add(line);
	snprintf(line, sizeof(line), form, "stale", "30", "null");
	add(line);
	ok(text_is(cell(TABLE_KIT_STATUS, 0, "status"), "stale"),
		"a status of the same moment counts, an older one does not");
	is_number((double)(cell(TABLE_KIT_STATUS, 0, "status_time")->integer % 60000000), 30e6,
		"its time does not go back");
	is_number((double)(cell(TABLE_KIT_STATUS, 0, "last_seen")->integer % 60000000), 25e6,
		"nor does last_seen, which goes on by itself");
	snprintf(line, sizeof(line), form, "error", "40", "null");
	memcpy(strstr(line, "2026"), "9026", 4);
	add(line);
	ok(text_is(cell(TABLE_KIT_STATUS, 0, "status"), "stale"),
		"a status of the future is ignored");
}

static void future_times(void)
{
	static const struct {
		clock_us older, newer;
		bool replaces;
	} cases[] = {{10, 20, true}, {20, 20, true}, {20, 10, false}, {10, 101, false},
		{101, 10, true}, {101, 102, true}, {102, 101, true}, {10, 100, true}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ok(value_time_replaces(cases[i].older, cases[i].newer, 100) == cases[i].replaces,
			"a time beyond the limit is never taken, and always replaced");
}

static void rejecting(void)
{
	struct batch_line refused = {SPAN(HEAD "\"d\"}"), "refused: why"};

	clear();
	add("{\"type\":\"reply\"}");
	add("nothing");
	add("nothing");
	rows_add_line(&rows, &refused);
	is_number((double)rows.ignored, 1, "a type without a table is ignored");
	is_number((double)rows.rejected, 3, "each line that is no record is rejected");
	is_number((double)rows.of[TABLE_OWN_REJECTS].count, 2, "the same one is one row");
	ok(cell(TABLE_OWN_REJECTS, 0, "kit_id")->kind == VALUE_NULL, "a line without a kit");
	ok(text_is(cell(TABLE_OWN_REJECTS, 1, "kit_id"), "a"), "a record's kit is known");
	ok(text_is(cell(TABLE_OWN_REJECTS, 1, "reason"), "refused: why"), "so is the reason");
	ok(cell(TABLE_OWN_REJECTS, 1, "time")->kind == VALUE_INTEGER, "and the time");
}

/* A digest tells rows apart by stage, kit and raw, whatever else they say. */
static void digests(void)
{
	clear();
	add("{\"type\":\"reject\",\"stage\":\"a\",\"kit_id\":\"b\",\"raw\":\"c\",\"reason\":"
	    "\"x\"}");
	add("{\"type\":\"reject\",\"stage\":\"a\",\"kit_id\":\"b\",\"raw\":\"c\",\"reason\":"
	    "\"y\"}");
	is_number((double)rows.of[TABLE_REJECT].count, 1, "another reason is the same reject");
	ok(text_is(cell(TABLE_REJECT, 0, "reason"), "x"), "which keeps its own");
	add("{\"type\":\"reject\",\"stage\":\"a\",\"kit_id\":\"bc\",\"raw\":\"\"}");
	add("{\"type\":\"reject\",\"stage\":\"a\",\"raw\":\"bc\"}");
	add("{\"type\":\"reject\",\"stage\":\"a\",\"kit_id\":\"\",\"raw\":\"bc\"}");
	is_number((double)rows.of[TABLE_REJECT].count, 4, "a border that moves makes another");
}

int main(void)
{
	if (batch_open(&batch, 100) || rows_init(&rows, 100))
		return 1;
	folding();
	long_numbers();
	same_keys();
	clocks();
	future_times();
	rejecting();
	digests();
	rows_release(&rows);
	batch_close(&batch);
	return tap_done();
}
