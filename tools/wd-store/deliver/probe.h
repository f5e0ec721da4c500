/* A synthetic row for each table, to find out whether the database stores rows at all. */
#ifndef WD_STORE_PROBE_H
#define WD_STORE_PROBE_H

#include "tools/wd-store/sink/sink.h"

/* Store synthetic rows in every way, and roll back. SINK_OK also if the database refuses these rows
 * for what they contain: the path works then. */
enum sink_result probe_sink(struct sink *sink);

#endif
