/* What values of kits mean. */
#include "tools/wd-normalize/value.h"

#include "common/base/array.h"
#include "tests/unit/tap.h"

struct reading {
	const char *value;
	double wanted;
	bool read;
};

static void reads(bool (*read)(struct span, double *), const char *what,
	const struct reading *readings, size_t count)
{
	char name[128];

	for (size_t i = 0; i < count; i++) {
		double got = 0;
		bool is_read = read(span_of(readings[i].value), &got);
		snprintf(name, sizeof(name), "%s of %s", what, readings[i].value);
		ok(is_read == readings[i].read && (!is_read || got == readings[i].wanted), name);
	}
}

#define READS(function, ...)                                                                       \
	do {                                                                                       \
		static const struct reading readings[] = {__VA_ARGS__};                            \
		reads(function, #function, readings, ARRAY_SIZE(readings));                        \
	} while (0)

static void given(void)
{
	static const char *const something[] = {
		"0", "0.0", "false", "\"0\"", "\"x\"", "[]", "{}", "\"n/a\"", "\"\\u0020\""};
	static const char *const nothing[] = {
		"null", "NaN", "Infinity", "-Infinity", "\"\"", "\"  \"", "\"N/A\"", "\" N/A \""};

	for (size_t i = 0; i < ARRAY_SIZE(something); i++)
		ok(value_given(span_of(something[i])), something[i]);
	for (size_t i = 0; i < ARRAY_SIZE(nothing); i++)
		ok(!value_given(span_of(nothing[i])), nothing[i]);
	ok(!value_given((struct span){0}), "what is not there");
}

int main(void)
{
	given();
	READS(value_number, {"12.5", 12.5, true}, {"\"12.5\"", 12.5, true}, {"\" 12 \"", 12, true},
		{"\"+5\"", 5, true}, {"\".5\"", 0.5, true}, {"\"5.\"", 5, true},
		{"\"-1e-2\"", -0.01, true}, {"\"1\\u0030\"", 10, true}, {"\"\"", 0, false},
		{"\".\"", 0, false}, {"\"1e\"", 0, false}, {"\"1e+\"", 0, false},
		{"\"nan\"", 0, false}, {"\"inf\"", 0, false}, {"\"0x10\"", 0, false},
		{"\"1,5\"", 0, false}, {"\"1 2\"", 0, false}, {"\"12 m\"", 0, false},
		{"\"1e999\"", 0, false}, {"1e999", 0, false}, {"true", 0, false}, {"[1]", 0, false},
		{"\"0000000000000000000000000000000000000000000000000000000000000000001\"", 0,
			false});
	READS(value_date, {"\"1970-01-01T00:00:01Z\"", 1, true},
		{"\" 1970-01-01 00:00:00.5 \"", 0.5, true},
		{"\"1970-01-01T01:00:00+01:00\"", 0, true}, {"\"1970-01-01\"", 0, false},
		{"\"3600.5\"", 0, false}, {"3600.5", 0, false},
		{"\"0.0 seconds past the hour\"", 0, false});
	READS(value_time, {"3600.5", 3600.5, true}, {"\"3600.5\"", 3600.5, true},
		{"\"1970-01-01T00:00:01Z\"", 1, true}, {"\"soon\"", 0, false});
	READS(value_accuracy, {"3", 3, true}, {"\"< 3 m\"", 3, true}, {"\"<0.3m\"", 0.3, true},
		{"\"<1.852 km\"", 1852, true}, {"\"<10 NM (18.52 km)\"", 18520, true},
		{"\"3\"", 3, true}, {"\"Unknown\"", 0, false}, {"\"<3 furlongs\"", 0, false},
		{"\"<3 m/s\"", 0, false}, {"\"\"", 0, false});
	READS(value_flag, {"true", 1, true}, {"false", 0, true}, {"1", 1, true}, {"0.0", 0, true},
		{"\"True\"", 1, true}, {"\" false \"", 0, true}, {"\"1\"", 1, true},
		{"2", 0, false}, {"\"yes\"", 0, false}, {"\"\"", 0, false}, {"[]", 0, false});
	READS(value_ground, {"\"ground\"", 1, true}, {"\"Ground\"", 0, false}, {"0", 0, false});
	READS(value_aircraft, {"\"aircraft\"", 1, true}, {"\"drone\"", 0, false});
	return tap_done();
}
