/* SHA-256 against the examples of FIPS 180-4 (NIST, "SHA256.pdf" and the long one). */
#include "tools/wd-store/sha256.h"
#include "tests/unit/tap.h"

static const char *hex(const char *text, size_t times)
{
	static char out[2 * SHA256_SIZE + 1];
	unsigned char digest[SHA256_SIZE];
	struct sha256 hash;

	sha256_init(&hash);
	for (size_t i = 0; i < times; i++)
		sha256_add(&hash, text, strlen(text));
	sha256_end(&hash, digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
	return out;
}

int main(void)
{
	is_text(hex("", 1), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"of nothing");
	is_text(hex("abc", 1), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		"of abc");
	is_text(hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1),
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
		"of two blocks");
	is_text(hex("aaaaaaaaaa", 100000),
		"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
		"of a million letters a, ten at a time");
	return tap_done();
}
