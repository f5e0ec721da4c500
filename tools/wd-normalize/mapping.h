/* Mappings as data: for each column, the keys that may hold its value and the rules that the value
 * must pass. They are in drone.c, signal.c and status.c; row.c applies them.
 *
 * Keys are chosen by presence, never by truthiness: 0.0 is a value. The first source is used that
 * is present and whose value no rule discards. Present means: not null (nor NaN or an infinity) and
 * not one of DragonSync's fillers: an empty or blank text, "N/A". */
#ifndef WD_NORMALIZE_MAPPING_H
#define WD_NORMALIZE_MAPPING_H

#include "common/record/reject.h"
#include "common/scan/scan.h"

/* What a record is; decides which sources and rules apply. */
enum variant {
	VARIANT_MQTT = 1,     /* it came by MQTT: the reply has `"via":"mqtt"` */
	VARIANT_AIRCRAFT = 2, /* drones: heard by ADS-B */
	VARIANT_METRIC = 4, /* drones: the older form, whose `altitude` and `speed` are m and m/s */
	VARIANT_EMITTER = 8, /* signals: the position is that of the emitter */
	VARIANT_FPV = 16,    /* signals: analog video, whose rssi is linear power */
};

enum map_kind {
	KIND_TIME,     /* when it was observed; corrected and checked against the reply's time */
	KIND_KIT_ID,   /* the reply's */
	KIND_OFFSET,   /* the reply's clock_offset_s */
	KIND_TRACK,    /* "aircraft" or "drone", by the variant */
	KIND_NUMBER,   /* double precision */
	KIND_LATITUDE, /* degrees; the next column is its longitude, from the same source */
	KIND_LONGITUDE,
	KIND_ALTITUDE, /* two columns after its latitude: a number, never from an earlier source */
	KIND_INTEGER,  /* integer: -2^31 .. 2^31 - 1; fractions are rounded */
	KIND_EPOCH,    /* bigint: whole seconds since 1970, fractions cut */
	KIND_TEXT,
	KIND_ID, /* text without white space, invisible characters and NULs at both ends */
	KIND_BOOLEAN,
};

enum condition {
	WHEN_IS,
	WHEN_BELOW,
	WHEN_ABOVE,
	WHEN_WITHIN, /* number..to, both included */
};

enum action {
	THEN_DROP, /* the next source is tried */
	THEN_ADD,
	THEN_DIVIDE,
};

/* A change of a number. A list of rules ends with one whose `why` is NULL; the first that applies
 * is the only one. */
struct map_rule {
	enum condition when;
	double number, to;
	enum action then;
	double by;
	unsigned except; /* not for these variants */
	const char *why; /* in words, for --explain */
};

/* A text of another vocabulary, in lower case, and what the table calls it. Ends with NULL. */
struct map_choice {
	const char *text, *meaning;
};

enum share {
	SHARE_NONE,
	SHARE_USED, /* 100 * key / of */
	SHARE_FREE, /* 100 * (of - key) / of */
};

/* One key that may hold a column's value. A list of sources ends with `key` NULL. These structures are
 * small because each record goes through all of them. */
struct map_source {
	const char *key;
	uint8_t in; /* the object that it is a member of: 0 the record itself, else groups[] */
	uint8_t only, except; /* only for records that are all of, none of these variants */
	uint8_t share; /* enum share, with `of`, another key of the same object: a part, in percent */
	double times, per; /* a change of unit: value * times / per; 0 is 1 */
	/* Read the number (1 is true) from a value of an unusual form; where it returns false, the
	 * source counts as absent. */
	bool (*read)(struct span value, double *number);
	const char *of;
	const struct map_rule *rules; /* for values from here, before the column's own */
	const char *why;              /* the change in words, for --explain */
};

enum {
	MAPPING_COLUMNS_MAX = 52,
	SOURCES_MAX = 7,
	GROUPS_MAX = 6,
	VARIANTS_MAX = 3,
	KEYS_MAX = 128,
	COLUMN_HEAD_MAX = 32,
};

struct map_column {
	const char *name;
	enum map_kind kind;
	bool required;                 /* without it there is no record */
	size_t limit;                  /* of a text: at most this many bytes */
	const struct map_source *from; /* FROM(), fewer than SOURCES_MAX; NULL for some kinds */
	const struct map_rule *rules;
	const struct map_choice *choices;
};

#define FROM(...)                                                                                  \
	.from = (const struct map_source[])                                                        \
	{                                                                                          \
		__VA_ARGS__,                                                                       \
		{                                                                                  \
			0                                                                          \
		}                                                                                  \
	}

/* A record is of a variant if one of the sources is present; `read` then decides. */
struct map_variant {
	enum variant variant;
	struct map_source when[SOURCES_MAX];
};

struct map_row;

struct map_table {
	const char *name; /* the `type` of its records */
	const char *list; /* the body's key for the list of records; NULL: the body is one */
	enum reject_code lacking;       /* for a record without its required column */
	const char *groups[GROUPS_MAX]; /* [1..]: keys of nested objects that sources are `in` */
	struct map_variant variants[VARIANTS_MAX];
	const struct map_column *columns;
	size_t count;
	void (*finish)(struct map_row *row); /* rules that concern several columns; or NULL */
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
	uint8_t variants[VARIANTS_MAX][SOURCES_MAX];     /* `key` */
	/* Sets of columns; bit i is column i. */
	uint64_t fed_by[KEYS_MAX]; /* those that the key is a source of */
	uint64_t always;           /* those that have a value without a key */
	uint64_t required;
	struct span heads[MAPPING_COLUMNS_MAX]; /* what precedes a column's value: `,"lat":` */
	char text[MAPPING_COLUMNS_MAX * COLUMN_HEAD_MAX];
};

/* `mapping` must not move from then on: it points into itself. */
void mapping_init(struct mapping *mapping, const struct map_table *table);

/* Find the members of nested objects, once those of the record have been found with keys[0]. */
void mapping_find_nested(struct mapping *mapping, struct scan_member *members);

#endif
