/* How far a kit's clock is off, as one stable estimate from the `updated` of its status. Pure.
 *
 * `updated` has whole seconds and is the kit's time of publishing; delivery takes a variable time.
 * The estimate is the median of the last five samples (so that one delayed message has no effect)
 * and is replaced only if the median contradicts it by more than 2 s: the same observation must get
 * the same corrected time each time that it is published. */
#ifndef WD_MQTT_CLOCK_ESTIMATE_H
#define WD_MQTT_CLOCK_ESTIMATE_H

#include "common/time/clock.h"

#define CLOCK_SAMPLES 5

/* Zero-initialise: nothing is known. */
struct clock_estimate {
	bool is_known;
	int64_t offset_us; /* the kit's clock minus ours, in whole seconds; 0 while unknown */
	unsigned count;    /* samples taken */
	int64_t samples_us[CLOCK_SAMPLES];
};

/* Take a status with `updated_s` (seconds since 1970, the kit's clock) that arrived at `arrival`
 * (our clock). Return whether the estimate has changed. */
bool clock_estimate_add(struct clock_estimate *estimate, int64_t updated_s, clock_us arrival);

#endif
