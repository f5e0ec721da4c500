/* The certificate and the key for HTTPS. */
#ifndef WD_SERVE_TLS_H
#define WD_SERVE_TLS_H

#include "common/base/buffer.h"

/* PEM texts, NUL-terminated; empty without TLS. */
struct tls {
	struct buffer cert, key;
};

/* Read both files (NULL: no TLS). Return 0, EX_USAGE (only one is given), EX_NOINPUT or EX_CONFIG.
 */
int tls_read(struct tls *tls, const char *cert_file, const char *key_file);
void tls_release(struct tls *tls);

#endif
