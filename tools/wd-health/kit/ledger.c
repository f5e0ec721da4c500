/* The coverage of a kit's last day, and the replies of its last hour. */
#include "tools/wd-health/kit/ledger.h"

void ledger_put(
	struct ledger *ledger, minute_number minute, minute_number newest, enum coverage coverage)
{
	if (minute >= 0 && minute > newest - LEDGER_MINUTES)
		ledger->minutes[minute % LEDGER_MINUTES] = (uint8_t)coverage;
}

enum coverage ledger_get(const struct ledger *ledger, minute_number minute, minute_number newest)
{
	if (minute < 0 || minute > newest || minute <= newest - LEDGER_MINUTES)
		return COVERAGE_NONE;
	return ledger->minutes[minute % LEDGER_MINUTES];
}

void ledger_clear(struct ledger *ledger, minute_number from, minute_number to)
{
	if (to - from >= LEDGER_MINUTES)
		from = to - LEDGER_MINUTES + 1;
	for (; from <= to; from++)
		ledger->minutes[from % LEDGER_MINUTES] = COVERAGE_NONE;
}

void ledger_count(struct ledger *ledger, minute_number minute, enum outcome outcome)
{
	minute_number number = minute / LEDGER_STRETCH_LENGTH;
	size_t i = (size_t)(number % LEDGER_STRETCHES);

	if (ledger->stretches[i].number != number) {
		ledger->stretches[i].number = number;
		ledger->stretches[i].ok = ledger->stretches[i].failed = 0;
	}
	ledger->stretches[i].ok += outcome == OUTCOME_GOOD;
	ledger->stretches[i].failed +=
		outcome == OUTCOME_UNUSABLE || outcome == OUTCOME_UNREACHABLE;
}

struct tally ledger_last_hour(const struct ledger *ledger, minute_number minute)
{
	minute_number last = minute / LEDGER_STRETCH_LENGTH;
	struct tally sum = {0};

	for (size_t i = 0; i < LEDGER_STRETCHES; i++) {
		minute_number number = ledger->stretches[i].number;
		if (number > last || number <= last - LEDGER_STRETCHES)
			continue;
		sum.ok += ledger->stretches[i].ok;
		sum.failed += ledger->stretches[i].failed;
	}
	sum.requests = sum.ok + sum.failed;
	return sum;
}

void ledger_format(const struct ledger *ledger, minute_number newest, struct buffer *out)
{
	minute_number minute = newest - LEDGER_MINUTES + 1;

	while (minute <= newest) {
		enum coverage coverage = ledger_get(ledger, minute, newest);
		minute_number first = minute;
		while (minute <= newest && ledger_get(ledger, minute, newest) == coverage)
			minute++;
		buffer_add_char(out, coverage_letter(coverage));
		buffer_printf(out, "%d", (int)(minute - first));
	}
}

static bool read_run(struct span *text, enum coverage *coverage, int *length)
{
	size_t at = 1;

	if (text->length < 2 || !coverage_parse_letter(text->data[0], coverage))
		return false;
	*length = 0;
	while (at < text->length && text->data[at] >= '0' && text->data[at] <= '9') {
		*length = *length * 10 + (text->data[at++] - '0');
		if (*length > LEDGER_MINUTES)
			return false;
	}
	*text = (struct span){text->data + at, text->length - at};
	return at > 1;
}

bool ledger_parse(struct ledger *ledger, minute_number newest, struct span text)
{
	minute_number minute = newest - LEDGER_MINUTES + 1;
	enum coverage coverage;
	int length;

	while (text.length > 0) {
		if (!read_run(&text, &coverage, &length) || minute + length > newest + 1)
			return false;
		for (int i = 0; i < length; i++)
			ledger_put(ledger, minute++, newest, coverage);
	}
	return minute == newest + 1;
}

static bool is_gap(enum coverage coverage)
{
	return coverage != COVERAGE_NONE && coverage != COVERAGE_LISTENING;
}

bool ledger_next_gap(const struct ledger *ledger, minute_number newest, minute_number *from,
	minute_number to, struct ledger_gap *gap)
{
	while (*from <= to && !is_gap(ledger_get(ledger, *from, newest)))
		(*from)++;
	if (*from > to)
		return false;
	*gap = (struct ledger_gap){.from = *from, .why = ledger_get(ledger, *from, newest)};
	while (*from <= to && ledger_get(ledger, *from, newest) == gap->why)
		gap->to = (*from)++;
	return true;
}
