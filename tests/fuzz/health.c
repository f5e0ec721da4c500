/* Fuzzes what wd-health reads: lines, and state files. The first byte selects which. */
#include "tools/wd-health/output/prometheus.h"
#include "tools/wd-health/query/query.h"

#include "common/log/log.h"
#include "common/scan/scan.h"
#include "tests/fuzz/hold.h"

#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What goes to stdout and the log is not what is looked at here. */
static void open_all(void)
{
	int null = open("/dev/null", O_WRONLY);

	dup2(null, STDOUT_FILENO);
	log_open("wd-health");
	log_level_parse("error");
	event_open();
	state_open();
}

static bool next_line(struct span *rest, struct span *line)
{
	if (rest->length == 0)
		return false;
	const char *newline = memchr(rest->data, '\n', rest->length);
	line->data = rest->data;
	line->length = newline ? (size_t)(newline - rest->data) : rest->length;
	size_t taken = line->length + (newline ? 1 : 0);
	*rest = (struct span){rest->data + taken, rest->length - taken};
	return true;
}

static bool begins(struct span line, struct span text)
{
	return line.length >= text.length && memcmp(line.data, text.data, text.length) == 0;
}

/* A line that wd-health adds: JSON, of one of two types. */
static bool is_ours(struct span line)
{
	struct scan_error error;

	return (begins(line, SPAN("{\"type\":\"kit_status\",\"time\":\"")) ||
		       begins(line, SPAN("{\"type\":\"coverage\",\"time\":\""))) &&
	       scan_check(line, SCAN_STRICT, &error);
}

/* All lines that went in came out, in order; between them are only those that were added. */
static void passed(struct span in, struct span out)
{
	struct span wanted, line;
	bool more = next_line(&in, &wanted);

	while (next_line(&out, &line)) {
		if (more && line.length == wanted.length &&
			memcmp(line.data, wanted.data, line.length) == 0)
			more = next_line(&in, &wanted);
		else
			hold(is_ours(line), "what is added is a record");
	}
	hold(!more, "every line goes out");
}

/* What is written can be read, and is then what it was. */
static void goes_around(const struct health *health)
{
	struct health again, third;
	struct buffer one = {0}, two = {0}, three = {0};

	health_init(&again, CLOCK_MINUTE_US);
	health_init(&third, CLOCK_MINUTE_US);
	state_format(&one, health);
	hold(state_parse(buffer_span(&one), &again), "a state that was written is read");
	/* By then kits may have been forgotten. */
	state_format(&two, &again);
	hold(state_parse(buffer_span(&two), &third), "and so on");
	state_format(&three, &third);
	hold(two.length == three.length && memcmp(two.data, three.data, two.length) == 0,
		"a state stays what it is");
	buffer_release(&one);
	buffer_release(&two);
	buffer_release(&three);
	health_release(&again);
	health_release(&third);
}

/* All that is made of what is known. Takes over `health`. */
static void tell(struct health *health)
{
	struct health_query query = {.health = *health, .since_us = CLOCK_DAY_US};
	struct buffer text = {0};

	prometheus_format(&text, health);
	query_advance(&query, health->now + 10 * CLOCK_MINUTE_US);
	hold(query_table(&query) == 0 && query_json(&query) == 0, "reports are written");
	buffer_release(&text);
	query_release(&query);
}

static void read_lines(struct health *health, struct span in)
{
	struct span rest = in, line;
	bool whole = true;

	while (next_line(&rest, &line)) {
		clock_us before = health->now;
		hold(health_line(health, line) == 0, "a line is taken");
		/* A leap brings so many records that some have been written already. */
		whole &= before == 0 || health->now - before < 60 * CLOCK_MINUTE_US;
	}
	if (whole)
		passed(in, buffer_span(&health->out));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	struct health health;

	if (size == 0)
		return 0;
	if (!ready)
		open_all();
	ready = true;
	health_init(&health, CLOCK_MINUTE_US);
	health.is_replay = data[0] & 2;
	struct span text = {(const char *)data + 1, size - 1};
	bool usable = true;
	if (data[0] % 2)
		usable = state_parse(text, &health);
	else
		read_lines(&health, text);
	if (usable) {
		goes_around(&health);
		tell(&health);
	} else {
		health_release(&health);
	}
	return 0;
}
