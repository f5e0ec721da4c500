/* The connection to the broker as a state machine. Pure. */
#include "tools/wd-mqtt/broker/link.h"

#include "common/time/backoff.h"
#include "common/time/clock.h"

void link_init(struct link *link, int64_t now_us)
{
	*link = (struct link){.state = LINK_WAITING, .at_us = now_us};
}

bool link_wants_connection(const struct link *link, int64_t now_us)
{
	return link->state == LINK_WAITING && now_us >= link->at_us;
}

bool link_is_overdue(const struct link *link, int64_t now_us)
{
	return link->state == LINK_CONNECTING && now_us >= link->at_us;
}

void link_connecting(struct link *link, int64_t now_us)
{
	link->state = LINK_CONNECTING;
	link->at_us = now_us + LINK_DEADLINE_US;
}

void link_up(struct link *link)
{
	link->state = LINK_UP;
	link->failures = 0;
	link->version_settled = true;
}

void link_failed(struct link *link, enum link_failure failure, int64_t now_us)
{
	link->state = LINK_WAITING;
	if (failure == LINK_VERSION_REFUSED && !link->uses_v3) {
		link->uses_v3 = true;
		link->at_us = now_us;
		return;
	}
	if (failure == LINK_CLOSED_EARLY && !link->version_settled)
		link->uses_v3 = !link->uses_v3;
	link->failures++;
	double wait_s = backoff_wait_s(link->failures, LINK_WAIT_MIN_S, LINK_WAIT_MAX_S);
	link->at_us = now_us + (int64_t)(wait_s * (double)CLOCK_SECOND_US);
}

int64_t link_next_us(const struct link *link)
{
	return link->state == LINK_UP ? INT64_MAX : link->at_us;
}
