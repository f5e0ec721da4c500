/* The half of an INSERT that both databases understand: what happens to a row that is there. */
#ifndef WD_STORE_UPSERT_H
#define WD_STORE_UPSERT_H

#include "common/buffer.h"
#include "common/columns.h"

/* "time,kit_id,…": the table's columns. */
void upsert_columns(struct buffer *sql, const struct table *table);

/* " ON CONFLICT (key) DO UPDATE SET … WHERE …", for an INSERT INTO table AS t. A row to which the
 * new one brings nothing is left alone: that is seven times cheaper. `differs` is the database's
 * operator for "is another value, NULL being one": IS DISTINCT FROM, IS NOT. */
void upsert_conflict(struct buffer *sql, const struct table *table, const char *differs);

#endif
