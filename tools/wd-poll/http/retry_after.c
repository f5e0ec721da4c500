/* The header Retry-After. */
#include "tools/wd-poll/http/retry_after.h"

#include <curl/curl.h>
#include <stdlib.h>

static const double min_s = 1, max_s = 300;

static double clamp(double wait_s)
{
	return wait_s < min_s ? min_s : wait_s > max_s ? max_s : wait_s;
}

double retry_after_parse(const char *text, clock_us kit_now, double default_s)
{
	size_t digits = text ? strspn(text, "0123456789") : 0;

	if (digits > 0 && text[digits] == '\0')
		return clamp(strtod(text, NULL));
	if (!text || *text == '-')
		return clamp(default_s);
	time_t date = curl_getdate(text, NULL);
	if (date == -1)
		return clamp(default_s);
	return clamp((double)date - (double)kit_now / (double)CLOCK_SECOND_US);
}
