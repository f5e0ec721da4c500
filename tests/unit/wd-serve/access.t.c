/* Who may see the map. */
#include "tools/wd-serve/access.h"

#include "tests/unit/tap.h"

static const char *names[] = {"map.example"};
static const struct opt_list hosts = {names, 1};

static void checks_hosts(void)
{
	static const struct {
		const char *host;
		bool is_allowed;
	} cases[] = {
		{"127.0.0.1", true},
		{"127.0.0.1:8090", true},
		{"[::1]:8090", true},
		{"10.0.0.7:8090", true},
		{"LOCALHOST:1", true},
		{"map.example", true},
		{"Map.Example:443", true},
		{"map.example.evil.example", false},
		{"evil.example", false},
		{"127.0.0.1.evil.example", false},
		{"", false},
		{":8090", false},
		{"[", false},
	};
	struct access access = {.hosts = &hosts};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ok(access_host_is_allowed(&access, cases[i].host) == cases[i].is_allowed,
			cases[i].host);
	ok(!access_host_is_allowed(&access, NULL), "no Host header");
}

static void checks_origins(void)
{
	ok(access_origin_is_allowed(NULL, "a:1"), "no Origin header");
	ok(access_origin_is_allowed("http://a:1", "a:1"), "the page itself");
	ok(access_origin_is_allowed("https://A:1", "a:1"), "behind a proxy with TLS");
	ok(!access_origin_is_allowed("http://a:2", "a:1"), "another port");
	ok(!access_origin_is_allowed("null", "a:1"), "an opaque origin");
}

static void checks_secrets(void)
{
	struct access access = {.token = "0123456789abcdef", .session = "f00d"};

	ok(access_token_is_valid(&access, "0123456789abcdef"), "the token");
	ok(!access_token_is_valid(&access, "0123456789abcdee"), "another token");
	ok(!access_token_is_valid(&access, "0123456789abcde"), "a shorter one");
	ok(!access_token_is_valid(&access, "0123456789abcdef0"), "a longer one");
	ok(!access_token_is_valid(&access, ""), "an empty one");
	ok(access_session_is_valid(&access, "f00d"), "the session");
	ok(!access_session_is_valid(&access, "f00e") && !access_session_is_valid(&access, NULL),
		"another session, or none");
	access.token[0] = '\0';
	ok(access_session_is_valid(&access, NULL), "no session is needed without a token");
}

int main(void)
{
	checks_hosts();
	checks_origins();
	checks_secrets();
	return tap_done();
}
