/* The key of a table: the columns whose values no two rows share. */
#ifndef WD_STORE_KEYS_H
#define WD_STORE_KEYS_H

#include "common/base/buffer.h"
#include "tools/wd-store/sink/sink.h"

/* Return the number of columns of the key, which are the first of the table. */
size_t key_count(const struct table *table);

/* Append the columns of the key, each between two `quote`: "time,kit_id". */
void key_columns(struct buffer *sql, const struct table *table, const char *quote);

/* Append a query whose only value is the number of rows to delete before the key is unique; null if
 * it is. */
void key_duplicates(struct buffer *sql, const struct table *table);

/* Append the statement that creates the unique index. */
void key_create(struct buffer *sql, enum dialect dialect, const struct table *table);

/* Log that `rows` rows (a decimal number) prevent the index, and how to list them. */
enum sink_result key_fail(struct sink *sink, const struct table *table, const char *rows);

#endif
