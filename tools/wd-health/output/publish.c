/* The state file and the Prometheus file. */
#include "tools/wd-health/output/publish.h"

#include "common/file/write_atomic.h"
#include "tools/wd-health/output/prometheus.h"

#define RETRY_AFTER_US (10 * CLOCK_SECOND_US)

void publisher_release(struct health_publisher *publisher)
{
	buffer_release(&publisher->scratch);
}

int64_t publish_due(const struct health_publisher *publisher, const struct health *health)
{
	bool wanted = publisher->prometheus || publisher->state;

	return wanted && publisher->events != health->events ? publisher->due_mono_us : INT64_MAX;
}

static int write_prometheus(struct health_publisher *publisher, const struct health *health)
{
	prometheus_format(&publisher->scratch, health);
	return write_atomic(publisher->prometheus, &publisher->scratch);
}

int publish(struct health_publisher *publisher, const struct health *health)
{
	int status = 0;

	if (publisher->state)
		status = state_write(publisher->state, health, &publisher->scratch);
	if (publisher->prometheus && !status)
		status = write_prometheus(publisher, health);
	publisher->succeeded |= !status;
	publisher->events = health->events;
	/* The buffer keeps the size of the largest file; a second for each MiB is about a
	 * microsecond for each byte. */
	publisher->due_mono_us = clock_mono_us() + (int64_t)publisher->scratch.capacity +
				 (status ? RETRY_AFTER_US : CLOCK_SECOND_US);
	return publisher->succeeded ? 0 : status;
}
