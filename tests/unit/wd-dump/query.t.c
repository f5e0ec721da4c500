/* What is asked of the databases. */
#include "tools/wd-dump/query.h"

#include "tests/unit/tap.h"

static bool all[COLUMNS_MAX];

static void asks(enum dialect dialect, size_t t, const bool *exists,
	const struct selection *selection, const char *wanted, const char *name)
{
	struct query query;

	query_build(&query, dialect, t, exists, selection);
	if (!ok(strstr(query.sql.data, wanted) != NULL, name))
		printf("# %s\n# is not in: %s\n", wanted, query.sql.data);
	query_release(&query);
}

static void conditions(void)
{
	const char *kits[] = {"k'1", "k2"}, *drones[] = {"d"};
	struct selection selection = {.has_since = true, .kits = {kits, 2}, .drones = {drones, 1}};
	struct query query;

	asks(DIALECT_POSTGRESQL, TABLE_DRONE, all, &selection,
		" WHERE time >= $1::timestamptz AND kit_id IN ($2,$3) AND drone_id IN ($4) ",
		"names are parameters");
	asks(DIALECT_SQLITE, TABLE_SIGNAL, all, &selection,
		" WHERE time >= ?1 AND kit_id IN (?2,?3) ORDER BY ", "signals have no drone");
	asks(DIALECT_SQLITE, TABLE_KIT, all, &selection,
		" FROM kits WHERE kit_id IN (?1,?2) ORDER BY ", "kits have no time");
	query_build(&query, DIALECT_SQLITE, TABLE_DRONE, all, &selection);
	is_text(query.parameters[1], "k'1", "as they were given");
	is_text(query.parameters[0], "1970-01-01T00:00:00.000000Z", "the time as text");
	query_release(&query);
}

static void sightings(void)
{
	const char *kits[] = {"k"}, *drones[] = {"d"};
	struct selection selection = {.has_since = true,
		.since = 86700 * CLOCK_SECOND_US,
		.has_until = true,
		.kits = {kits, 1},
		.drones = {drones, 1},
		.max = 2};
	struct query query;

	asks(DIALECT_SQLITE, TABLE_SIGHTING, all, &selection,
		" FROM sightings WHERE bucket > ?1 AND bucket < ?2 AND drone_id IN (?3) AND "
		"substr(drone_id,1,11) <> 'drone-alert' ORDER BY bucket,drone_id,kit_id",
		"sightings of every kit, and all that belong to the newest flights");
	asks(DIALECT_POSTGRESQL, TABLE_SIGHTING, all, &selection,
		" ORDER BY bucket,drone_id COLLATE \"C\",kit_id COLLATE \"C\"", "by bytes");
	query_build(&query, DIALECT_SQLITE, TABLE_SIGHTING, all, &selection);
	is_text(query.parameters[0], "1970-01-01T00:00:00.000000Z", "a day and a gap earlier");
	is_text(query.parameters[1], "1970-01-02T00:00:00.000000Z", "a day later");
	query_release(&query);
}

static void orders(void)
{
	struct selection selection = {.max = 5};

	asks(DIALECT_SQLITE, TABLE_SIGNAL, all, &selection,
		"ORDER BY time DESC,kit_id DESC,freq_mhz DESC"
		" LIMIT 5) AS newest ORDER BY time,kit_id,freq_mhz",
		"the newest, in order");
	selection.max = 0;
	asks(DIALECT_POSTGRESQL, TABLE_DRONE, all, &selection,
		"FROM drones ORDER BY time,kit_id COLLATE \"C\",drone_id COLLATE \"C\"",
		"by bytes, not by language");
	asks(DIALECT_SQLITE, TABLE_REJECT, all, &selection, "ORDER BY time,digest", "rejects too");
}

static void lacks(void)
{
	bool exists[COLUMNS_MAX] = {true};
	const struct selection selection = {0};

	asks(DIALECT_POSTGRESQL, TABLE_KIT, exists, &selection, "NULL::text AS name",
		"a column that is not there is null");
	asks(DIALECT_POSTGRESQL, TABLE_KIT, exists, &selection,
		"coalesce(NULL, TRUE)::bool AS enabled", "or what its absence means");
	asks(DIALECT_SQLITE, TABLE_KIT_STATUS, exists, &selection, "last_seen AS status_time",
		"without the time of a state, when the kit was last seen");
	asks(DIALECT_SQLITE, TABLE_KIT_STATUS, all, &selection,
		"coalesce(status_time, last_seen) AS status_time", "also row by row");
}

int main(void)
{
	memset(all, true, sizeof(all));
	conditions();
	sightings();
	orders();
	lacks();
	return tap_done();
}
