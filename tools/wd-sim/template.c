#include "tools/wd-sim/template.h"

#include "common/base/array.h"
#include "common/lines/json.h"
#include "common/log/log.h"
#include "tools/wd-sim/templates.h"

#include <jv.h>
#include <stdlib.h>
#include <sysexits.h>

#define DECIMALS_TEXT (-1)
#define DECIMALS_FLAG (-2)

struct placeholder {
	const char *name;
	size_t offset;
	int decimals; /* or DECIMALS_TEXT, DECIMALS_FLAG */
};

#define TEXT(member)                                                                               \
	{                                                                                          \
#member, offsetof(struct sample, member), DECIMALS_TEXT                            \
	}
#define NUMBER(member, decimals)                                                                   \
	{                                                                                          \
#member, offsetof(struct sample, member), decimals                                 \
	}
#define FLAG(member)                                                                               \
	{                                                                                          \
#member, offsetof(struct sample, member), DECIMALS_FLAG                            \
	}

static const struct placeholder placeholders[] = {
	TEXT(kit),
	TEXT(id),
	TEXT(operator),
	TEXT(name),
	TEXT(mac),
	TEXT(hex),
	TEXT(squawk),
	TEXT(alert),
	NUMBER(updated, 6),
	NUMBER(observed, 6),
	NUMBER(expires, 6),
	NUMBER(published, 0),
	NUMBER(lat, 7),
	NUMBER(lon, 7),
	NUMBER(alt, 2),
	NUMBER(alt_ft, 0),
	NUMBER(height, 2),
	NUMBER(pressure_alt, 1),
	NUMBER(speed, 3),
	NUMBER(speed_kt, 1),
	NUMBER(vspeed, 2),
	NUMBER(direction, 0),
	NUMBER(track, 1),
	NUMBER(pilot_lat, 7),
	NUMBER(pilot_lon, 7),
	NUMBER(home_lat, 7),
	NUMBER(home_lon, 7),
	NUMBER(sensor_lat, 7),
	NUMBER(sensor_lon, 7),
	NUMBER(rssi, 0),
	NUMBER(rssi_dbfs, 1),
	NUMBER(power, 3),
	NUMBER(freq, 2),
	NUMBER(hz, 1),
	NUMBER(cpu, 1),
	NUMBER(memory, 4),
	NUMBER(disk, 4),
	NUMBER(temperature, 1),
	NUMBER(uptime, 1),
	FLAG(adsb),
	FLAG(fpv),
};

/* Constant text followed by a placeholder; NULL in the last piece. */
struct piece {
	struct span text;
	const struct placeholder *placeholder;
};

#define PIECES_MAX 40

struct template
{
	const char *source;
	jv text; /* owns the text of the pieces */
	struct piece pieces[PIECES_MAX];
	size_t count;
};

static struct template templates[FORM_COUNT][TEMPLATE_COUNT] = {
	[FORM_HTTP] =
		{
			[TEMPLATE_REMOTE_ID] = {template_remote_id},
			[TEMPLATE_NO_FIX] = {template_no_fix},
			[TEMPLATE_ENCRYPTED] = {template_encrypted},
			[TEMPLATE_MAVLINK] = {template_mavlink},
			[TEMPLATE_AIRCRAFT] = {template_aircraft},
			[TEMPLATE_FPV] = {template_fpv},
			[TEMPLATE_FHSS] = {template_fhss},
			[TEMPLATE_STATUS] = {template_status},
			[TEMPLATE_CONFIG] = {template_config},
		},
	[FORM_MQTT] =
		{
			[TEMPLATE_REMOTE_ID] = {template_mqtt_remote_id},
			[TEMPLATE_NO_FIX] = {template_mqtt_no_fix},
			[TEMPLATE_ENCRYPTED] = {template_mqtt_encrypted},
			[TEMPLATE_MAVLINK] = {template_mqtt_mavlink},
			[TEMPLATE_AIRCRAFT] = {template_mqtt_aircraft},
			[TEMPLATE_FPV] = {template_mqtt_fpv},
			[TEMPLATE_FHSS] = {template_mqtt_fhss},
			[TEMPLATE_STATUS] = {template_mqtt_status},
		},
};

static const struct placeholder *find_placeholder(const char *name, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(placeholders); i++) {
		if (span_equals((struct span){name, length}, placeholders[i].name))
			return &placeholders[i];
	}
	return NULL;
}

/* Split the text at each `"$name"`. */
static bool split(struct template *template)
{
	const char *at = jv_string_value(template->text);
	const char *quote;

	while ((quote = strstr(at, "\"$"))) {
		const char *name = quote + 2;
		const char *end = strchr(name, '"');
		const struct placeholder *placeholder =
			end ? find_placeholder(name, (size_t)(end - name)) : NULL;

		if (!placeholder || template->count + 1 == PIECES_MAX)
			return false;
		template->pieces[template->count++] =
			(struct piece){{at, (size_t)(quote - at)}, placeholder};
		at = end + 1;
	}
	template->pieces[template->count++] = (struct piece){span_of(at), NULL};
	return true;
}

static int open_one(struct template *template)
{
	jv record = jv_parse(template->source);

	template->count = 0;
	if (!jv_is_valid(record)) {
		jv_free(record);
		return fail(EX_SOFTWARE, "template is not JSON", {"source", template->source});
	}
	template->text = jv_dump_string(record, 0);
	if (!split(template))
		return fail(EX_SOFTWARE, "template has an unknown placeholder or too many",
			{"source", template->source});
	return 0;
}

int templates_open(void)
{
	int status = 0;

	for (size_t i = 0; i < FORM_COUNT * TEMPLATE_COUNT && !status; i++) {
		struct template *template = &templates[0][0] + i;
		status = template->source ? open_one(template) : 0;
	}
	return status;
}

void templates_close(void)
{
	for (size_t i = 0; i < FORM_COUNT * TEMPLATE_COUNT; i++) {
		struct template *template = &templates[0][0] + i;
		if (template->count)
			jv_free(template->text);
		template->count = 0;
	}
}

static void fill(
	struct buffer *out, const struct placeholder *placeholder, const struct sample *sample)
{
	const char *at = (const char *)sample + placeholder->offset;
	double number;

	if (placeholder->decimals == DECIMALS_TEXT) {
		json_put_text(out, span_of(at));
		return;
	}
	if (placeholder->decimals == DECIMALS_FLAG) {
		buffer_add_text(out, *(const bool *)at ? "true" : "false");
		return;
	}
	memcpy(&number, at, sizeof(number));
	buffer_printf(out, "%.*f", placeholder->decimals, number);
}

void template_put(struct buffer *out, enum template_form form, enum template_name name,
	const struct sample *sample)
{
	const struct template *template = &templates[form][name];

	for (size_t i = 0; i < template->count; i++) {
		const struct piece *piece = &template->pieces[i];

		buffer_add_span(out, piece->text);
		if (piece->placeholder)
			fill(out, piece->placeholder, sample);
	}
}
