/* What becomes of each message. */
#include "tools/wd-mqtt/intake/intake.h"
#include "common/log/log.h"
#include "tests/unit/tap.h"

#include <stdio.h>

#define S    CLOCK_SECOND_US
#define WALL (INT64_C(1795456800) * S)

static struct intake intake;
static struct buffer out;

static void begin(bool known_only)
{
	intake_release(&intake);
	intake = (struct intake){.settings = {known_only, 100}, .out = &out, .seed = 1};
	topics_init(&intake.topics, "wardragon");
	intake_init(&intake, 0);
	intake_connected(&intake);
	out.length = 0;
}

static struct moment at(double seconds)
{
	int64_t us = (int64_t)(seconds * (double)S);

	return (struct moment){us, WALL + us};
}

static void drone(const char *kit, int id, double seconds)
{
	char payload[128];

	snprintf(payload, sizeof(payload), "{\"id\":\"d%d\",\"seen_by\":\"%s\",\"observed_at\":1}",
		id, kit);
	intake_message(&intake, "wardragon/drones", span_of(payload), false, at(seconds));
}

/* A status by a clock that is `ahead_s` ahead of ours. */
static void status(const char *kit, int ahead_s, double seconds)
{
	char topic[64], payload[128];

	snprintf(topic, sizeof(topic), "wardragon/system/%s/attrs", kit);
	snprintf(payload, sizeof(payload), "{\"id\":\"%s\",\"updated\":%lld}", kit,
		(long long)(WALL / S) + (long long)seconds + ahead_s);
	intake_message(&intake, topic, span_of(payload), false, at(seconds));
}

static size_t count(const char *text)
{
	size_t found = 0;

	buffer_add_char(&out, '\0');
	for (const char *from = out.data; (from = strstr(from, text)); from++)
		found++;
	out.length--;
	return found;
}

static void payloads(void)
{
	begin(false);
	drone("k", 1, 1);
	drone("k", 1, 3);
	drone("k", 2, 3);
	is_number((double)intake.counts.repeated, 1, "the same payload again is a repeat");
	is_number(
		(double)count("\"endpoint\":\"drones\""), 0, "nothing is written before its time");
	intake_tick(&intake, at(3.3));
	is_number((double)count("\"id\":\"d"), 2, "then each observation is, once");
	is_number((double)count("{\"type\":\"kit\""), 1, "after the line of the kit");
	intake_message(&intake, "wardragon/drones", SPAN("{\"id\":\"d3\",\"seen_by\":\"k\"}"), true,
		at(4));
	is_number((double)intake.counts.retained, 1, "what the broker retained is not used");
	intake_message(&intake, "wardragon/drones", SPAN("[]"), false, at(4));
	is_number((double)intake.counts.rejected, 1, "what is no object is rejected");
	is_number((double)count("{\"type\":\"reject\""), 1, "with a line");
}

static void known_only(void)
{
	begin(true);
	drone("stranger", 1, 1);
	intake_flush(&intake, at(2));
	is_number((double)intake.counts.unused, 1, "--known-only: no other kits");
	is_number((double)out.length, 0, "and no line");
}

static void liveness(void)
{
	begin(false);
	drone("k", 1, 1);
	intake.kits.items[0]->use = USE_LIVENESS;
	intake_flush(&intake, at(1));
	out.length = 0;
	drone("k", 2, 2);
	is_number((double)count("\"body\""), 0, "source: both: no payload is written");
	drone("k", 3, 17);
	drone("k", 4, 18);
	is_number(
		(double)count("\"endpoint\":\"status\""), 1, "but from time to time that it lives");
}

static void last_will(void)
{
	begin(false);
	status("k", 0, 1);
	intake_message(&intake, "wardragon/service/k/availability", SPAN("offline"), true, at(2));
	is_number((double)count("\"error\""), 0, "a retained will is older than the status");
	intake_message(&intake, "wardragon/service/k/availability", SPAN("offline"), false, at(2));
	is_number((double)count("\"error\":\"connect\""), 1, "the last will is a failure");
	status("k", 0, 3);
	intake_flush(&intake, at(4));
	ok(!intake.kits.items[0]->is_lost, "until it publishes again");
}

static void broker(void)
{
	begin(false);
	status("k", 0, 1);
	intake_broker_lost(&intake, "gone", at(2));
	intake_broker_lost(&intake, "gone", at(3));
	is_number((double)count("\"error\":\"broker\""), 1, "a lost broker is reported at once");
	intake_tick(&intake, at(31));
	is_number((double)count("\"error\":\"broker\""), 1, "then every 30 s:");
	intake_tick(&intake, at(32));
	is_number((double)count("\"error\":\"broker\""), 2, "again");
	intake_connected(&intake);
	intake_tick(&intake, at(100));
	is_number((double)count("\"error\":\"broker\""), 2, "until it is back");
}

static void publish_statuses(int kits, int ahead_s, int statuses)
{
	char kit[8];

	for (int n = 0; n < statuses; n++) {
		for (int k = 0; k < kits; k++) {
			snprintf(kit, sizeof(kit), "k%d", k);
			status(kit, ahead_s, 30 * n + 1);
		}
	}
	intake_flush(&intake, at(30 * statuses));
}

static void own_clock(void)
{
	begin(false);
	publish_statuses(1, 3600, CLOCK_SAMPLES + 1);
	is_number((double)count("clock_offset_s"), 0, "one kit: whose clock is wrong is not known");
	publish_statuses(1, 3600, CLOCK_SAMPLES + 2);
	ok(intake.own_clock == OWN_CLOCK_TRUSTED && count("\"clock_offset_s\":3601") > 0,
		"until others could have published: then it is the kit's");

	begin(false);
	publish_statuses(2, 3600, 3 * CLOCK_SAMPLES);
	ok(intake.own_clock == OWN_CLOCK_SUSPECT, "two kits that differ in the same way: ours");
	is_number((double)count("clock_offset_s"), 0, "nothing was corrected by it, ever");
}

int main(void)
{
	log_open("intake.t");
	log_level_parse("error");
	payloads();
	known_only();
	liveness();
	last_will();
	broker();
	own_clock();
	intake_release(&intake);
	buffer_release(&out);
	return tap_done();
}
