/* The URL of a kit, as people write it. */
#include "common/kits/url.h"
#include "common/base/array.h"
#include "tests/unit/tap.h"

static const struct {
	const char *text, *api_url, *address, *username, *password;
} cases[] = {
	{"http://10.0.0.7:8088", "http://10.0.0.7:8088", "10.0.0.7:8088", NULL, NULL},
	{"http://10.0.0.7:8088//", "http://10.0.0.7:8088", "10.0.0.7:8088", NULL, NULL},
	{"http://kit", "http://kit", "kit:80", NULL, NULL},
	{"HTTPS://kit/a/b/", "https://kit/a/b", "kit:443", NULL, NULL},
	{"http://[::1]:8088/", "http://[::1]:8088", "[::1]:8088", NULL, NULL},
	{"http://me:s%40cret@kit:1/", "http://kit:1", "kit:1", "me", "s@cret"},
	{"http://me@kit:1/", "http://kit:1", "kit:1", "me", NULL},
};

static const char *const bad[] = {"", "10.0.0.7:8088", "kit", "ftp://kit", "file:///etc/passwd",
	"http://", "http://kit:99999", "http://kit/?a=b", "http://kit/#a", "gopher://kit:70",
	"http://a b/", "javascript:alert(1)", "http://kit\r\nX: y/"};

static void same(const char *got, const char *wanted, const char *name)
{
	if (wanted)
		is_text(got, wanted, name);
	else
		ok(got == NULL, name);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kit_config kit = {0};
		ok(url_parse(cases[i].text, &kit) == NULL, cases[i].text);
		same(kit.api_url, cases[i].api_url, "the URL");
		same(kit.address, cases[i].address, "the address");
		same(kit.username, cases[i].username, "the user name");
		same(kit.password, cases[i].password, "the password");
		kit_release(&kit);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct kit_config kit = {0};
		ok(url_parse(bad[i], &kit) != NULL, bad[i]);
		kit_release(&kit);
	}
	return tap_done();
}
