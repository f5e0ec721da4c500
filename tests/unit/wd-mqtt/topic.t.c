/* Topics: filters, matches and slugs. */
#include "tools/wd-mqtt/broker/topic.h"
#include "common/base/array.h"
#include "tests/unit/tap.h"

static void filters(void)
{
	static const char *const wanted[] = {
		"wardragon/drones",
		"wardragon/aircraft",
		"wardragon/signals",
		"wardragon/system/+/attrs",
		"wardragon/service/+/availability",
		"wardragon/system/attrs",
		"wardragon/service/availability",
	};
	struct topics topics;
	char filter[TOPIC_MAX + 32];

	ok(topics_init(&topics, "wardragon"), "the default prefix is valid");
	is_number(ARRAY_SIZE(wanted), TOPIC_FILTERS, "seven filters");
	for (unsigned i = 0; i < TOPIC_FILTERS; i++) {
		topics_filter(&topics, i, filter);
		is_text(filter, wanted[i], "filter");
	}
}

static void matches(void)
{
	static const struct {
		const char *topic;
		int kind; /* -1: no match */
		const char *slug;
	} cases[] = {
		{"wardragon/drones", TOPIC_DRONES, ""},
		{"wardragon/aircraft", TOPIC_AIRCRAFT, ""},
		{"wardragon/signals", TOPIC_SIGNALS, ""},
		{"wardragon/system/kit-1/attrs", TOPIC_STATUS, "kit-1"},
		{"wardragon/system/attrs", TOPIC_STATUS, ""},
		{"wardragon/service/kit-1/availability", TOPIC_AVAILABILITY, "kit-1"},
		{"wardragon/service/availability", TOPIC_AVAILABILITY, ""},
		{"wardragon/system//attrs", TOPIC_STATUS, ""},
		{"wardragon/drone/drone-1", -1, ""},
		{"wardragon/drones/x", -1, ""},
		{"wardragon/system/kit-1/availability", -1, ""},
		{"wardragon/system/kit-1/state", -1, ""},
		{"wardragon/system/a/b/attrs", -1, ""},
		{"wardragon/service/kit-1/attrs", -1, ""},
		{"wardragon/signals/kit-1", -1, ""},
		{"wardragon", -1, ""},
		{"other/drones", -1, ""},
		{"", -1, ""},
	};
	struct topics topics;

	topics_init(&topics, "wardragon");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct topic_match match;
		bool matched = topics_match(&topics, cases[i].topic, &match);
		ok(matched ? cases[i].kind == (int)match.kind : cases[i].kind == -1,
			cases[i].topic);
		if (matched)
			ok(match.slug.length == strlen(cases[i].slug) &&
					memcmp(match.slug.data ? match.slug.data : "",
						cases[i].slug, match.slug.length) == 0,
				"its slug");
	}
}

static void prefixes(void)
{
	static const struct {
		const char *prefix;
		bool valid;
	} cases[] = {
		{"site/north/wardragon", true},
		{"", false},
		{"wardragon/", false},
		{"wardragon/+", false},
		{"#", false},
		{"$SYS", false},
	};
	char longest[300];
	struct topics topics;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		ok(topics_init(&topics, cases[i].prefix) == cases[i].valid, cases[i].prefix);
	memset(longest, 'x', sizeof(longest));
	longest[246] = '\0';
	ok(!topics_init(&topics, longest), "a topic of 255 bytes would not fit");
	longest[245] = '\0';
	ok(topics_init(&topics, longest), "this one does");
	ok(strlen(topics.aircraft) == 254, "with its last byte");
}

static void slugs(void)
{
	static const struct {
		const char *kit, *slug;
	} cases[] = {
		{"wardragon-AB 12.3", "wardragon-AB_12_3"},
		{"wardragon-G6PA14100J63", "wardragon-G6PA14100J63"},
		{"a/b+c#d", "a_b_c_d"},
		{"caf\xc3\xa9", "caf_"},
		{"\xff", "_"},
		{"under_score", "under_score"},
	};
	char slug[65];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		topic_slug(cases[i].kit, slug, sizeof(slug));
		is_text(slug, cases[i].slug, cases[i].slug);
	}
	topic_slug("abcdef", slug, 4);
	is_text(slug, "abc", "is truncated to its room");
}

int main(void)
{
	filters();
	matches();
	prefixes();
	slugs();
	return tap_done();
}
