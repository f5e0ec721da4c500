# A backlog: what wd-drain stores in a second, and what wd-store alone does of the same records in a file.
#
# SEGMENTS (10000), DRONES (50, in each) may be set in the environment.

need wd-poll wd-drain wd-normalize wd-health wd-store wd-sim
# shellcheck source=scripts/bench.d/postgres.bash
. scripts/bench.d/postgres.bash
# shellcheck source=scripts/bench.d/segments.bash
. scripts/bench.d/segments.bash

SEGMENTS=${SEGMENTS:-10000} DRONES=${DRONES:-50}
PATH=$BIN:$PATH
pile_up "$WORK/segments"
records "$WORK/segments" | grep '^{"type":"drone"' >"$WORK/records"
spool=$WORK/spool
postgres_start
postgres_database bench
before "psql -qXd bench -c 'TRUNCATE drones' -c CHECKPOINT; rm -rf $spool $spool.state; mkdir $spool
	cp -al $WORK/segments $spool/new; sync -f $WORK" wd-drain wd-store 'wd-normalize | wd-store'
compare backlog rows "$(wc -l <"$WORK/records")" \
	wd-drain "wd-drain -q --once $spool '$database_url'" \
	wd-store "wd-store -q '$database_url' $WORK/records" \
	'wd-normalize | wd-store' "find $spool/new -type f | sort | xargs cat | wd-normalize | wd-store -q '$database_url'"
[ "$(psql -qXAtd bench -c 'SELECT count(*) FROM drones')" = "$(wc -l <"$WORK/records")" ]
