# The database is away while segments pile up, and comes back: all of it is stored, by processes that
# stay small. 500 segments; 10,000 in the long run.
load lib
load postgresql

teardown() {
	stop_started
}

# stages DRAIN: the resident memory, in KiB, of each stage of its pipeline.
stages() {
	ps -o rss= --ppid "$1"
}

@test "a backlog that piled up while the database was away is stored whole" {
	cd "$BATS_TEST_TMPDIR"
	[ "${WD_CHECK:-}" = long ] && count=10000 || count=500
	sim --drones 50 --aircraft 50 --signals 3
	wd-poll --once --url "$sim_url/kit-1" --id kit-1 >replies
	pg_database outage
	wd-store -q --migrate "$pg_url"
	pg_down
	mkdir -p spool/new
	"$ROOT/tests/segments.py" spool/new 100 <replies
	start drain wd-drain -v spool "$pg_url"
	wait_for 20 grep -q 'wd-store: .*database' drain.err
	"$ROOT/tests/segments.py" spool/new $count <replies
	[ "$(ls spool/new | wc -l)" = $count ]
	pg_up

	began=$EPOCHREALTIME largest=0
	kill -HUP "$started"
	until [ -z "$(ls spool/new)" ]; do
		for size in $(stages "$started"); do
			[ "$size" -le "$largest" ] || largest=$size
		done
		[ "${EPOCHREALTIME%.*}" -lt "$((${began%.*} + 600))" ]
		sleep 0.1
	done
	rows=$(pg_value outage 'SELECT count(*) FROM drones')
	printf '# %d segments, %d rows: %s rows/s, the largest stage %d MiB\n' $count "$rows" \
		"$(awk -v a="$began" -v b="$EPOCHREALTIME" -v n="$rows" 'BEGIN {printf "%d", n / (b - a)}')" \
		"$((largest / 1024))" >&3

	# Each second's copy of each track is a row of its own; none is missing, no second.
	[ "$rows" = "$((count * 100))" ]
	[ "$(pg_value outage 'SELECT count(*) FROM system_health')" = $count ]
	[ "$(pg_value outage 'SELECT count(*) FROM rejects')" = 0 ]
	[ "$(pg_value outage "SELECT count(*) FROM (SELECT date_trunc('second', time) FROM system_health
		GROUP BY 1) AS seconds")" = $count ]
	# Sanitizers need memory of their own.
	[[ $BIN == */san/* ]] || [ "$largest" -lt 65536 ]
}
