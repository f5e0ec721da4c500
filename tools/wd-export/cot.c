/* Cursor on Target: one event per line, as TAK servers and clients read them from a socket. */
#include "common/base/array.h"
#include "common/base/xalloc.h"
#include "common/map/radio_range.h"
#include "common/map/xml.h"
#include "tools/wd-export/format.h"

#include <math.h>
#include <stdlib.h>

/* "Unknown" in hae, ce and le (MITRE MP090284, "Cursor-on-Target Message Router User's Guide",
 * point schema). */
#define UNKNOWN "9999999.0"

/* The last position of each kit, for detections without a position. */
enum {
	KITS_MAX = 10000
};
struct cot_kit {
	char id[RECORD_ID_MAX + 1];
	struct position place;
};
static struct {
	struct cot_kit *kits;
	size_t count;
} known;

/* One event, as far as the attributes of the schema go. */
struct cot_event {
	const char *prefix; /* of the uid, so that no name from a radio is the uid of a device */
	const char *type;   /* a MIL-STD-2525 type or a marker on the map */
	const char *how;    /* m-g: by GPS; m-r: by radio */
	struct position place;
	double hae_m, ce_m; /* NAN: unknown */
	bool moves;
	bool is_local; /* other kits may use the same id for another subject */
};

static struct cot_kit *find_kit(const char *id)
{
	for (size_t i = 0; i < known.count; i++) {
		if (strcmp(known.kits[i].id, id) == 0)
			return &known.kits[i];
	}
	return NULL;
}

static void remember_kit(const struct observation *o)
{
	struct cot_kit *kit = find_kit(o->kit_id);

	if (!o->has_place || (!kit && known.count == KITS_MAX))
		return;
	if (!kit) {
		known.kits = xrealloc(known.kits, (known.count + 1) * sizeof(*known.kits));
		kit = &known.kits[known.count++];
		memcpy(kit->id, o->kit_id, sizeof(kit->id));
	}
	kit->place = o->place;
}

/* ua_type is the number of Remote ID (ASTM F3411-22a, Basic ID message): 1 aeroplane, 2 helicopter
 * or multirotor, 4 hybrid lift. */
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

/* Thousandths, without an exponent, which xs:decimal does not allow. */
static void put_number(struct buffer *out, const char *name, double number)
{
	if (fabs(number) < 1e7)
		buffer_printf(out, " %s=\"%.10g\"", name, round(number * 1000) / 1000);
	else
		buffer_printf(out, " %s=\"" UNKNOWN "\"", name);
}

static void put_point(struct buffer *out, const struct cot_event *event)
{
	buffer_printf(out, "<point lat=\"%.7f\" lon=\"%.7f\"", event->place.lat, event->place.lon);
	put_number(out, "hae", event->hae_m);
	put_number(out, "ce", event->ce_m >= 0 ? event->ce_m : (double)NAN);
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
	buffer_add_text(out, "<track");
	put_number(out, "course", course_deg);
	put_number(out, "speed", speed_mps);
	buffer_add_text(out, "/>");
}

/* The other known values, for people, with units. */
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
	{FIELD_POWER_LINEAR, "power ", " (linear)"},
	{FIELD_RSSI, "RSSI ", " dB"},
	{FIELD_DETECTION_TYPE, "video ", ""},
	{FIELD_SIGNAL_TYPE, "kind ", ""},
	{FIELD_CPU_PERCENT, "CPU ", " %"},
	{FIELD_TEMP_CPU, "", " deg C"},
};

static void put_remark(struct buffer *out, struct span value, const char *label, const char *unit)
{
	char text[1024];
	struct span display = value;

	if (scan_kind(value) == SCAN_NULL)
		return;
	if (scan_kind(value) == SCAN_TEXT)
		display = (struct span){text, scan_text(value, text, sizeof(text))};
	buffer_printf(out, "; %s", label);
	xml_put_text(out, display);
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
		buffer_add_text(out, "; hae as sent by the kit: geometric or barometric");
	if (o->kind == KIND_ENCRYPTED)
		buffer_add_text(out, "; encrypted: may stand for several drones");
	if (event->how[2] == 'r')
		buffer_add_text(out, "; somewhere within ce of the kit");
	buffer_add_text(out, "</remarks>");
}

static void put_event(
	struct export_output *output, const struct observation *o, const struct cot_event *event)
{
	struct buffer *out = &output->text;

	buffer_printf(out, "<event version=\"2.0\" uid=\"%s.", event->prefix);
	if (event->is_local) {
		xml_put_text(out, span_of(o->kit_id));
		buffer_add_char(out, '.');
	}
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

/* Move the event to its kit. Return false if the position of the kit is unknown. */
static bool place_at_kit(struct cot_event *event, const struct observation *o)
{
	const struct cot_kit *kit = find_kit(o->kit_id);

	if (!kit)
		return false;
	event->place = kit->place;
	event->how = "m-r";
	event->ce_m =
		radio_range_m(observation_power_dbm(o), observation_number(o, FIELD_FREQ_MHZ));
	return true;
}

/* How each kind is shown. `type` of drones and aircraft depends on the record. */
static const struct cot_event defaults[KIND_COUNT] = {
	[KIND_DRONE] = {"wd-drone", NULL, "m-g", .moves = true},
	[KIND_ENCRYPTED] = {"wd-encrypted", "a-u-A", "m-g", .moves = true, .is_local = true},
	[KIND_EMITTER] = {"wd-emitter", "a-u-A", "m-g", .moves = true},
	[KIND_AIRCRAFT] = {"wd-aircraft", NULL, "m-g", .moves = true},
	[KIND_SIGNAL] = {"wd-signal", "b-m-p-s-m", "m-r", .is_local = true},
	[KIND_KIT] = {"wd-kit", "a-f-G-E-S", "m-g"},
};

static struct cot_event event_of(const struct observation *o)
{
	struct cot_event event = defaults[o->kind];

	event.place = o->place;
	event.hae_m = o->alt_m;
	event.ce_m = observation_number(o, FIELD_GPS_ACCURACY);
	if (o->kind == KIND_DRONE)
		event.type = type_of_drone(o);
	if (o->kind == KIND_AIRCRAFT)
		event.type = type_of_aircraft(o);
	if (o->kind == KIND_SIGNAL)
		event.ce_m = radio_range_m(
			observation_power_dbm(o), observation_number(o, FIELD_FREQ_MHZ));
	return event;
}

static void put_person(struct export_output *output, const struct observation *o,
	const char *prefix, enum field lat, enum field lon)
{
	struct cot_event event = {prefix, "b-m-p-s-m", "m-g", {0, 0}, NAN, NAN};

	if (observation_place(o, lat, lon, &event.place))
		put_event(output, o, &event);
}

static int line(struct export_output *output, struct span text)
{
	struct observation o;

	if (!export_read(output, text, &o) || !o.time)
		return 0;
	struct cot_event event = event_of(&o);
	if (o.kind == KIND_KIT)
		remember_kit(&o);
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

static int end(struct export_output *output)
{
	(void)output;
	free(known.kits);
	known.kits = NULL;
	known.count = 0;
	return 0;
}

const struct format format_cot = {"cot", NULL, line, end, 0};
