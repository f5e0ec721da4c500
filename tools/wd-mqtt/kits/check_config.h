/* --check: what would be received, for people. */
#ifndef WD_MQTT_CHECK_CONFIG_H
#define WD_MQTT_CHECK_CONFIG_H

#include "tools/wd-mqtt/service.h"

/* Print the broker, the topics and the kits on stdout, and release `kits`. Return 0 or
 * EX_IOERR. */
int check_config_print(const struct service_settings *settings, struct kit_list *kits);

#endif
