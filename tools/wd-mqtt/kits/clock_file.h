/* The clock estimates of kits, kept in the spool's directory across restarts: an observation that
 * is published again must get the same corrected time as before. */
#ifndef WD_MQTT_CLOCK_FILE_H
#define WD_MQTT_CLOCK_FILE_H

#include "common/spool/spool.h"
#include "tools/wd-mqtt/intake/intake.h"

/* Read SPOOL/mqtt.clocks, which has a line for each kit whose clock is off by 5 s or more; a
 * missing file, and `spool` NULL, is no error. Lines that cannot be used are skipped. Return 0,
 * EX_IOERR or EX_OSERR. */
int clock_file_read(struct intake *intake, const struct spool *spool);

/* Replace the file atomically. A failure is logged, and the estimates stay in memory. */
void clock_file_write(const struct intake *intake, const struct spool *spool);

#endif
