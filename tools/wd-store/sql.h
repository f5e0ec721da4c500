/* The SQL files, each as a string of its own: what is in sql/ is usable with psql and sqlite3 too.
 */
#ifndef WD_STORE_SQL
#define WD_STORE_SQL

/* Tables, columns and indexes on PostgreSQL; harmless where they are there already. */
extern const char sql_postgresql[];

/* Hypertables, retention and compression where the extension is installed; else nothing. */
extern const char sql_timescaledb[];

/* The roles wd_writer and wd_reader, and what each may do. */
extern const char sql_roles[];

/* Everything on SQLite. */
extern const char sql_sqlite[];

#endif
