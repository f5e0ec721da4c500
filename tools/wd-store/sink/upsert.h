/* The part of an INSERT that merges a line into a row that exists. */
#ifndef WD_STORE_UPSERT_H
#define WD_STORE_UPSERT_H

#include "common/base/buffer.h"
#include "common/db/dialect.h"
#include "common/record/columns.h"

/* Append "time,kit_id,…": the table's columns. */
void upsert_columns(struct buffer *sql, const struct table *table);

/* Append `value` of a column with ABSENT_FIRST, whose null keeps the value of the row that has `key`;
 * of a new row, it is the first of `among`. For tables whose key is their first column. */
void upsert_kept(struct buffer *sql, const struct table *table, const struct column *column,
	const char *value, const char *key);

/* Append " ON CONFLICT (key)". */
void upsert_target(struct buffer *sql, const struct table *table);

/* Append the value that a column has afterwards; the same rules as value_merge(). */
void upsert_merged(struct buffer *sql, enum dialect dialect, const struct table *table,
	const struct column *column);

/* " ON CONFLICT (key) DO UPDATE SET … WHERE …", for an INSERT INTO table AS t. A row that the new
 * one does not change is not written: that is seven times cheaper. */
void upsert_conflict(struct buffer *sql, enum dialect dialect, const struct table *table);

#endif
