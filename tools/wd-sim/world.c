#include "tools/wd-sim/world.h"

#include "common/base/array.h"
#include "tools/wd-sim/rng.h"

#include <math.h>
#include <stdio.h>

#define PI 3.14159265358979323846

#define METRES_PER_DEGREE 111320.0
#define METRES_PER_FOOT   0.3048
#define MS_PER_KNOT       (1852.0 / 3600.0)

/* The centre of the simulated area: where the captures in tests/data were made. */
#define CENTRE_LAT 42.36
#define CENTRE_LON (-71.06)

#define SILENT_PERIOD_US CLOCK_MINUTE_US
#define SIGNAL_LIFE_S    60.0

/* Return the generator of one subject, seeded by everything that identifies it. */
static struct rng rng_for(const struct world *world, unsigned kit, char what, unsigned index)
{
	struct rng rng = {world->seed};

	rng_mix(&rng, kit);
	rng_mix(&rng, (unsigned char)what);
	rng_mix(&rng, index);
	return rng;
}

struct sim_place {
	double lat, lon;
};

static struct sim_place moved(struct sim_place from, double north_m, double east_m)
{
	double metres_per_lon = METRES_PER_DEGREE * cos(from.lat * PI / 180);

	return (struct sim_place){
		from.lat + north_m / METRES_PER_DEGREE, from.lon + east_m / metres_per_lon};
}

static struct sim_place near(struct rng *rng, struct sim_place from, double reach_m)
{
	double north_m = rng_between(rng, -reach_m, reach_m);

	return moved(from, north_m, rng_between(rng, -reach_m, reach_m));
}

static struct sim_place kit_place(const struct world *world, unsigned kit)
{
	struct rng rng = rng_for(world, kit, 'k', 0);

	return near(&rng, (struct sim_place){CENTRE_LAT, CENTRE_LON}, 15000);
}

static void name_kit(const struct world *world, unsigned kit, struct sample *sample)
{
	snprintf(sample->kit, sizeof(sample->kit), "wardragon-SIM%llu-%04u",
		(unsigned long long)world->seed, kit);
}

/* Return the time of the last reception at or before `now`, in seconds. */
static double last_update(struct rng *rng, clock_us now, clock_us period_us)
{
	clock_us phase_us = (clock_us)rng_between(rng, 0, (double)period_us);

	return (double)((now - phase_us) / period_us * period_us + phase_us) /
	       (double)CLOCK_SECOND_US;
}

/* A circle flown at constant speed, so that position, course and speed are consistent. */
struct circle {
	struct sim_place centre;
	double radius_m, speed_ms;
	double start; /* radians */
};

static void fly(const struct circle *circle, double time_s, struct sample *sample)
{
	double angle = circle->start + fmod(time_s * circle->speed_ms / circle->radius_m, 2 * PI);
	struct sim_place place =
		moved(circle->centre, circle->radius_m * cos(angle), circle->radius_m * sin(angle));

	sample->lat = place.lat;
	sample->lon = place.lon;
	sample->speed = circle->speed_ms;
	sample->speed_kt = circle->speed_ms / MS_PER_KNOT;
	sample->track = fmod(angle * 180 / PI + 90, 360);
	sample->direction = fmod(round(sample->track), 360);
}

static void climb(struct rng *rng, double time_s, struct sample *sample)
{
	double ground_m = rng_between(rng, 5, 40), middle_m = rng_between(rng, 40, 100);
	double swing_m = rng_between(rng, 0, 20), rate = rng_between(rng, 0.02, 0.08);
	double angle = fmod(time_s * rate, 2 * PI);

	sample->height = middle_m + swing_m * sin(angle);
	sample->vspeed = swing_m * rate * cos(angle);
	sample->alt = ground_m + sample->height;
	sample->pressure_alt = sample->alt - 1.5;
}

static void name_text(struct rng *rng, char *out, size_t size, const char *start, size_t count)
{
	static const char letters[] = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
	size_t length = (size_t)snprintf(out, size, "%s", start);

	for (; count > 0 && length + 1 < size; count--)
		out[length++] = letters[rng_below(rng, sizeof(letters) - 1)];
	out[length] = '\0';
}

struct model {
	const char *serial, *description, *oui;
};

static const struct model models[] = {
	{"drone-1581F5FH", "DJI Mavic 3 Flight", "60:60:1F"},
	{"drone-P4P2024", "DJI Phantom 4 Flight", "60:60:1F"},
	{"drone-PA2024", "Parrot ANAFI Flight", "90:3A:E6"},
	{"drone-SKY2024", "Skydio X2 Flight", "B8:27:EB"},
	{"drone-1748AUT", "Autel EVO II \"Pro\" Flight", "18:D7:93"},
};

static void name_drone(struct rng *rng, unsigned index, struct sample *sample)
{
	const struct model *model = &models[rng_below(rng, ARRAY_SIZE(models))];
	char start[sizeof(sample->id)];

	snprintf(start, sizeof(start), "%s%03X", model->serial, index & 0xfff);
	name_text(rng, sample->id, sizeof(sample->id), start, 9);
	snprintf(sample->name, sizeof(sample->name), "%s", model->description);
	snprintf(sample->mac, sizeof(sample->mac), "%s:%02X:%02X:%02X", model->oui,
		rng_below(rng, 256), rng_below(rng, 256), index & 0xff);
	snprintf(sample->operator, sizeof(sample->operator), "OP-2024-US-%05u",
		rng_below(rng, 100000));
}

/* Most drones are received by Remote ID; of each twelve one is of each special kind. */
static enum template_name drone_kind(unsigned index)
{
	switch (index % 12) {
	case 3:
		return TEMPLATE_NO_FIX;
	case 4:
		return TEMPLATE_ENCRYPTED;
	case 5:
		return TEMPLATE_MAVLINK;
	default:
		return TEMPLATE_REMOTE_ID;
	}
}

static void rename_special(enum template_name kind, unsigned index, struct sample *sample)
{
	if (kind == TEMPLATE_ENCRYPTED && index < 12)
		snprintf(sample->id, sizeof(sample->id), "drone-alert");
	else if (kind == TEMPLATE_ENCRYPTED)
		snprintf(sample->id, sizeof(sample->id), "drone-alert-%u", index);
	if (kind != TEMPLATE_MAVLINK)
		return;
	snprintf(sample->id, sizeof(sample->id), "drone-900FHSS-NETID-%u", index);
	snprintf(sample->name, sizeof(sample->name), "SiK Net ID %u", index);
}

enum template_name world_drone(const struct world *world, unsigned kit, unsigned index,
	clock_us now, struct sample *sample)
{
	static const double channels_mhz[] = {2412, 2437, 2462, 5745, 5785, 5805};
	struct rng rng = rng_for(world, kit, 'd', index);
	enum template_name kind = drone_kind(index);
	struct sim_place home = near(&rng, kit_place(world, kit), 3000);
	struct sim_place pilot = near(&rng, home, 300);

	name_kit(world, kit, sample);
	name_drone(&rng, index, sample);
	rename_special(kind, index, sample);
	sample->updated = last_update(&rng, now, CLOCK_SECOND_US);
	sample->observed = sample->updated;
	sample->freq = kind == TEMPLATE_MAVLINK
			       ? 902 + 0.25 * rng_below(&rng, 104)
			       : channels_mhz[rng_below(&rng, ARRAY_SIZE(channels_mhz))];
	sample->rssi = -40 - (double)rng_below(&rng, 55);
	fly(&(struct circle){home, rng_between(&rng, 30, 400), rng_between(&rng, 2, 20),
		    rng_between(&rng, 0, 2 * PI)},
		sample->updated, sample);
	climb(&rng, sample->updated, sample);
	sample->home_lat = home.lat;
	sample->home_lon = home.lon;
	sample->pilot_lat = pilot.lat;
	sample->pilot_lon = pilot.lon;
	return kind;
}

static void name_aircraft(struct rng *rng, unsigned index, struct sample *sample)
{
	static const char *const airlines[] = {"DAL", "UAL", "JBU", "AAL", "SWA"};
	unsigned address = 0xa00000 + rng_below(rng, 0x7f) * 0x1000 + (index & 0xfff);

	snprintf(sample->id, sizeof(sample->id), "adsb-%06x", address);
	snprintf(sample->hex, sizeof(sample->hex), "%06X", address);
	snprintf(sample->operator, sizeof(sample->operator), "%s%u",
		airlines[rng_below(rng, ARRAY_SIZE(airlines))], 100 + rng_below(rng, 900));
	snprintf(sample->name, sizeof(sample->name), "N%04u", 1000 + rng_below(rng, 9000));
	snprintf(sample->squawk, sizeof(sample->squawk), "%04o", rng_below(rng, 4096));
}

enum template_name world_aircraft(const struct world *world, unsigned kit, unsigned index,
	clock_us now, struct sample *sample)
{
	struct rng rng = rng_for(world, kit, 'a', index);
	struct sim_place centre = near(&rng, kit_place(world, kit), 40000);

	name_kit(world, kit, sample);
	name_aircraft(&rng, index, sample);
	sample->updated =
		last_update(&rng, now, index % 8 == 7 ? SILENT_PERIOD_US : CLOCK_SECOND_US);
	fly(&(struct circle){centre, rng_between(&rng, 5000, 30000), rng_between(&rng, 60, 250),
		    rng_between(&rng, 0, 2 * PI)},
		sample->updated, sample);
	sample->alt_ft = 25 * (double)(60 + rng_below(&rng, 1400));
	sample->alt = sample->alt_ft * METRES_PER_FOOT;
	sample->rssi_dbfs = -rng_between(&rng, 10, 35);
	return TEMPLATE_AIRCRAFT;
}

static void tune_fpv(unsigned index, struct sample *sample)
{
	double mhz = 5650 + 5 * (double)(index % 59) + 0.001 * (double)(index / 59);

	snprintf(sample->id, sizeof(sample->id), "fpv-alert-%.10gMHz", mhz);
	snprintf(sample->alert, sizeof(sample->alert), "fpv-alert-%.3fMHz", mhz);
	sample->hz = mhz * 1e6;
	sample->power = 0.031;
}

static void tune_fhss(unsigned index, struct sample *sample)
{
	snprintf(sample->id, sizeof(sample->id), "gfsk_fhss-netid-%u", index);
	snprintf(sample->alert, sizeof(sample->alert), "sik-%u", index);
	snprintf(sample->name, sizeof(sample->name), "SiK Net ID %u", index);
	sample->hz = 902e6 + 0.25e6 * (double)(index % 104) + 1e3 * (double)(index / 104);
	sample->rssi = -88;
}

enum template_name world_signal(const struct world *world, unsigned kit, unsigned index,
	clock_us now, struct sample *sample)
{
	struct rng rng = rng_for(world, kit, 's', index);
	struct sim_place sensor = kit_place(world, kit);
	struct sim_place shown = near(&rng, sensor, 20);

	name_kit(world, kit, sample);
	sample->updated = last_update(&rng, now, CLOCK_SECOND_US);
	sample->observed = sample->updated;
	sample->expires = sample->updated + SIGNAL_LIFE_S;
	sample->lat = shown.lat;
	sample->lon = shown.lon;
	sample->sensor_lat = sensor.lat;
	sample->sensor_lon = sensor.lon;
	if (index % 3 == 2) {
		tune_fhss(index, sample);
		return TEMPLATE_FHSS;
	}
	tune_fpv(index, sample);
	return TEMPLATE_FPV;
}

enum template_name world_status(
	const struct world *world, unsigned kit, clock_us now, struct sample *sample)
{
	struct rng rng = rng_for(world, kit, 'h', 0);
	struct sim_place place = kit_place(world, kit);
	double load;

	name_kit(world, kit, sample);
	sample->updated = last_update(&rng, now, CLOCK_SECOND_US);
	load = 0.5 + 0.5 * sin(fmod(sample->updated * rng_between(&rng, 0.001, 0.01), 2 * PI));
	sample->lat = place.lat;
	sample->lon = place.lon;
	sample->cpu = 10 + 50 * load;
	sample->memory = 9000 - 3000 * load;
	sample->disk = rng_between(&rng, 40000, 200000);
	sample->temperature = 45 + 25 * load;
	sample->published = floor((double)now / (double)CLOCK_SECOND_US);
	sample->uptime = fmod(sample->updated, 30 * 86400.0);
	return TEMPLATE_STATUS;
}

enum template_name world_config(const struct world *world, struct sample *sample)
{
	sample->adsb = world->aircraft > 0;
	sample->fpv = world->signals > 0;
	return TEMPLATE_CONFIG;
}
