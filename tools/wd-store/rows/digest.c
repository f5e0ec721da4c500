#include "tools/wd-store/rows/digest.h"

#include <openssl/evp.h>

/* Texts are preceded by their lengths, so that ("ab", "c") and ("a", "bc") differ. */
static bool add_text(EVP_MD_CTX *hash, const struct value *value)
{
	uint64_t length = value->kind == VALUE_TEXT ? value->text.length : UINT64_MAX;
	unsigned char bytes[8];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(length >> (8 * i));
	return EVP_DigestUpdate(hash, bytes, sizeof(bytes)) &&
	       (value->kind != VALUE_TEXT ||
		       EVP_DigestUpdate(hash, value->text.data, value->text.length));
}

static bool hash_row(EVP_MD_CTX *hash, const struct table *table, const struct value *row,
	unsigned char bytes[EVP_MAX_MD_SIZE])
{
	bool done = EVP_DigestInit_ex(hash, EVP_sha256(), NULL);

	for (size_t i = 0; i < table->count && done; i++) {
		if (table->columns[i].kind == COLUMN_TEXT && table->columns[i].digested)
			done = add_text(hash, &row[i]);
	}
	return done && EVP_DigestFinal_ex(hash, bytes, NULL);
}

bool digest_row(const struct table *table, const struct value *row, struct arena *arena,
	struct value *digest)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[EVP_MAX_MD_SIZE];
	char *text = arena_take(arena, DIGEST_TEXT_LENGTH);
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	bool done = text && hash && hash_row(hash, table, row, bytes);

	EVP_MD_CTX_free(hash);
	if (!done)
		return false;
	for (size_t i = 0; i < DIGEST_TEXT_LENGTH / 2; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	*digest = (struct value){.kind = VALUE_TEXT, .text = {text, DIGEST_TEXT_LENGTH}};
	return true;
}
