/* The main loop: broker in, lines out. */
#ifndef WD_MQTT_SERVICE_H
#define WD_MQTT_SERVICE_H

#include "common/kits/kit_list.h"
#include "common/spool/spool.h"
#include "tools/wd-mqtt/broker/broker.h"
#include "tools/wd-mqtt/intake/intake.h"

struct service_settings {
	const struct kit_source *source; /* no `configs`: no kits are configured */
	const char *default_kit;         /* its id, or NULL */
	struct broker_settings broker;
	struct intake_settings intake;
	struct topics topics;
};

/* Take over `kits`, and run until SIGTERM or SIGINT. `spool` NULL: lines go to stdout. Return 0 or
 * an exit status. */
int service_run(
	const struct service_settings *settings, struct kit_list *kits, struct spool *spool);

#endif
