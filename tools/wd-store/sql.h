/* The SQL files of sql/, each as a string. All are safe to run again. */
#ifndef WD_STORE_SQL_H
#define WD_STORE_SQL_H

/* What no line holds: wd_schema, and two columns of kits. */
extern const char sql_postgresql[];
extern const char sql_sqlite[];

/* Indexes besides the keys, for either database. */
extern const char sql_indexes[];

/* PostgreSQL: how tables are stored. */
extern const char sql_storage[];

/* PostgreSQL: the function and the view `flights`. */
extern const char sql_flights[];

/* Citus: what distributed tables need. */
extern const char sql_citus[];

/* Hypertables, retention and compression; does nothing without the extension. */
extern const char sql_timescaledb[];

/* The roles wd_writer and wd_reader, and what each may do. */
extern const char sql_roles[];

#endif
