/* A record of a kit's reply as constant text with holes. */
#ifndef WD_SIM_TEMPLATE
#define WD_SIM_TEMPLATE

#include "common/buffer.h"
#include "tools/wd-sim/sighting.h"

/* The records of a real kit (templates/NAME.json), their variable values replaced by "$hole". */
enum template_name {
	TEMPLATE_REMOTE_ID, /* a drone that says who and where it is */
	TEMPLATE_NO_FIX,    /* the same without a position, every other field "invalid" */
	TEMPLATE_ENCRYPTED, /* a drone of which only the radio signal is known */
	TEMPLATE_MAVLINK,   /* a telemetry radio: no observed_at, no serial number */
	TEMPLATE_AIRCRAFT,  /* ADS-B: feet and knots */
	TEMPLATE_FPV,       /* an analogue video signal: linear power */
	TEMPLATE_FHSS,      /* a telemetry radio as a signal: dBm, no bandwidth */
	TEMPLATE_STATUS,    /* the kit itself */
	TEMPLATE_COUNT
};

/* Reads all templates; 0 or EX_SOFTWARE (one of them is no JSON or has an unknown hole: a mistake
 * in this program's own data) or EX_OSERR. */
int templates_open(void);
void templates_close(void);

/* Appends the record, filled in, without a newline. */
void template_put(struct buffer *out, enum template_name name, const struct sighting *sighting);

#endif
