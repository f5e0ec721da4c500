/* Tables as data: for each column where its value comes from, and which rules it must pass. They
 * are in drone.c, signal.c and status.c; row.c applies them.
 *
 * Key presence decides, never truthiness: the first source whose key is present supplies the
 * value, and what then becomes of it is final. Present means: not null (nor NaN or an infinity) and
 * not one of DragonSync's fillers for "nothing": an empty or blank text, "N/A". */
#ifndef WD_NORMALIZE_TABLE_H
#define WD_NORMALIZE_TABLE_H

#include "common/scan/scan.h"

/* Whose fields a source or a rule is for. 0 in a table means everybody's. */
enum track {
	TRACK_DRONE = 1,
	TRACK_AIRCRAFT = 2,
};

enum kind {
	KIND_TIME,     /* when it was observed; corrected and checked against the reply's time */
	KIND_KIT_ID,   /* the reply's */
	KIND_OFFSET,   /* the reply's clock_offset_s */
	KIND_TRACK,    /* "aircraft" if one of the sources says so, else "drone" */
	KIND_NUMBER,   /* double precision */
	KIND_LATITUDE, /* degrees; the next column is the longitude that belongs to it */
	KIND_LONGITUDE,
	KIND_INTEGER, /* integer: -2^31 .. 2^31 - 1; fractions are rounded */
	KIND_EPOCH,   /* bigint: whole seconds since 1970, fractions cut */
	KIND_TEXT,
	KIND_BOOLEAN,
};

enum condition {
	WHEN_IS,
	WHEN_BELOW,
	WHEN_ABOVE,
	WHEN_WITHIN, /* number..to, both included */
};

enum action {
	THEN_DROP, /* the column stays null */
	THEN_ADD,
	THEN_DIVIDE,
};

/* One thing that can happen to a number. A list of rules ends with one whose `why` is NULL; the
 * first that applies is the only one. */
struct rule {
	enum condition when;
	double number, to;
	enum action then;
	double by;
	unsigned track;
	const char *why; /* in words, for --explain */
};

/* A text of another vocabulary, in lower case, and what the table calls it. Ends with NULL. */
struct choice {
	const char *text, *meaning;
};

enum share {
	SHARE_NONE,
	SHARE_USED, /* 100 * key / of */
	SHARE_FREE, /* 100 * (of - key) / of */
};

/* One place where a column's value may be found. A list of sources ends with `key` NULL. */
struct source {
	const char *key;
	unsigned in;    /* the object that it is a member of: 0 the record itself, else groups[] */
	unsigned track; /* only for these */
	double times, per; /* a change of unit: value * times / per; 0 is 1 */
	/* Reads the number (1 is true) out of a value of an unusual form; where it returns false
	 * the source counts as absent. */
	bool (*read)(struct span value, double *number);
	enum share share; /* with `of`, another key of the same object: what a part is in percent */
	const char *of;
	const struct rule *rules; /* for values from here, before the column's own */
	const char *why;          /* the change in words, for --explain */
};

enum {
	MAPPING_COLUMNS_MAX = 48,
	SOURCES_MAX = 7,
	GROUPS_MAX = 6,
	KEYS_MAX = 128,
	COLUMN_HEAD_MAX = 32,
};

struct map_column {
	const char *name;
	enum kind kind;
	size_t limit; /* KIND_TEXT: at most this many bytes */
	struct source from[SOURCES_MAX];
	const struct rule *rules;
	const struct choice *choices;
	bool required; /* without it there is no record */
};

struct map_table {
	const char *name;    /* the `type` of its records */
	const char *list;    /* the body's key for the list of records; NULL: the body is one */
	const char *lacking; /* why a record without its required column is rejected */
	const char *groups[GROUPS_MAX]; /* [1..]: keys of nested objects that sources are `in` */
	const struct map_column *columns;
	size_t count;
};

extern const struct map_table drone_table, signal_table, status_table;

/* A table and where its keys are found in the members of one record. */
struct mapping {
	const struct map_table *table;
	struct scan_keys keys[GROUPS_MAX];
	const char *names[KEYS_MAX];
	size_t first[GROUPS_MAX];    /* of each group's names, and members */
	size_t group_at[GROUPS_MAX]; /* where the group's object itself is */
	size_t count;
	uint8_t slots[MAPPING_COLUMNS_MAX][SOURCES_MAX]; /* `key` */
	uint8_t parts[MAPPING_COLUMNS_MAX][SOURCES_MAX]; /* `of` */
	size_t track_column; /* of KIND_TRACK; table->count where there is none */
	struct span heads[MAPPING_COLUMNS_MAX]; /* what stands before a column's value: `,"lat":` */
	char text[MAPPING_COLUMNS_MAX * COLUMN_HEAD_MAX];
};

/* `mapping` stays where it is from then on: it points into itself. */
void mapping_init(struct mapping *mapping, const struct map_table *table);

/* The members of a record have been found with keys[0]: finds those of its nested objects too. */
void mapping_find_nested(const struct mapping *mapping, struct scan_member *members);

#endif
