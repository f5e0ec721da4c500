/* The state in the text format that node_exporter's textfile collector reads
 * (https://prometheus.io/docs/instrumenting/exposition_formats/). */
#ifndef WD_HEALTH_PROMETHEUS_H
#define WD_HEALTH_PROMETHEUS_H

#include "tools/wd-health/fleet/health.h"

/* Append the series of the watched kits. */
void prometheus_format(struct buffer *out, const struct health *health);

#endif
