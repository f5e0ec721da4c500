/* Records of a kit as constant text with placeholders. */
#ifndef WD_SIM_TEMPLATE_H
#define WD_SIM_TEMPLATE_H

#include "common/base/buffer.h"
#include "tools/wd-sim/sample.h"

/* Records of a real kit (templates/NAME.json and
 * templates/mqtt_NAME.json) whose variable values are replaced by "$name". */
enum template_name {
	TEMPLATE_REMOTE_ID, /* a drone with identity and position */
	TEMPLATE_NO_FIX,    /* the same without a position; the other fields have "invalid" codes */
	TEMPLATE_ENCRYPTED, /* a drone of which only the signal was received */
	TEMPLATE_MAVLINK,   /* a telemetry radio: no observed_at, no serial number */
	TEMPLATE_AIRCRAFT,  /* ADS-B: feet and knots */
	TEMPLATE_FPV,       /* an analogue video signal: linear power */
	TEMPLATE_FHSS,      /* a telemetry radio as a signal: dBm, no bandwidth */
	TEMPLATE_STATUS,    /* the kit itself */
	TEMPLATE_CONFIG,    /* its configuration: by HTTP only */
	TEMPLATE_COUNT
};

/* How a record is sent: as an element of a document, or as the payload of a message. */
enum template_form {
	FORM_HTTP,
	FORM_MQTT,
	FORM_COUNT
};

/* Parse all templates. Return 0 or EX_SOFTWARE (a template is not JSON or has an unknown
 * placeholder: an error in this program). */
int templates_open(void);
void templates_close(void);

/* Append the record with its placeholders replaced, without a newline. */
void template_put(struct buffer *out, enum template_form form, enum template_name name,
	const struct sample *sample);

#endif
