/* Where the broker is: mqtt[s]://[user@]host[:port]. */
#include "tools/wd-mqtt/broker/broker_url.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

/* A copy of one part, or NULL. */
static char *part(CURLU *handle, CURLUPart which)
{
	char *text = NULL, *copy = NULL;

	if (curl_url_get(handle, which, &text, CURLU_URLDECODE) == CURLUE_OK)
		copy = strdup(text);
	curl_free(text);
	return copy;
}

static bool has_part(CURLU *handle, CURLUPart which, const char *expected)
{
	char *text = part(handle, which);
	bool has = text && strcmp(text, expected) != 0;

	free(text);
	return has;
}

/* curl writes an IPv6 address in brackets, which getaddrinfo(3) does not take. */
static void strip_brackets(char *host)
{
	size_t length = strlen(host);

	if (length > 2 && host[0] == '[' && host[length - 1] == ']') {
		memmove(host, host + 1, length - 2);
		host[length - 2] = '\0';
	}
}

static const char *take_parts(struct broker_url *url, CURLU *handle)
{
	char *scheme = part(handle, CURLUPART_SCHEME), *port = part(handle, CURLUPART_PORT);
	const char *wrong = NULL;

	url->uses_tls = scheme && strcmp(scheme, "mqtts") == 0;
	url->port = port ? atoi(port) : url->uses_tls ? BROKER_PORT_TLS : BROKER_PORT;
	url->host = part(handle, CURLUPART_HOST);
	url->username = part(handle, CURLUPART_USER);
	if (!scheme || (!url->uses_tls && strcmp(scheme, "mqtt") != 0))
		wrong = "expected mqtt:// or mqtts://";
	else if (!url->host || !*url->host)
		wrong = "no host";
	else if (url->port == 0)
		wrong = "no valid port";
	else if (has_part(handle, CURLUPART_PASSWORD, ""))
		wrong = "the command line is public: give the password with --password-file";
	else if (has_part(handle, CURLUPART_PATH, "/") || has_part(handle, CURLUPART_QUERY, "") ||
		 has_part(handle, CURLUPART_FRAGMENT, ""))
		wrong = "expected nothing after the port: give topics with --prefix";
	else
		strip_brackets(url->host);
	free(scheme);
	free(port);
	return wrong;
}

const char *broker_url_parse(struct broker_url *url, const char *text)
{
	CURLU *handle = curl_url();
	const char *wrong = "not a URL";

	*url = (struct broker_url){0};
	if (!handle)
		return "out of memory";
	if (curl_url_set(handle, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK)
		wrong = take_parts(url, handle);
	curl_url_cleanup(handle);
	if (wrong)
		broker_url_release(url);
	return wrong;
}

void broker_url_release(struct broker_url *url)
{
	free(url->host);
	free(url->username);
	*url = (struct broker_url){0};
}
