/* What the last stage writes. */
#include "common/pipeline/reply.h"

#include "common/base/array.h"
#include "tests/unit/tap.h"

#define NONCE "0123456789abcdef"

static void test_kinds(void)
{
	static const struct {
		const char *line;
		enum reply_kind kind;
		uint64_t mark;
	} cases[] = {
		{"{\"type\":\"ack\",\"mark\":\"" NONCE ".7\"}", REPLY_ACK, 7},
		{"{\"mark\":\"" NONCE ".18446744073709551615\",\"type\":\"ack\"}", REPLY_ACK,
			UINT64_MAX},
		{"{\"type\":\"mark\",\"mark\":\"" NONCE ".1\"}", REPLY_MARK, 1},
		{"{\"type\":\"busy\",\"reason\":\"locked\",\"since\":\"x\"}", REPLY_BUSY, 0},
		{"{\"type\":\"ack\",\"mark\":\"fedcba9876543210.7\"}", REPLY_OTHER, 0},
		{"{\"type\":\"ack\",\"mark\":\"" NONCE "\"}", REPLY_OTHER, 0},
		{"{\"type\":\"ack\",\"mark\":\"" NONCE ".\"}", REPLY_OTHER, 0},
		{"{\"type\":\"ack\",\"mark\":\"" NONCE ".-1\"}", REPLY_OTHER, 0},
		{"{\"type\":\"ack\",\"mark\":\"" NONCE ".1x\"}", REPLY_OTHER, 0},
		{"{\"type\":\"ack\",\"mark\":\"" NONCE ".000000000000000000000000000001\"}",
			REPLY_OTHER, 0},
		{"{\"type\":\"ack\",\"mark\":7}", REPLY_OTHER, 0},
		{"{\"type\":\"ack\"}", REPLY_OTHER, 0},
		{"{\"type\":\"drone\",\"mark\":\"" NONCE ".7\"}", REPLY_OTHER, 0},
		{"{\"type\":\"ack\",\"mark\":\"" NONCE ".7\"", REPLY_OTHER, 0},
		{"", REPLY_OTHER, 0},
		{"text", REPLY_OTHER, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sink_reply reply = reply_parse(span_of(cases[i].line), NONCE);
		ok(reply.kind == cases[i].kind &&
				(reply.kind == REPLY_OTHER || reply.mark == cases[i].mark),
			cases[i].line);
	}
}

static void test_counts(void)
{
	struct sink_reply reply = reply_parse(
		SPAN("{\"type\":\"ack\",\"mark\":\"" NONCE ".7\",\"read\":5,\"stored\":4,"
		     "\"unchanged\":3,\"rejected\":2,\"ignored\":1}"),
		NONCE);

	ok(reply.counts.read == 5 && reply.counts.stored == 4 && reply.counts.unchanged == 3 &&
			reply.counts.rejected == 2 && reply.counts.ignored == 1,
		"counts are read");
	reply = reply_parse(SPAN("{\"type\":\"ack\",\"mark\":\"" NONCE ".7\",\"read\":-5,"
				 "\"stored\":1e300,\"unchanged\":\"x\"}"),
		NONCE);
	ok(reply.counts.read == 0 && reply.counts.stored == 0 && reply.counts.unchanged == 0,
		"others count as 0");
}

static void test_reserved(void)
{
	static const struct {
		const char *line;
		bool reserved;
	} cases[] = {
		{"{\"type\":\"mark\"}", true},
		{" { \"x\" : [1,{}] , \"type\" : \"ack\" } ", true},
		{"{\"type\":\"reply\",\"type\":\"mark\"}", true},
		{"{\"type\":\"mark\",\"type\":\"reply\"}", false},
		{"{\"t\\u0079pe\":\"m\\u0061rk\"}", true},
		{"{\"type\":\"mark\",\"bad\":\"\xff\"}", true},
		{"{\"type\":\"marks\"}", false},
		{"{\"type\":\"reply\",\"body\":{\"type\":\"mark\"}}", false},
		{"{\"type\":[\"mark\"]}", false},
		{"{\"type\":\"mark\"", false},
		{"mark", false},
		{"", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		ok(reply_is_reserved(span_of(cases[i].line)) == cases[i].reserved, cases[i].line);
}

int main(void)
{
	test_kinds();
	test_counts();
	test_reserved();
	return tap_done();
}
