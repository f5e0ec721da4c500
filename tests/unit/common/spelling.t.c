/* Which typing errors are recognized. */
#include "common/cli/spelling.h"
#include "common/base/array.h"
#include "tests/unit/tap.h"

static const struct {
	const char *a, *b;
	bool apart;
} cases[] = {
	{"once", "onec", true}, /* swapped */
	{"once", "onc", true},  /* deleted */
	{"once", "oncee", true},
	{"once", "oncs", true},
	{"once", "Xonce", true},
	{"once", "once", false},
	{"once", "noec", false},
	{"once", "on", false}, /* too short to be sure */
	{"kml", "html", false},
	{"check", "chcek", true},
	{"abcd", "badc", false},
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ok(one_edit_apart(cases[i].a, cases[i].b) == cases[i].apart, cases[i].b);
		ok(one_edit_apart(cases[i].b, cases[i].a) == cases[i].apart, cases[i].b);
	}
	return tap_done();
}
