/* Faults: parsed, drawn by the seed, applied to a document. */
#include "tools/wd-sim/fault.h"

#include "tests/unit/tap.h"

static void parses(void)
{
	struct fault fault;

	ok(fault_parse("nan", &fault) && fault.probability == 1,
		"a case without probability is always drawn");
	ok(fault_parse("nan:0.25", &fault) && fault.probability == 0.25, "a probability is parsed");
	ok(!fault_parse("nan:2", &fault), "a probability above 1 is refused");
	ok(!fault_parse("nan:", &fault), "an empty probability is refused");
	ok(!fault_parse("nan:x", &fault), "a word is refused as probability");
	ok(!fault_parse("na", &fault), "a prefix of a name is refused");
	ok(!fault_parse("", &fault), "an empty name is refused");
}

static void draws(void)
{
	struct fault faults[2];
	unsigned first = 0, second = 0;

	fault_parse("cut:0.25", &faults[0]);
	fault_parse("nan:0.5", &faults[1]);
	for (uint64_t i = 0; i < 10000; i++) {
		const struct fault_case *drawn = fault_draw(faults, 2, 1, i);
		first += drawn == faults[0].kind;
		second += drawn == faults[1].kind;
		if (drawn != fault_draw(faults, 2, 1, i))
			ok(false, "the same request gets the same fault");
	}
	ok(first > 2300 && first < 2700, "the first is drawn for a quarter");
	ok(second > 3500 && second < 4000, "the second for half of the rest");
	ok(!fault_draw(faults, 0, 1, 1), "without faults nothing is drawn");
}

static void spoils(const char *name, const char *wanted)
{
	struct buffer document = {0};
	struct fault fault;

	buffer_add_text(&document, "{\"alt\":12,\"x\":[{\"alt\":3}]}");
	fault_parse(name, &fault);
	fault_apply(fault.kind, &document);
	buffer_add_char(&document, '\0');
	is_text(document.data, wanted, name);
	buffer_release(&document);
}

int main(void)
{
	parses();
	draws();
	spoils("nan", "{\"alt\":NaN,\"was\":12,\"x\":[{\"alt\":NaN,\"was\":3}]}");
	spoils("wrong-type", "42");
	spoils("empty", "");
	spoils("cut", "{\"alt\":12,\"x\"");
	return tap_done();
}
