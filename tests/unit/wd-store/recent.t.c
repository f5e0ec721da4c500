/* Which rows are left out because they were committed a short time ago. */
#include "tools/wd-store/rows/recent.h"
#include "tests/unit/tap.h"
#include "tools/wd-store/rows/siphash.h"

static struct rows rows;
static struct recent recent;

#define DRONE(id, more)                                                                            \
	"{\"type\":\"drone\",\"time\":\"2026-11-23T17:59:29Z\",\"kit_id\":\"k\",\"drone_id\":"     \
	"\"" id "\"" more "}"

/* Return how many rows of the lines are sent at `now_us`. */
static double sent(int64_t now_us, const char *first, const char *second)
{
	struct batch_line lines[] = {{span_of(first), NULL}, {span_of(second ? second : ""), NULL}};

	rows_set_lines(&rows, lines, second ? 2 : 1);
	recent_send(&recent, &rows, now_us);
	return (double)recent.sent_count;
}

static void repeats(void)
{
	is_number(
		sent(1, DRONE("a", ",\"lat\":1"), DRONE("b", "")), 2, "nothing is known at first");
	is_number(sent(1, DRONE("a", ",\"lat\":1"), NULL), 1, "nor before the commit");
	recent_commit(&recent, 1);
	is_number(sent(2, DRONE("a", ",\"lat\":1"), DRONE("c", "")), 1, "a repeat is left out");
	ok(span_equals(rows.of[TABLE_DRONE].values[2].text, "c"), "the other row remains");
	is_number((double)rows.read, 2, "both are counted");
	is_number(sent(2, DRONE("a", ",\"lat\":2"), DRONE("a", "")), 1, "other values are sent");
	is_number(sent(2, DRONE("a", ",\"lat\":1,\"lon\":1"), NULL), 1, "so are more values");
	recent_commit(&recent, 2);
	is_number(sent(3, DRONE("a", ",\"lat\":1"), NULL), 1, "values that were replaced are sent");
}

static void limits(void)
{
	recent_clear(&recent);
	sent(5, DRONE("a", ""), NULL);
	recent_commit(&recent, 5);
	is_number(sent(RECENT_TRUST_US + 4, DRONE("a", ""), NULL), 0, "known for its time");
	recent_commit(&recent, RECENT_TRUST_US + 4);
	is_number(
		sent(RECENT_TRUST_US + 5, DRONE("a", ""), NULL), 1, "which repeats do not extend");
	recent_commit(&recent, 6);
	recent_clear(&recent);
	is_number(sent(7, DRONE("a", ""), NULL), 1, "nothing is known after a failure");
}

static void other_tables(void)
{
	static const char status[] = "{\"type\":\"kit_status\",\"time\":\"2026-11-23T17:59:29Z\","
				     "\"kit_id\":\"k\",\"status\":\"online\"}";
	static const char signal[] = "{\"type\":\"signal\",\"time\":\"2026-11-23T17:59:29Z\","
				     "\"kit_id\":\"k\",\"freq_mhz\":5800}";

	sent(1, status, signal);
	recent_commit(&recent, 1);
	is_number(sent(2, status, signal), 0, "a signal is left out");
	is_number((double)rows.of[TABLE_SIGNAL].count, 0, "its table is empty");
	is_number((double)rows.of[TABLE_KIT_STATUS].count, 1, "the state of a kit is always sent");
}

/* The example of the paper's appendix A: the bytes 0 to 14, with the key 0 to 15. */
static void siphash(void)
{
	struct siphash hash = siphash_start(
		(const uint64_t[]){UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)});

	siphash_word(&hash, UINT64_C(0x0706050403020100));
	siphash_word(&hash, UINT64_C(0x0f0e0d0c0b0a0908));
	ok(siphash_value(hash) == UINT64_C(0xa129ca6149be45e5), "SipHash-2-4 of the paper");
}

int main(void)
{
	rows_init(&rows, 10);
	recent_open(&recent, 10);
	repeats();
	limits();
	other_tables();
	siphash();
	recent_close(&recent);
	rows_release(&rows);
	return tap_done();
}
