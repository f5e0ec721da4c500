/* The tables: the only list of their columns. SQL, CSV headings and checks are made from it.
 *
 * To add a column:
 *  1. Add a line to its table in columns.c, at the end, with `.since` set to a SCHEMA_VERSION that
 *     is one higher. wd-store --migrate, and on SQLite the first write, add it to older databases.
 *  2. If kits send it: add a line with its sources at the same place of the mapping in
 *     tools/wd-normalize (drone.c, signal.c, status.c), a reply with it to tests/data/replies, and
 *     what it becomes to tests/data/golden. tests/unit/wd-normalize/columns.t.c
 *     compares both lists.
 *  3. Describe it in man/wd-record.5. tests/columns.bats compares the page with the tables.
 *  4. If a map format should show it: add it to common/map/observation.c. CSV has it already.
 */
#ifndef WD_COMMON_COLUMNS_H
#define WD_COMMON_COLUMNS_H

#include "common/base/span.h"

#include <stdint.h>

/* Recorded in wd_schema. */
#define SCHEMA_VERSION 3

enum column_kind {
	COLUMN_TIME, /* RFC 3339 text in the line */
	COLUMN_TEXT,
	COLUMN_REAL,
	COLUMN_INTEGER, /* 32 bits */
	COLUMN_BIGINT,  /* 64 bits */
	COLUMN_BOOLEAN,
	COLUMN_TAGS,   /* an array of texts */
	COLUMN_DIGEST, /* not in the line: a hash of the row's `digested` texts */
};

/* The value that a row has after another line with the same key. */
enum column_merge {
	MERGE_NEWEST,  /* the new value; the old one where the line has none */
	MERGE_FIRST,   /* the old value: the row is never changed */
	MERGE_LATEST,  /* the later time */
	MERGE_CLOCKED, /* the new value, unless the table's `clock` column shows that it is older */
	MERGE_MINIMUM, /* the lower value, if there are two */
	MERGE_MAXIMUM, /* the higher value, if there are two */
	MERGE_SUM,     /* null where either is null */
	MERGE_GROUP,   /* the new value if the time of the column's group shows that it applies */
};

/* Columns of `sightings` that are taken together from one observation: the newest in which they are
 * present, or the oldest. */
struct column_group {
	const char *time; /* the column with the observation's time, which follows the others */
	bool oldest;
	bool any; /* present if one of them is; else all must be */
};

/* MERGE_LATEST and MERGE_CLOCKED: a time that is further than this ahead of the database's clock
 * never replaces another, and any other replaces it. */
#define FUTURE_MAX_MINUTES 5

/* What a line without the column means. */
enum column_absent {
	ABSENT_NULL,
	ABSENT_REFUSED,
	ABSENT_TRUE,
	ABSENT_FIRST, /* what the row has, else the first of `among` */
	ABSENT_NOW,   /* the database's current time */
};

struct column {
	const char *name;
	enum column_kind kind;
	const char *unit; /* of its numbers, where the name does not include it; or NULL */
	bool key;         /* part of the primary key: a line without it is refused */
	bool digested;    /* part of the table's digest */
	enum column_absent absent;
	enum column_merge merge;
	const char *from;         /* its name in the line, where that differs; or NULL */
	const char *const *among; /* the only texts that are allowed, NULL at the end; or NULL */
	double min, max;          /* the range of its numbers; both 0: any */
	const char *initial;      /* what a row has that was made without it, in place of null */
	int since;                /* the schema version that added it; 0: the first */
	const struct column_group *group; /* or NULL */
};

/* How long rows are kept where old ones are removed (wd-store --prune, TimescaleDB's policies). */
enum keep {
	KEEP_ALWAYS,
	KEEP_ROWS,      /* detections */
	KEEP_HEALTH,    /* what explains them: the health and coverage of kits, rejects */
	KEEP_SIGHTINGS, /* what remains of them: sightings, events */
	KEEP_COUNT,
};

/* A type of line and the table that it goes to. Two types may share a table. */
struct table {
	const char *type; /* NULL: no line has this type */
	const char *name;
	enum keep keep;
	const char *clock; /* the column that MERGE_CLOCKED compares, or NULL */
	const struct column *columns;
	size_t count;
};

enum {
	TABLE_OWN_REJECTS, /* lines that wd-store itself cannot use */
	TABLE_DRONE,
	TABLE_SIGNAL,
	TABLE_SYSTEM_HEALTH,
	TABLE_KIT,
	TABLE_KIT_STATUS,
	TABLE_COVERAGE,
	TABLE_EVENT,
	TABLE_REJECT,
	TABLE_SIGHTING, /* computed from `drones` */
	TABLE_COUNT,
	COLUMNS_MAX = 48,
};

/* The columns of a table begin with those of its key. */
extern const struct table tables[TABLE_COUNT];

/* What `flight` lines and the function flights() of PostgreSQL have; computed from `sightings`. */
extern const struct table flight_table;

enum {
	FLIGHT_STARTED,
	FLIGHT_DRONE,
	FLIGHT_ENDED,
	FLIGHT_DURATION,
	FLIGHT_KITS,
	FLIGHT_PATH,
	FLIGHT_MERGED, /* this column and those that follow: those of sightings, with these names */
};

/* The columns of `rejects`. */
enum {
	REJECT_DIGEST,
	REJECT_TIME,
	REJECT_KIT,
	REJECT_STAGE,
	REJECT_REASON,
	REJECT_RAW,
};

/* The columns of `sightings` that are no aggregate of one column. */
enum {
	SIGHTING_BUCKET,
	SIGHTING_KIT,
	SIGHTING_DRONE,
	SIGHTING_FIRST,
	SIGHTING_LAST,
	SIGHTING_POINTS, /* how many rows of `drones` */
};

/* The duration of a bucket of `sightings`, in seconds. It starts at a multiple since 1970, and its end
 * is not part of it. */
#define SIGHTING_BUCKET_S 300

/* A drone that is not received for longer has ended its flight. As long as a bucket, so that flights are
 * exact: rows of one bucket, and of buckets that follow each other, decide. */
#define FLIGHT_GAP_S SIGHTING_BUCKET_S

/* The table of a type of line, or NULL. */
const struct table *table_find(const char *type);

/* The index of the column with that name, or the number of columns if no column has it. */
size_t table_column(const struct table *table, const char *name);

/* The name of a column in the line. */
const char *column_source(const struct column *column);

#endif
