#include "tools/wd-serve/tls.h"

#include "common/file/read_file.h"
#include "common/log/log.h"

#include <errno.h>
#include <sysexits.h>

static int read_pem(struct buffer *content, const char *file, const char *wanted)
{
	bool found;
	int status = read_file(file, content, NULL, &found);

	if (!status && !found)
		status = fail(EX_NOINPUT, "no such file", {"file", file},
			{"hint", log_errno_hint(ENOENT)});
	buffer_add_char(content, '\0');
	if (!status && (content->failed || !strstr(content->data, wanted)))
		status = fail(EX_CONFIG, "not a PEM file of the expected kind", {"file", file},
			{"expected", wanted});
	return status;
}

int tls_read(struct tls *tls, const char *cert_file, const char *key_file)
{
	if (!cert_file && !key_file)
		return 0;
	if (!cert_file || !key_file)
		return fail(EX_USAGE, "HTTPS requires both --cert and --key",
			{"file", cert_file ? cert_file : key_file});
	int status = read_pem(&tls->cert, cert_file, "BEGIN CERTIFICATE");
	return status ? status : read_pem(&tls->key, key_file, "PRIVATE KEY");
}

void tls_release(struct tls *tls)
{
	if (tls->key.data)
		explicit_bzero(tls->key.data, tls->key.length);
	buffer_release(&tls->cert);
	buffer_release(&tls->key);
}
