#include "common/map/tiles.h"

/* Characters allowed in a URL. Quotes, spaces, commas and semicolons would end it in the policy. */
static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			      "-._~:/?#[]@!$&()*+={}%";

bool tiles_source(const char *url, struct buffer *source)
{
	static const char subdomain[] = "{s}.";
	size_t scheme = strncmp(url, "https://", 8) == 0  ? 8
			: strncmp(url, "http://", 7) == 0 ? 7
							  : 0;
	const char *host = url + scheme;

	if (!scheme || url[strspn(url, allowed)] || !strstr(url, "{z}") || !strstr(url, "{x}") ||
		!strstr(url, "{y}"))
		return false;
	buffer_add(source, url, scheme);
	if (strncmp(host, subdomain, sizeof(subdomain) - 1) == 0) {
		buffer_add_text(source, "*.");
		host += sizeof(subdomain) - 1;
	}
	size_t length = strcspn(host, "/");
	if (!length || strcspn(host, "{}@?#*") < length || host[length] != '/')
		return false;
	buffer_add(source, host, length);
	return true;
}
