# The pipeline as a whole, on the replies of a real kit.
load lib
load postgresql

CAPTURES=$DATA/captures

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_started
}

# What a correct collector stores of the captures, in this order.
count_sql="SELECT (SELECT count(*) FROM drones) || ' ' || (SELECT count(*) FROM signals)
	|| ' ' || (SELECT count(*) FROM system_health)"
counts='75 36 2'

through() {
	wd-normalize <"$1" | wd-health | wd-store "$2"
}

@test "the captures are 75 drones, 36 signals, 2 statuses in SQLite, however often they come" {
	for round in 1 2 3; do
		through "$CAPTURES/replies.ndjson" sqlite:captures.db
		[ "$(sqlite_value captures.db "$count_sql")" = "$counts" ]
	done
	[ "$(sqlite_value captures.db 'SELECT count(*) FROM rejects')" = 0 ]
}

@test "and the same in PostgreSQL" {
	pg_database captures
	wd-store --migrate "$pg_url"
	for round in 1 2 3; do
		through "$CAPTURES/replies.ndjson" "$pg_url"
		[ "$(pg_value captures "$count_sql")" = "$counts" ]
	done
	[ "$(pg_value captures 'SELECT count(*) FROM rejects')" = 0 ]
}

@test "both databases hold the same values" {
	pg_database twin
	wd-store --migrate "$pg_url"
	through "$CAPTURES/replies.ndjson" "$pg_url"
	through "$CAPTURES/replies.ndjson" sqlite:both.db
	sql="SELECT drone_id, lat, lon, alt, speed, heading, pilot_lat, mac, rssi, freq, description
		FROM drones ORDER BY drone_id, time"
	# As numbers, not as the digits that each database writes, which jq 1.7 keeps.
	numbers='.[] | map_values(if type == "number" then . + 0 else . end)'
	psql -qAtXd twin -c "SELECT coalesce(json_agg(t), '[]') FROM ($sql) t" | jq -Sc "$numbers" >postgres
	sqlite3 -json both.db "$sql" | jq -Sc "$numbers" >sqlite
	[ "$(wc -l <postgres)" = 75 ]
	diff postgres sqlite
}

@test "one bad line among good ones is one reject" {
	sed '7i{"type":"reply",' "$CAPTURES/replies.ndjson" >lines
	through lines sqlite:bad.db
	[ "$(sqlite_value bad.db "$count_sql")" = "$counts" ]
	[ "$(sqlite_value bad.db "SELECT stage || ' ' || raw FROM rejects")" = 'wd-normalize {"type":"reply",' ]
	through lines sqlite:bad.db
	[ "$(sqlite_value bad.db 'SELECT count(*) FROM rejects')" = 1 ]
}

# pipeline SQLITE-FILE POLL-OPTION…: a process group of its own; its exit statuses go to the file
# `statuses`. SIGTERM for the group ends the stages and not the shell that waits for them.
pipeline() {
	local database=$1
	shift
	# shellcheck disable=SC2016
	start pipeline setsid bash -c 'trap : TERM
		wd-poll "${@:2}" | wd-normalize | wd-health | wd-store "sqlite:$1"
		echo "${PIPESTATUS[@]}" >statuses.new
		mv statuses.new statuses' bash "$database" "$@"
}

stored() {
	[ "$(sqlite_value "$1" 'SELECT count(*) FROM drones')" -gt 0 ]
}

@test "SIGTERM for the whole pipeline ends it with 0 everywhere, and nothing is lost" {
	sim --drones 5 --aircraft 0 --signals 2
	pipeline live.db --url "$sim_url" --id sim --poll-interval 0.5 --rate-limit 0
	wait_for 10 stored live.db
	kill -TERM -- "-$started"
	wait_for 5 test -f statuses
	[ "$(<statuses)" = '0 0 0 0' ]
	[ "$(sqlite_value live.db 'PRAGMA integrity_check')" = ok ]
	[ "$(sqlite_value live.db 'SELECT count(*) FROM rejects')" = 0 ]
	[ "$(sqlite_value live.db 'SELECT status FROM kits')" = online ]
}

over() {
	grep -q 'recording finished' sim.err
}

settled() {
	[ "$(sqlite_value "$1" "$count_sql")" = "$counts" ] && [ "$(pg_value "$2" "$count_sql")" = "$counts" ]
}

@test "the recorded polls, served over HTTP in real time, give the same counts" {
	pg_database replayed
	wd-store --migrate "$pg_url"
	start sim wd-sim --port 0 --replay "$CAPTURES/dragonsync"
	wait_for 5 grep -q '^listening on ' sim
	mkfifo poll-pid
	# shellcheck disable=SC2016
	start run bash -c '
		{ bash -c "echo \$\$ >poll-pid; exec wd-poll --url $1 --id kit-cap"; } |
			wd-normalize | wd-health | tee records.ndjson >(wd-store "$2"; echo $? >postgres-status) |
			wd-store sqlite:replayed.db
		echo "${PIPESTATUS[@]}" >statuses' bash "$(sed 's/^listening on //' sim)" "$pg_url"
	read -r poll_pid <poll-pid
	wait_for 75 over
	kill -TERM "$poll_pid"
	wait_for 10 test -s statuses
	wait_for 10 test -s postgres-status
	[ "$(<statuses) $(<postgres-status)" = '0 0 0 0 0 0' ]
	settled replayed.db replayed
	# The only kit has a GPS fix and differs by the age of the recording: the clock of this machine is the
	# suspect one, so that is logged and no time is corrected.
	[ "$(grep -c 'the clock of this machine is wrong' run.err)" = 1 ]
	[ "$(pg_value replayed "SELECT count(*) FROM drones WHERE now() - time < interval '1 hour'")" = 0 ]
	[ "$(pg_value replayed "SELECT count(*) FROM system_health WHERE clock_offset_s IS NULL")" = 2 ]
	[ "$(sqlite_value replayed.db 'SELECT count(*) FROM rejects')" = 0 ]
}
