/* The identity that a kit reports in /status. */
#include "tools/wd-poll/schedule/kit_identity.h"
#include "common/base/array.h"
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
	{"{\"kit_id\":\"a\\nb\",\"uid\":\"wardragon-1\"}", "wardragon-1"},
	{"{\"kit_id\":\"\\u001b[31mred\"}", NULL},
	{"{\"kit_id\":\"a\\u009bb\"}", NULL},
	{"{\"kit_id\":\"a\\u202eb\"}", NULL},
	{"{\"kit_id\":\"a\\u0000\"}", "a"},
	{"{\"kit_id\":\"K\\u00fcste 1\"}", "K\xc3\xbcste 1"},
	{"{\"kit_id\":\"0123456789012345678901234567890123456789012345678901234567890123456\"}",
		"0123456789012345678901234567890123456789012345678901234567890123"},
};

int main(void)
{
	struct kit_identity identity;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		kit_identity_parse(span_of(cases[i].body), &identity);
		is_text(identity.id, cases[i].id ? cases[i].id : "", cases[i].body);
	}
	kit_identity_parse(SPAN("{\"gps_fix\":true}"), &identity);
	ok(identity.has_gps_fix, "a GPS fix");
	kit_identity_parse(SPAN("{\"gps_fix\":\"true\"}"), &identity);
	ok(!identity.has_gps_fix, "only true is a GPS fix");
	return tap_done();
}
