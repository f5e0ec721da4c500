/* A token bucket: a number of events a second on average, with a burst of ten seconds' worth.
 * Pure. */
#ifndef WD_MQTT_RATE_H
#define WD_MQTT_RATE_H

#include <stdbool.h>
#include <stdint.h>

#define RATE_BURST_S 10

/* Zero-initialise: the bucket is full. */
struct rate {
	int64_t empty_us; /* the time at which the bucket was empty, or would have been */
};

/* Take one of `per_second` tokens (1 or more) at `now_us`, on the monotonic clock and never 0;
 * false if there is none. */
bool rate_take(struct rate *rate, int64_t per_second, int64_t now_us);

#endif
