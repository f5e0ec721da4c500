/* Cursor on Target: an event a line, as TAK servers and clients read them from a socket. */
#include "common/array.h"
#include "common/log.h"
#include "tools/wd-export/format.h"
#include "tools/wd-export/geo.h"
#include "tools/wd-export/xml.h"

#include <math.h>
#include <stdlib.h>
#include <sysexits.h>

/* What stands for "not known" in hae, ce and le (MITRE MP090284, "Cursor-on-Target Message Router
 * User's Guide", the point schema). */
#define UNKNOWN "9999999.0"

/* Where each kit was last, for what it hears without a position. */
enum {
	KITS_MAX = 10000
};
struct cot_kit {
	char id[RECORD_ID_MAX + 1];
	struct geo_place place;
};
static struct {
	struct cot_kit *kits;
	size_t count;
} known;

/* A thing to be drawn, as far as the schema's own attributes go. */
struct cot_event {
	const char *prefix; /* so that no name from a radio is the uid of somebody's device */
	const char *type;   /* MIL-STD-2525 as CoT writes it, or a spot on the map */
	const char *how;    /* m-g: a machine's GPS; m-r: by radio */
	struct geo_place place;
	double hae_m, ce_m; /* NAN: not known */
	bool moves;
};

static struct cot_kit *find_kit(const char *id)
{
	for (size_t i = 0; i < known.count; i++) {
		if (strcmp(known.kits[i].id, id) == 0)
			return &known.kits[i];
	}
	return NULL;
}

static int note_kit(const struct observation *o)
{
	struct cot_kit *kit = find_kit(o->kit_id);

	if (!o->has_place || (!kit && known.count == KITS_MAX))
		return 0;
	if (!kit) {
		struct cot_kit *kits = realloc(known.kits, (known.count + 1) * sizeof(*kits));
		if (!kits)
			return fail(EX_OSERR, "out of memory");
		known.kits = kits;
		kit = &kits[known.count++];
		memcpy(kit->id, o->kit_id, sizeof(kit->id));
	}
	kit->place = o->place;
	return 0;
}

/* ua_type is a number of Remote ID's (ASTM F3411-22a, Basic ID message): 1 aeroplane, 2 helicopter
 * or multirotor, 4 a hybrid of both. */
static const char *type_of_drone(const struct observation *o)
{
	char ua_type[16];

	scan_text(o->members[FIELD_UA_TYPE].value, ua_type, sizeof(ua_type));
	if (strcmp(ua_type, "1") == 0)
		return "a-u-A-M-F-Q";
	return strcmp(ua_type, "2") == 0 || strcmp(ua_type, "4") == 0 ? "a-u-A-M-H-Q" : "a-u-A";
}

/* ADS-B's category A7 is a rotorcraft (RTCA DO-260B, 2.2.3.2.5.2). */
static const char *type_of_aircraft(const struct observation *o)
{
	return scan_text_is(o->members[FIELD_CATEGORY].value, "A7") ? "a-n-A-C-H" : "a-n-A-C-F";
}

static void put_attribute(struct buffer *out, const char *name, struct span text)
{
	buffer_printf(out, " %s=\"", name);
	xml_put_text(out, text);
	buffer_add_char(out, '"');
}

static void put_time(struct buffer *out, const char *name, clock_us time)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(time, text);
	put_attribute(out, name, span_of(text));
}

static void put_number(struct buffer *out, const char *name, double number)
{
	if (isfinite(number))
		buffer_printf(out, " %s=\"%.10g\"", name, number);
	else
		buffer_printf(out, " %s=\"" UNKNOWN "\"", name);
}

static void put_point(struct buffer *out, const struct cot_event *event)
{
	buffer_printf(out, "<point lat=\"%.7f\" lon=\"%.7f\"", event->place.lat, event->place.lon);
	put_number(out, "hae", event->hae_m);
	put_number(out, "ce", event->ce_m);
	buffer_add_text(out, " le=\"" UNKNOWN "\"/>");
}

static void put_callsign(
	struct buffer *out, const struct observation *o, const struct cot_event *event)
{
	char name[160];

	if (!scan_text(o->members[FIELD_CALLSIGN].value, name, sizeof(name)))
		memcpy(name, o->id, sizeof(o->id));
	buffer_add_text(out, "<contact callsign=\"");
	if (!event->moves && o->kind == KIND_DRONE)
		buffer_printf(out, "%s ", event->prefix + strlen("wd-"));
	xml_put_text(out, span_of(name));
	buffer_add_text(out, "\"/>");
}

static void put_track(struct buffer *out, const struct observation *o)
{
	double course_deg = observation_number(o, FIELD_HEADING);
	double speed_mps = observation_number(o, FIELD_SPEED);

	if (isnan(course_deg) || isnan(speed_mps))
		return;
	buffer_printf(out, "<track course=\"%.10g\" speed=\"%.10g\"/>", course_deg, speed_mps);
}

/* For people: what else is known, with units. */
static const struct {
	enum field field;
	const char *label, *unit;
} remarks[] = {
	{FIELD_DESCRIPTION, "", ""},
	{FIELD_RID_MAKE, "make ", ""},
	{FIELD_RID_MODEL, "model ", ""},
	{FIELD_UA_TYPE_NAME, "type ", ""},
	{FIELD_OPERATOR_ID, "operator ", ""},
	{FIELD_REGISTRATION, "registration ", ""},
	{FIELD_SQUAWK, "squawk ", ""},
	{FIELD_HEIGHT, "height ", " m"},
	{FIELD_FREQ_MHZ, "on ", " MHz"},
	{FIELD_BANDWIDTH_MHZ, "bandwidth ", " MHz"},
	{FIELD_POWER_DBM, "power ", " dBm"},
	{FIELD_RSSI, "RSSI ", " dB"},
	{FIELD_DETECTION_TYPE, "video ", ""},
	{FIELD_SIGNAL_TYPE, "kind ", ""},
	{FIELD_CPU_PERCENT, "CPU ", " %"},
	{FIELD_TEMP_CPU, "", " deg C"},
};

static void put_remark(struct buffer *out, struct span value, const char *label, const char *unit)
{
	char text[1024];
	struct span shown = value;

	if (scan_kind(value) == SCAN_NULL)
		return;
	if (scan_kind(value) == SCAN_TEXT)
		shown = (struct span){text, scan_text(value, text, sizeof(text))};
	buffer_printf(out, "; %s", label);
	xml_put_text(out, shown);
	buffer_add_text(out, unit);
}

static void put_remarks(
	struct buffer *out, const struct observation *o, const struct cot_event *event)
{
	buffer_add_text(out, "<remarks>seen by ");
	xml_put_text(out, span_of(o->kit_id));
	for (size_t i = 0; i < ARRAY_SIZE(remarks); i++) {
		put_remark(
			out, o->members[remarks[i].field].value, remarks[i].label, remarks[i].unit);
	}
	if (o->kind == KIND_AIRCRAFT)
		buffer_add_text(out, "; hae is barometric");
	if (event->how[2] == 'r')
		buffer_add_text(out, "; somewhere within ce of the kit");
	buffer_add_text(out, "</remarks>");
}

static void put_event(
	struct output *output, const struct observation *o, const struct cot_event *event)
{
	struct buffer *out = &output->text;

	buffer_printf(out, "<event version=\"2.0\" uid=\"%s.", event->prefix);
	xml_put_text(out, span_of(o->id));
	buffer_printf(out, "\" type=\"%s\" how=\"%s\"", event->type, event->how);
	put_time(out, "time", o->time);
	put_time(out, "start", o->time);
	put_time(out, "stale", o->time + output->stale_us);
	buffer_add_char(out, '>');
	put_point(out, event);
	buffer_add_text(out, "<detail>");
	put_callsign(out, o, event);
	if (event->moves)
		put_track(out, o);
	put_remarks(out, o, event);
	buffer_add_text(out, "</detail></event>\n");
}

/* Makes the event be around the kit instead; false where nobody knows where that is. */
static bool place_at_kit(struct cot_event *event, const struct observation *o)
{
	const struct cot_kit *kit = find_kit(o->kit_id);

	if (!kit)
		return false;
	event->place = kit->place;
	event->how = "m-r";
	event->ce_m = geo_range_m(observation_power_dbm(o), observation_number(o, FIELD_FREQ_MHZ));
	return true;
}

static struct cot_event event_of(const struct observation *o)
{
	struct cot_event event = {.place = o->place, .how = "m-g", .hae_m = NAN, .ce_m = NAN};

	event.hae_m = observation_number(o, FIELD_ALT);
	event.ce_m = observation_number(o, FIELD_GPS_ACCURACY);
	switch (o->kind) {
	case KIND_DRONE:
		event.prefix = "wd-drone";
		event.type = type_of_drone(o);
		event.moves = true;
		break;
	case KIND_AIRCRAFT:
		event.prefix = "wd-aircraft";
		event.type = type_of_aircraft(o);
		event.moves = true;
		break;
	case KIND_SIGNAL:
		event.prefix = "wd-signal";
		event.type = "b-m-p-s-m";
		event.how = "m-r";
		event.ce_m = geo_range_m(
			observation_power_dbm(o), observation_number(o, FIELD_FREQ_MHZ));
		break;
	default:
		event.prefix = "wd-kit";
		event.type = "a-f-G-E-S";
	}
	return event;
}

static void put_person(struct output *output, const struct observation *o, const char *prefix,
	enum field lat, enum field lon)
{
	struct cot_event event = {prefix, "b-m-p-s-m", "m-g", {0, 0}, NAN, NAN, false};

	if (observation_place(o, lat, lon, &event.place))
		put_event(output, o, &event);
}

static int line(struct output *output, struct span text)
{
	struct observation o;

	if (!output_read(output, text, &o) || !o.time)
		return 0;
	struct cot_event event = event_of(&o);
	int status = o.kind == KIND_KIT ? note_kit(&o) : 0;
	if (status)
		return status;
	if (o.has_place || (o.kind != KIND_KIT && place_at_kit(&event, &o)))
		put_event(output, &o, &event);
	else if (o.kind != KIND_KIT)
		output->unplaced++;
	if (o.kind == KIND_DRONE) {
		put_person(output, &o, "wd-pilot", FIELD_PILOT_LAT, FIELD_PILOT_LON);
		put_person(output, &o, "wd-home", FIELD_HOME_LAT, FIELD_HOME_LON);
	}
	return 0;
}

static int end(struct output *output)
{
	(void)output;
	free(known.kits);
	known.kits = NULL;
	known.count = 0;
	return 0;
}

const struct format format_cot = {"cot", NULL, line, end, 0};
