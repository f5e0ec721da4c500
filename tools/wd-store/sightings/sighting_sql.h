/* The statements that maintain `sightings`. */
#ifndef WD_STORE_SIGHTING_SQL_H
#define WD_STORE_SIGHTING_SQL_H

#include "common/base/buffer.h"
#include "common/db/dialect.h"
#include "common/record/columns.h"
#include "common/time/clock.h"

/* Where rows of `drones` may have been deleted, a count of them is too low: `points` of a bucket
 * that starts before this time never decreases, and never adds rows that may be stored again. */
struct sighting_rules {
	enum dialect dialect;
	int64_t keeps_s; /* a policy deletes rows older than this; 0: none */
	/* For Citus, where DO UPDATE SET cannot contain a query: wd_schema.rows_kept_from. */
	clock_us kept_from;
};

/* Append an expression: the time before which rows may have been deleted; null if none was. */
void sighting_put_kept(struct buffer *sql, const struct sighting_rules *rules);

/* Append "INSERT INTO sightings AS t (…)", which is followed by a SELECT or VALUES. */
void sighting_put_insert(struct buffer *sql);

/* Append " ON CONFLICT …" for new sightings that are added to those that exist. */
void sighting_put_merge(struct buffer *sql, const struct sighting_rules *rules);

/* Append "INSERT … SELECT … ON CONFLICT …", which computes sightings from rows of `drones` AS d and
 * replaces those that exist. `bucket`: an expression for the bucket of a row; `from`: what follows
 * FROM, without GROUP BY. */
void sighting_put_derive(struct buffer *sql, const struct sighting_rules *rules, const char *bucket,
	const char *from);

#endif
