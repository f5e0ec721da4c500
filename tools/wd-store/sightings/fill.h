/* Computing sightings from rows that are stored already: by hours, the newest first, each in one
 * short transaction that keeps other writers of sightings away. */
#ifndef WD_STORE_FILL_H
#define WD_STORE_FILL_H

#include "tools/wd-store/sink/sink.h"

/* Compute what no run has computed so far; wd_schema records how far it is complete, so that an
 * interrupted run can be continued. The sink is connected, and its tables are complete. */
enum sink_result fill_sightings(struct sink *sink);

/* Warn if there are rows whose sightings were never computed: an interrupted fill. */
enum sink_result fill_check(struct sink *sink);

/* Compute all sightings of `since` and later once more, and delete those without rows, unless old
 * rows may have been deleted. */
enum sink_result refill_sightings(struct sink *sink, clock_us since);

#endif
