/* The tables: what their columns are called and hold. Whatever reads or writes them builds its SQL
 * from here. */
#ifndef WD_COMMON_COLUMNS
#define WD_COMMON_COLUMNS

#include "common/span.h"

#include <stdint.h>

enum column_kind {
	COLUMN_TIME, /* RFC 3339 text in the line */
	COLUMN_TEXT,
	COLUMN_REAL,
	COLUMN_INTEGER, /* 32 bits */
	COLUMN_BIGINT,  /* 64 bits */
	COLUMN_BOOLEAN,
	COLUMN_TAGS,   /* an array of texts */
	COLUMN_DIGEST, /* not in the line: names the row by its `digested` texts */
};

/* What becomes of a column where the row is there already. */
enum column_merge {
	MERGE_NEWEST,   /* the new value, where there is one */
	MERGE_FIRST,    /* the old value: the row is never changed */
	MERGE_GREATEST, /* the greater of both */
	MERGE_CLOCKED,  /* the new value, unless the table's `clock` column says that it is older */
};

/* What a line without the column means. */
enum column_absent {
	ABSENT_NULL,
	ABSENT_REFUSED,
	ABSENT_TRUE,
	ABSENT_NOW, /* the database's time of day */
};

struct column {
	const char *name;
	enum column_kind kind;
	bool key;      /* part of the primary key; absent it is refused */
	bool digested; /* part of the table's digest */
	enum column_absent absent;
	enum column_merge merge;
	const char *from;         /* its name in the line, where that is another one */
	const char *const *among; /* the only texts that it may hold, NULL at the end */
	double min, max;          /* the range of its numbers; both 0: any */
};

/* A type of line and the table that it goes to. Two types may share a table. */
struct table {
	const char *type; /* NULL: of no line */
	const char *name;
	const char *clock; /* the column that MERGE_CLOCKED asks, or NULL */
	const struct column *columns;
	size_t count;
};

enum {
	TABLE_OWN_REJECTS, /* what wd-store itself cannot use: no line has this type */
	TABLE_DRONE,
	TABLE_SIGNAL,
	TABLE_SYSTEM_HEALTH,
	TABLE_KIT,
	TABLE_KIT_STATUS,
	TABLE_COVERAGE,
	TABLE_REJECT,
	TABLE_COUNT,
	COLUMNS_MAX = 48,
};

/* The columns of a table begin with those of its key. */
extern const struct table tables[TABLE_COUNT];

/* The columns of `rejects`. */
enum {
	REJECT_DIGEST,
	REJECT_TIME,
	REJECT_KIT,
	REJECT_STAGE,
	REJECT_REASON,
	REJECT_RAW,
};

/* The name of a column in the line. */
const char *column_source(const struct column *column);

#endif
