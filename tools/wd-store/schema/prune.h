/* Removal of old rows. */
#ifndef WD_STORE_PRUNE_H
#define WD_STORE_PRUNE_H

#include "common/base/buffer.h"
#include "tools/wd-store/sink/sink.h"

/* Append the statement that deletes a portion of the rows of tables[t] before a time. */
void prune_statement(struct buffer *sql, size_t t, const char *before);

/* Delete old rows of all tables, each portion in a transaction of its own. Ages count back from the newest
 * row (but not from a time in the future), so that neither a wrong clock nor a pause of the collector
 * empties a table. Return as the
 * functions of struct sink_calls; SINK_FAILED with the status EX_TEMPFAIL if a signal asks to stop. */
enum sink_result prune_run(struct sink *sink, const struct retention *retention);

#endif
