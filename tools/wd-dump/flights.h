/* Flights, computed from sightings; PostgreSQL's function flights() has the same definition. */
#ifndef WD_DUMP_FLIGHTS_H
#define WD_DUMP_FLIGHTS_H

#include "tools/wd-dump/query.h"
#include "tools/wd-dump/row.h"

struct flights;

/* `selection` is used until flights_close(). */
struct flights *flights_open(const struct selection *selection);
void flights_close(struct flights *flights);

/* Add a sighting. They are sorted by bucket, drone_id and kit_id, as bytes. */
void flights_add(struct flights *flights, const struct row *sighting);

/* No sighting follows. */
void flights_finish(struct flights *flights);

/* Read the next selected flight, of which no later sighting can be part, in the order of their start and
 * drone_id. Return false if there is none. Its texts are valid until the next call. */
bool flights_next(struct flights *flights, struct row *row);

#endif
