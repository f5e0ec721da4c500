/* The lines of wd-mqtt that hold no payload. */
#ifndef WD_MQTT_INTAKE_LINES_H
#define WD_MQTT_INTAKE_LINES_H

#include "common/record/reply_error.h"
#include "tools/wd-mqtt/intake/intake.h"

/* A good reply without a body: the kit is alive. */
void intake_put_alive(struct intake *intake, struct mqtt_kit *kit, struct moment now);

/* A failure of the kit. */
void intake_put_failure(struct intake *intake, struct mqtt_kit *kit, enum reply_error error,
	const char *message, struct moment now);

/* The `kit` line of a kit that is not configured. */
void intake_put_kit(struct intake *intake, const struct mqtt_kit *kit);

/* An unusable payload, unless there are too many of them. */
void intake_reject(struct intake *intake, const char *topic, const char *reason, struct span raw,
	struct moment now);

#endif
