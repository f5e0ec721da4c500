/* Names and contents of spool segments. Pure. */
#include "common/spool/segment.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	TIME_DIGITS = 16,
	RANDOM_DIGITS = 8
};

static const clock_us latest = INT64_C(9999999999999999);

void segment_name_format(char name[SEGMENT_NAME_SIZE], clock_us time, uint32_t random)
{
	if (time < 0)
		time = 0;
	if (time > latest)
		time = latest;
	snprintf(name, SEGMENT_NAME_SIZE, "%016" PRId64 "-%08" PRIx32, time, random);
}

bool segment_name_parse(const char *name, clock_us *time)
{
	if (strspn(name, "0123456789") != TIME_DIGITS || name[TIME_DIGITS] != '-')
		return false;
	const char *random = name + TIME_DIGITS + 1;
	if (strspn(random, "0123456789abcdef") != RANDOM_DIGITS || random[RANDOM_DIGITS] != '\0')
		return false;
	*time = strtoll(name, NULL, 10);
	return true;
}

clock_us segment_time_next(clock_us wall, clock_us last)
{
	return wall > last ? wall : last + 1;
}

size_t segment_whole_lines(struct span bytes)
{
	size_t length = bytes.length;

	while (length > 0 && bytes.data[length - 1] != '\n')
		length--;
	return length;
}
