/* The SQL that a database understands. */
#ifndef WD_DB_DIALECT_H
#define WD_DB_DIALECT_H

enum dialect {
	DIALECT_POSTGRESQL,
	DIALECT_SQLITE,
	DIALECT_CITUS, /* PostgreSQL, whose tables Citus distributes */
	DIALECT_COUNT,
};

#endif
