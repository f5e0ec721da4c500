/* The simulated sky: what flies where, as a pure function of seed, kit, index and time. */
#include "tools/wd-sim/world.h"

#include "common/array.h"
#include "tools/wd-sim/dice.h"

#include <math.h>
#include <stdio.h>

#define PI 3.14159265358979323846

#define METRES_PER_DEGREE 111320.0
#define METRES_PER_FOOT   0.3048
#define MS_PER_KNOT       (1852.0 / 3600.0)

/* The middle of the map: where the captures were made. */
#define MIDDLE_LAT 42.36
#define MIDDLE_LON (-71.06)

#define SILENT_PERIOD_US CLOCK_MINUTE_US
#define SIGNAL_LIFE_S    60.0

/* A thing in the sky has its own random numbers, from everything that it is known by. */
static struct dice dice_of(const struct world *world, unsigned kit, char what, unsigned index)
{
	struct dice dice = {world->seed};

	dice_mix(&dice, kit);
	dice_mix(&dice, (unsigned char)what);
	dice_mix(&dice, index);
	return dice;
}

struct place {
	double lat, lon;
};

static struct place moved(struct place from, double north_m, double east_m)
{
	double metres_per_lon = METRES_PER_DEGREE * cos(from.lat * PI / 180);

	return (struct place){
		from.lat + north_m / METRES_PER_DEGREE, from.lon + east_m / metres_per_lon};
}

static struct place near(struct dice *dice, struct place from, double reach_m)
{
	double north_m = dice_between(dice, -reach_m, reach_m);

	return moved(from, north_m, dice_between(dice, -reach_m, reach_m));
}

static struct place kit_place(const struct world *world, unsigned kit)
{
	struct dice dice = dice_of(world, kit, 'k', 0);

	return near(&dice, (struct place){MIDDLE_LAT, MIDDLE_LON}, 15000);
}

static void name_kit(const struct world *world, unsigned kit, struct sighting *sighting)
{
	snprintf(sighting->kit, sizeof(sighting->kit), "wardragon-SIM%llu-%04u",
		(unsigned long long)world->seed, kit);
}

/* The last moment at or before `now` at which this thing was heard, in seconds. */
static double heard_at(struct dice *dice, clock_us now, clock_us period_us)
{
	clock_us phase_us = (clock_us)dice_between(dice, 0, (double)period_us);

	return (double)((now - phase_us) / period_us * period_us + phase_us) /
	       (double)CLOCK_SECOND_US;
}

/* Flies a circle at constant speed: position, course and speed agree with each other. */
struct circle {
	struct place centre;
	double radius_m, speed_ms;
	double start; /* radians */
};

static void fly(const struct circle *circle, double time_s, struct sighting *sighting)
{
	double angle = circle->start + fmod(time_s * circle->speed_ms / circle->radius_m, 2 * PI);
	struct place place =
		moved(circle->centre, circle->radius_m * cos(angle), circle->radius_m * sin(angle));

	sighting->lat = place.lat;
	sighting->lon = place.lon;
	sighting->speed = circle->speed_ms;
	sighting->speed_kt = circle->speed_ms / MS_PER_KNOT;
	sighting->track = fmod(angle * 180 / PI + 90, 360);
	sighting->direction = fmod(round(sighting->track), 360);
}

static void climb(struct dice *dice, double time_s, struct sighting *sighting)
{
	double ground_m = dice_between(dice, 5, 40), middle_m = dice_between(dice, 40, 100);
	double swing_m = dice_between(dice, 0, 20), rate = dice_between(dice, 0.02, 0.08);
	double angle = fmod(time_s * rate, 2 * PI);

	sighting->height = middle_m + swing_m * sin(angle);
	sighting->vspeed = swing_m * rate * cos(angle);
	sighting->alt = ground_m + sighting->height;
	sighting->pressure_alt = sighting->alt - 1.5;
}

static void name_text(struct dice *dice, char *out, size_t size, const char *start, size_t count)
{
	static const char letters[] = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
	size_t length = (size_t)snprintf(out, size, "%s", start);

	for (; count > 0 && length + 1 < size; count--)
		out[length++] = letters[dice_below(dice, sizeof(letters) - 1)];
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

static void name_drone(struct dice *dice, unsigned index, struct sighting *sighting)
{
	const struct model *model = &models[dice_below(dice, ARRAY_SIZE(models))];
	char start[sizeof(sighting->id)];

	snprintf(start, sizeof(start), "%s%03X", model->serial, index & 0xfff);
	name_text(dice, sighting->id, sizeof(sighting->id), start, 9);
	snprintf(sighting->name, sizeof(sighting->name), "%s", model->description);
	snprintf(sighting->mac, sizeof(sighting->mac), "%s:%02X:%02X:%02X", model->oui,
		dice_below(dice, 256), dice_below(dice, 256), index & 0xff);
	snprintf(sighting->operator, sizeof(sighting->operator), "OP-2024-US-%05u",
		dice_below(dice, 100000));
}

/* What most sightings of a kit have the shape of a drone for: Remote ID, with the odd ones among
 * them, each of which needs its own handling downstream. */
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

static void rename_odd(enum template_name kind, unsigned index, struct sighting *sighting)
{
	if (kind == TEMPLATE_ENCRYPTED && index < 12)
		snprintf(sighting->id, sizeof(sighting->id), "drone-alert");
	else if (kind == TEMPLATE_ENCRYPTED)
		snprintf(sighting->id, sizeof(sighting->id), "drone-alert-%u", index);
	if (kind != TEMPLATE_MAVLINK)
		return;
	snprintf(sighting->id, sizeof(sighting->id), "drone-900FHSS-NETID-%u", index);
	snprintf(sighting->name, sizeof(sighting->name), "SiK Net ID %u", index);
}

enum template_name world_drone(const struct world *world, unsigned kit, unsigned index,
	clock_us now, struct sighting *sighting)
{
	static const double channels_mhz[] = {2412, 2437, 2462, 5745, 5785, 5805};
	struct dice dice = dice_of(world, kit, 'd', index);
	enum template_name kind = drone_kind(index);
	struct place home = near(&dice, kit_place(world, kit), 3000);
	struct place pilot = near(&dice, home, 300);

	name_kit(world, kit, sighting);
	name_drone(&dice, index, sighting);
	rename_odd(kind, index, sighting);
	sighting->heard = heard_at(&dice, now, CLOCK_SECOND_US);
	sighting->observed = sighting->heard;
	sighting->freq = kind == TEMPLATE_MAVLINK
				 ? 902 + 0.25 * dice_below(&dice, 104)
				 : channels_mhz[dice_below(&dice, ARRAY_SIZE(channels_mhz))];
	sighting->rssi = -40 - (double)dice_below(&dice, 55);
	fly(&(struct circle){home, dice_between(&dice, 30, 400), dice_between(&dice, 2, 20),
		    dice_between(&dice, 0, 2 * PI)},
		sighting->heard, sighting);
	climb(&dice, sighting->heard, sighting);
	sighting->home_lat = home.lat;
	sighting->home_lon = home.lon;
	sighting->pilot_lat = pilot.lat;
	sighting->pilot_lon = pilot.lon;
	return kind;
}

static void name_aircraft(struct dice *dice, unsigned index, struct sighting *sighting)
{
	static const char *const airlines[] = {"DAL", "UAL", "JBU", "AAL", "SWA"};
	unsigned address = 0xa00000 + dice_below(dice, 0x7f) * 0x1000 + (index & 0xfff);

	snprintf(sighting->id, sizeof(sighting->id), "adsb-%06x", address);
	snprintf(sighting->hex, sizeof(sighting->hex), "%06X", address);
	snprintf(sighting->operator, sizeof(sighting->operator), "%s%u",
		airlines[dice_below(dice, ARRAY_SIZE(airlines))], 100 + dice_below(dice, 900));
	snprintf(sighting->name, sizeof(sighting->name), "N%04u", 1000 + dice_below(dice, 9000));
	snprintf(sighting->squawk, sizeof(sighting->squawk), "%04o", dice_below(dice, 4096));
}

enum template_name world_aircraft(const struct world *world, unsigned kit, unsigned index,
	clock_us now, struct sighting *sighting)
{
	struct dice dice = dice_of(world, kit, 'a', index);
	struct place centre = near(&dice, kit_place(world, kit), 40000);

	name_kit(world, kit, sighting);
	name_aircraft(&dice, index, sighting);
	sighting->heard = heard_at(&dice, now, index % 8 == 7 ? SILENT_PERIOD_US : CLOCK_SECOND_US);
	fly(&(struct circle){centre, dice_between(&dice, 5000, 30000), dice_between(&dice, 60, 250),
		    dice_between(&dice, 0, 2 * PI)},
		sighting->heard, sighting);
	sighting->alt_ft = 25 * (double)(60 + dice_below(&dice, 1400));
	sighting->alt = sighting->alt_ft * METRES_PER_FOOT;
	sighting->rssi_dbfs = -dice_between(&dice, 10, 35);
	return TEMPLATE_AIRCRAFT;
}

static void tune_fpv(unsigned index, struct sighting *sighting)
{
	double mhz = 5650 + 5 * (double)(index % 59) + 0.001 * (double)(index / 59);

	snprintf(sighting->id, sizeof(sighting->id), "fpv-alert-%.10gMHz", mhz);
	snprintf(sighting->alert, sizeof(sighting->alert), "fpv-alert-%.3fMHz", mhz);
	sighting->hz = mhz * 1e6;
	sighting->power = 0.031;
}

static void tune_fhss(unsigned index, struct sighting *sighting)
{
	snprintf(sighting->id, sizeof(sighting->id), "gfsk_fhss-netid-%u", index);
	snprintf(sighting->alert, sizeof(sighting->alert), "sik-%u", index);
	snprintf(sighting->name, sizeof(sighting->name), "SiK Net ID %u", index);
	sighting->hz = 902e6 + 0.25e6 * (double)(index % 104) + 1e3 * (double)(index / 104);
	sighting->rssi = -88;
}

enum template_name world_signal(const struct world *world, unsigned kit, unsigned index,
	clock_us now, struct sighting *sighting)
{
	struct dice dice = dice_of(world, kit, 's', index);
	struct place sensor = kit_place(world, kit);
	struct place shown = near(&dice, sensor, 20);

	name_kit(world, kit, sighting);
	sighting->heard = heard_at(&dice, now, CLOCK_SECOND_US);
	sighting->observed = sighting->heard;
	sighting->expires = sighting->heard + SIGNAL_LIFE_S;
	sighting->lat = shown.lat;
	sighting->lon = shown.lon;
	sighting->sensor_lat = sensor.lat;
	sighting->sensor_lon = sensor.lon;
	if (index % 3 == 2) {
		tune_fhss(index, sighting);
		return TEMPLATE_FHSS;
	}
	tune_fpv(index, sighting);
	return TEMPLATE_FPV;
}

enum template_name world_status(
	const struct world *world, unsigned kit, clock_us now, struct sighting *sighting)
{
	struct dice dice = dice_of(world, kit, 'h', 0);
	struct place place = kit_place(world, kit);
	double load;

	name_kit(world, kit, sighting);
	sighting->heard = heard_at(&dice, now, CLOCK_SECOND_US);
	load = 0.5 + 0.5 * sin(fmod(sighting->heard * dice_between(&dice, 0.001, 0.01), 2 * PI));
	sighting->lat = place.lat;
	sighting->lon = place.lon;
	sighting->cpu = 10 + 50 * load;
	sighting->memory = 9000 - 3000 * load;
	sighting->disk = dice_between(&dice, 40000, 200000);
	sighting->temperature = 45 + 25 * load;
	sighting->uptime = fmod(sighting->heard, 30 * 86400.0);
	return TEMPLATE_STATUS;
}
