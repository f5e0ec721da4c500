/* The two clocks, and RFC 3339 text. */
#include "common/time/clock.h"

#include <math.h>
#include <time.h>

static const clock_us earliest = INT64_C(-62135596800) * CLOCK_SECOND_US;
static const clock_us latest = INT64_C(253402300800) * CLOCK_SECOND_US - 1;

static int64_t read_clock(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * CLOCK_SECOND_US + now.tv_nsec / 1000;
}

clock_us clock_wall_us(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t clock_mono_us(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

/* Convert dates of the proleptic Gregorian calendar to days since 1970-01-01 and back: Howard
 * Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil and civil_from_days. */
static int64_t days_from_date(int64_t year, int month, int day)
{
	year -= month <= 2;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - 719468;
}

static void date_from_days(int64_t days, int *year, int *month, int *day)
{
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t day_of_era = days - era * 146097;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t shifted_month = (5 * day_of_year + 2) / 153;

	*day = (int)(day_of_year - (153 * shifted_month + 2) / 5 + 1);
	*month = (int)(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
	*year = (int)(year_of_era + era * 400 + (*month <= 2));
}

/* Write `number` as `width` digits with leading zeros; return the end. */
static char *digits(char *out, int64_t number, int width)
{
	for (int i = width - 1; i >= 0; i--) {
		out[i] = (char)('0' + number % 10);
		number /= 10;
	}
	return out + width;
}

void clock_format(clock_us time, char text[CLOCK_TEXT_SIZE])
{
	int year, month, day;

	time = time < earliest ? earliest : time > latest ? latest : time;
	int64_t days = time / CLOCK_DAY_US - (time % CLOCK_DAY_US < 0);
	int64_t in_day = time - days * CLOCK_DAY_US;
	date_from_days(days, &year, &month, &day);
	char *out = digits(text, year, 4);
	*out++ = '-';
	out = digits(out, month, 2);
	*out++ = '-';
	out = digits(out, day, 2);
	*out++ = 'T';
	out = digits(out, in_day / (60 * CLOCK_MINUTE_US), 2);
	*out++ = ':';
	out = digits(out, in_day / CLOCK_MINUTE_US % 60, 2);
	*out++ = ':';
	out = digits(out, in_day / CLOCK_SECOND_US % 60, 2);
	*out++ = '.';
	out = digits(out, in_day % CLOCK_SECOND_US, 6);
	*out++ = 'Z';
	*out = '\0';
}

struct reader {
	const char *at, *end;
};

static bool take(struct reader *reader, const char *accepted)
{
	if (reader->at == reader->end || *reader->at == '\0' || !strchr(accepted, *reader->at))
		return false;
	reader->at++;
	return true;
}

static bool take_number(struct reader *reader, int width, int min, int max, int *number)
{
	*number = 0;
	if (reader->end - reader->at < width)
		return false;
	for (int i = 0; i < width; i++) {
		char c = *reader->at++;
		if (c < '0' || c > '9')
			return false;
		*number = *number * 10 + (c - '0');
	}
	return *number >= min && *number <= max;
}

static int days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

static bool take_date(struct reader *in, int64_t *days)
{
	int year, month, day;

	if (!take_number(in, 4, 1, 9999, &year) || !take(in, "-") ||
		!take_number(in, 2, 1, 12, &month) || !take(in, "-") ||
		!take_number(in, 2, 1, days_in_month(year, month), &day))
		return false;
	*days = days_from_date(year, month, day);
	return true;
}

static bool take_fraction(struct reader *in, int64_t *micros)
{
	int64_t unit = CLOCK_SECOND_US / 10;
	const char *first = in->at;

	*micros = 0;
	for (; in->at < in->end && *in->at >= '0' && *in->at <= '9'; in->at++) {
		*micros += unit * (*in->at - '0');
		unit /= 10;
	}
	return in->at > first;
}

static bool take_time(struct reader *in, int64_t *micros)
{
	int hour, minute, second;
	int64_t fraction = 0;

	if (!take_number(in, 2, 0, 23, &hour) || !take(in, ":") ||
		!take_number(in, 2, 0, 59, &minute) || !take(in, ":") ||
		!take_number(in, 2, 0, 60, &second))
		return false;
	if (take(in, ".,") && !take_fraction(in, &fraction))
		return false;
	*micros = ((hour * 60 + minute) * 60 + second) * CLOCK_SECOND_US + fraction;
	return true;
}

/* Parse the zone as the offset to add to get UTC. */
static bool take_zone(struct reader *in, int64_t *micros)
{
	int hours, minutes = 0;

	*micros = 0;
	if (in->at == in->end || take(in, "Zz"))
		return true;
	int64_t sign = *in->at == '-' ? 1 : -1;
	if (!take(in, "+-") || !take_number(in, 2, 0, 23, &hours))
		return false;
	take(in, ":");
	if (in->at < in->end && !take_number(in, 2, 0, 59, &minutes))
		return false;
	*micros = sign * (hours * 60 + minutes) * CLOCK_MINUTE_US;
	return true;
}

bool clock_parse(struct span text, clock_us *time)
{
	struct reader in = {text.data, text.data + text.length};
	int64_t days, in_day, zone;

	if (!take_date(&in, &days) || !take(&in, "Tt ") || !take_time(&in, &in_day) ||
		!take_zone(&in, &zone) || in.at != in.end)
		return false;
	*time = days * CLOCK_DAY_US + in_day + zone;
	return *time >= earliest && *time <= latest;
}

bool clock_from_epoch(double seconds, clock_us *time)
{
	double micros = seconds * (double)CLOCK_SECOND_US;

	if (!(micros >= (double)earliest && micros <= (double)latest))
		return false;
	*time = llround(micros);
	return true;
}
