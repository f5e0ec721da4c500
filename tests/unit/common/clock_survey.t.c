/* What the clocks of all kits say about our own. */
#include "common/time/clock_survey.h"

#include "tests/unit/tap.h"

#define S CLOCK_SECOND_US

static enum own_clock verdict(const int64_t *offsets_s, size_t count, size_t gps_fixes)
{
	struct clock_survey survey = {0};

	for (size_t i = 0; i < count; i++)
		clock_survey_add(&survey, offsets_s[i] * S, i < gps_fixes);
	return clock_survey_verdict(&survey);
}

/* The walk over all kits may stop where this is false. */
static void unanimous(void)
{
	struct clock_survey survey = {0};

	ok(clock_survey_is_unanimous(&survey), "no kit contradicts another");
	clock_survey_add(&survey, 3600 * S, false);
	ok(clock_survey_is_unanimous(&survey), "one kit does not either");
	clock_survey_add(&survey, 0, false);
	ok(!clock_survey_is_unanimous(&survey), "a kit whose clock agrees with ours does");
	clock_survey_add(&survey, 3600 * S, true);
	ok(!clock_survey_is_unanimous(&survey), "whatever others are added");
}

int main(void)
{
	static const int64_t hour[] = {3600, 3602, 3599}, back[] = {-3600, -3601};
	static const int64_t one_right[] = {3600, 0}, two_ways[] = {3600, -3600};
	static const int64_t small[] = {4, 4}, apart[] = {3600, 3605}, right[] = {0, 1};

	ok(verdict(NULL, 0, 0) == OWN_CLOCK_UNDECIDED, "no kit shows nothing");
	ok(verdict(hour, 1, 0) == OWN_CLOCK_UNDECIDED, "a single kit may be wrong itself");
	ok(verdict(hour, 1, 1) == OWN_CLOCK_SUSPECT, "unless it has a GPS fix");
	ok(verdict(hour, 3, 0) == OWN_CLOCK_SUSPECT, "three kits agree: our clock is wrong");
	ok(verdict(back, 2, 0) == OWN_CLOCK_SUSPECT, "in either direction");
	ok(verdict(one_right, 2, 2) == OWN_CLOCK_TRUSTED, "a kit that agrees clears our clock");
	ok(verdict(two_ways, 2, 2) == OWN_CLOCK_TRUSTED, "kits that contradict each other do");
	ok(verdict(apart, 2, 2) == OWN_CLOCK_TRUSTED, "so do kits that differ by 5 s");
	ok(verdict(small, 2, 2) == OWN_CLOCK_TRUSTED, "4 s do not matter");
	ok(verdict(right, 1, 0) == OWN_CLOCK_TRUSTED, "one kit suffices if it agrees");
	unanimous();
	return tap_done();
}
