/* What a kit says its name is. */
#include "tools/wd-poll/schedule/kit_identity.h"
#include "common/array.h"
#include "tests/unit/tap.h"

static const struct {
	const char *body, *id;
} cases[] = {
	{"{\"kit_id\":\"alpha\",\"uid\":\"wardragon-1\"}", "alpha"},
	{"{\"uid\":\"wardragon-1\"}", "wardragon-1"},
	{"{\"kit_id\":\"wardragon-unknown\",\"uid\":\"wardragon-1\"}", "wardragon-1"},
	{"{\"kit_id\":null,\"uid\":\"wardragon-unknown\"}", NULL},
	{"{\"kit_id\":\"\",\"uid\":17}", NULL},
	{"{}", NULL},
	{"[]", NULL},
	{"{\"kit_id\":\"0123456789012345678901234567890123456789012345678901234567890123456\"}",
		"0123456789012345678901234567890123456789012345678901234567890123"},
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char id[KIT_IDENTITY_SIZE] = "";
		bool told = kit_identity_parse(span_of(cases[i].body), id);
		is_text(told ? id : "none", cases[i].id ? cases[i].id : "none", cases[i].body);
	}
	return tap_done();
}
