/* The URL of a kit, as people write it. */
#include "common/kits/url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

struct url_parts {
	char *scheme, *user, *password, *host, *port, *query, *fragment;
};

static void split(CURLU *url, struct url_parts *parts)
{
	*parts = (struct url_parts){0};
	curl_url_get(url, CURLUPART_SCHEME, &parts->scheme, 0);
	curl_url_get(url, CURLUPART_USER, &parts->user, CURLU_URLDECODE);
	curl_url_get(url, CURLUPART_PASSWORD, &parts->password, CURLU_URLDECODE);
	curl_url_get(url, CURLUPART_HOST, &parts->host, 0);
	curl_url_get(url, CURLUPART_PORT, &parts->port, CURLU_DEFAULT_PORT);
	curl_url_get(url, CURLUPART_QUERY, &parts->query, 0);
	curl_url_get(url, CURLUPART_FRAGMENT, &parts->fragment, 0);
}

static void parts_release(struct url_parts *parts)
{
	curl_free(parts->scheme);
	curl_free(parts->user);
	curl_free(parts->password);
	curl_free(parts->host);
	curl_free(parts->port);
	curl_free(parts->query);
	curl_free(parts->fragment);
}

static bool replace(char **text, const char *with)
{
	free(*text);
	*text = strdup(with);
	return *text != NULL;
}

/* `host` is as in a URL: an IPv6 address is in brackets. */
static bool is_numeric(const char *host)
{
	struct in_addr address;

	return *host == '[' || inet_pton(AF_INET, host, &address) == 1;
}

static bool set_address(struct kit_config *kit, const struct url_parts *parts)
{
	size_t size = strlen(parts->host) + strlen(parts->port) + 2;

	kit->has_numeric_host = is_numeric(parts->host);
	free(kit->address);
	kit->address = malloc(size);
	if (kit->address)
		snprintf(kit->address, size, "%s:%s", parts->host, parts->port);
	return kit->address != NULL;
}

/* Set api_url to the URL without its credentials. */
static bool set_url(struct kit_config *kit, CURLU *url)
{
	char *whole = NULL;

	curl_url_set(url, CURLUPART_USER, NULL, 0);
	curl_url_set(url, CURLUPART_PASSWORD, NULL, 0);
	bool ok = curl_url_get(url, CURLUPART_URL, &whole, 0) == CURLUE_OK &&
		  replace(&kit->api_url, whole);
	curl_free(whole);
	if (!ok)
		return false;
	size_t length = strlen(kit->api_url);
	while (length > 0 && kit->api_url[length - 1] == '/')
		kit->api_url[--length] = '\0';
	return true;
}

static const char *set_all(CURLU *url, const struct url_parts *parts, struct kit_config *kit)
{
	if (!parts->scheme ||
		(strcmp(parts->scheme, "http") != 0 && strcmp(parts->scheme, "https") != 0))
		return "neither an http nor an https URL";
	if (!parts->host || !*parts->host || !parts->port)
		return "not a URL like http://192.168.1.100:8088";
	if (parts->query || parts->fragment)
		return "a kit's URL has no query and no fragment";
	if ((parts->user && !replace(&kit->username, parts->user)) ||
		(parts->password && !replace(&kit->password, parts->password)) ||
		!set_address(kit, parts) || !set_url(kit, url))
		return kit_out_of_memory;
	return NULL;
}

const char *url_parse(const char *text, struct kit_config *kit)
{
	const char *error = "not a URL like http://192.168.1.100:8088";
	struct url_parts parts;
	CURLU *url = curl_url();

	if (!url)
		return kit_out_of_memory;
	if (curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK) {
		split(url, &parts);
		error = set_all(url, &parts, kit);
		parts_release(&parts);
	}
	curl_url_cleanup(url);
	return error;
}
