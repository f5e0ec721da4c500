/* The statements that create the tables of common/record/columns.h, or add what an older database lacks.
 * What no line holds (wd_schema, kits.created_at, indexes) is in sql/. */
#ifndef WD_STORE_SCHEMA_H
#define WD_STORE_SCHEMA_H

#include "common/base/buffer.h"
#include "common/db/dialect.h"
#include "common/record/columns.h"

/* Append "CREATE TABLE IF NOT EXISTS …;" with all columns of tables[t]. */
void schema_create(struct buffer *sql, enum dialect dialect, size_t t);

/* Append "ADD COLUMN …", the part of an ALTER TABLE that adds a column that is not a key. */
void schema_add_column(struct buffer *sql, enum dialect dialect, const struct column *column);

/* Append what follows once all columns are there: values for older rows, and SCHEMA_VERSION. */
void schema_complete(struct buffer *sql, enum dialect dialect);

/* Append what creates or completes all tables of a PostgreSQL database. */
void schema_postgresql(struct buffer *sql);

#endif
