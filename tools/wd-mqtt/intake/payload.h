/* One payload as a kit published it: checked, compact, and what we need to know of it. Pure. */
#ifndef WD_MQTT_PAYLOAD_H
#define WD_MQTT_PAYLOAD_H

#include "common/base/buffer.h"
#include "common/record/record.h"
#include "common/record/reject.h"
#include "tools/wd-mqtt/broker/topic.h"

#include <stdint.h>

/* The longest payload that is taken; DragonSync's have up to 2 KiB. */
#define PAYLOAD_MAX ((size_t)64 << 10)

struct payload {
	struct span json;            /* one object, compact, in the caller's buffer */
	char kit[RECORD_ID_MAX + 1]; /* the kit that it names; "" for none or the placeholder */
	struct span subject; /* the value that names the drone, aircraft or signal, or NULL */
	bool has_time;       /* it carries the time of its observation */
	bool has_updated;
	int64_t updated_s; /* the kit's clock at publishing, seconds since 1970; of a status */
};

/* Check `raw` (of a topic of `kind`) with the strict scanner and repair it as wd-poll(1) does: NaN
 * becomes null, ill-formed UTF-8 becomes U+FFFD. `scratch` is overwritten and holds the result.
 * False if it is longer than PAYLOAD_MAX or not one JSON object; `reason` is then a reject code and
 * its cause, and holds nothing of `raw`. */
bool payload_parse(struct payload *payload, enum topic_kind kind, struct span raw,
	struct buffer *scratch, char reason[REJECT_REASON_SIZE]);

#endif
