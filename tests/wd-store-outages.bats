# wd-store while PostgreSQL is unavailable, restarts, refuses or disconnects: the rows are the input, exactly.

load lib
load store
load postgresql
load store_postgresql

@test "database away at the start: waits for it, or exits 75 with --fail-fast" {
	migrate
	drones 1 10 >lines
	pg_down
	run -75 wd-store --fail-fast "$pg_url" lines
	[[ ${lines[0]} == 'wd-store: the database is unavailable reason="no connection: '* ]]
	[ "${lines[1]}" = 'wd-store: read=10 stored=0 unchanged=0 rejected=0 ignored=0 waiting=10' ]
	start out wd-store "$pg_url" lines
	wait_for 5 grep -q 'database is unavailable' out.err
	pg_up
	ended_with 0 "$started"
	has_rows 10
	grep -q 'database is available again' out.err
}

@test "SIGTERM while the database is unavailable: 75, and counts what is not stored" {
	migrate
	drones 1 10 >lines
	pg_down
	start out wd-store "$pg_url" lines
	wait_for 5 grep -q 'database is unavailable' out.err
	wait_for 5 usr1_logs 'read=10 .* waiting=10'
	kill "$started"
	ended_with 75 "$started"
	grep -q 'stopped before everything was stored' out.err
}

# Lines in pieces, so that there is a middle; `pieces` are 20 batches of 100.
feed() {
	local i
	for ((i = 0; i < 20; i++)); do
		drones $((i * 100 + 1)) $((i * 100 + 100))
		sleep 0.05
	done
}

store_slowly() {
	migrate
	feed | wd-store --batch 100 "$pg_url" 3>&-
}

pieces_stored() {
	[ "$(pg_value wd 'SELECT count(*), count(DISTINCT drone_id) FROM drones' 2>/dev/null)" = '2000|2000' ]
}

some_stored() {
	[ "$(pg_value wd 'SELECT count(*) FROM drones' 2>/dev/null)" -ge "$1" ]
}

@test "SIGTERM while rows are searched that the database refuses: the search ends, with 75" {
	migrate
	psql -qd wd <<-'SQL'
		CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
			$$ BEGIN PERFORM pg_sleep(0.2); RAISE EXCEPTION 'no'; END $$;
		CREATE TRIGGER refuse BEFORE INSERT ON drones FOR EACH ROW WHEN (NEW.kit_id = 'alpha')
			EXECUTE FUNCTION refuse();
	SQL
	drones 1 5000 >lines
	start out wd-store --batch 5000 "$pg_url" lines
	wait_for 20 grep -q 'refuses rows of a batch: still searching for them reason=' out.err
	kill "$started"
	ended_with 75 "$started" # the whole search takes 30 minutes
	grep -q 'stopped before everything was stored' out.err
	has_rows 0
	# The rest is stored when it comes again.
	psql -qd wd -c 'DROP TRIGGER refuse ON drones'
	wd-store -q "$pg_url" lines
	has_rows 5000
}

@test "restarts in the middle, even immediate ones, lose nothing and store nothing twice" {
	start out store_slowly
	for n in 200 800; do
		wait_for 10 some_stored $n
		pg_down immediate
		pg_up
	done
	ended_with 0 "$started"
	pieces_stored
	grep -q 'rejected=0 ignored=0$' out.err
}

@test "a terminated backend is nothing but a new connection" {
	start out store_slowly
	for n in 200 600 1000; do
		wait_for 10 some_stored $n
		pg_value wd "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'wd-store'"
	done
	ended_with 0 "$started"
	pieces_stored
}

@test "a repeat is not sent to the database again; after a failure all rows are" {
	migrate
	mkfifo pipe
	start out wd-store --delay 50ms "$pg_url" pipe
	exec 8>pipe
	drone 1 >&8
	wait_for 5 has_rows 1
	# Deleted by another program: only a restart, a failure or time restores it.
	psql -qd wd -c 'DELETE FROM drones'
	{ drone 1 && drone 2; } >&8
	wait_for 5 has_rows 1
	[ "$(pg_value wd 'SELECT drone_id FROM drones')" = d2 ]
	# Other values are always sent.
	{ drone 1 ',"lat":1' && drone 3; } >&8
	wait_for 5 has_rows 3
	pg_value wd "DELETE FROM drones WHERE drone_id <> 'd3'"
	pg_value wd "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'wd-store'"
	# In one batch.
	printf '%s\n%s\n' "$(drone 2)" "$(drone 4)" >&8
	wait_for 10 has_rows 3
	drone 3 >&8
	exec 8>&-
	ended_with 0 "$started"
	[ "$(pg_value wd "SELECT string_agg(drone_id, ' ' ORDER BY drone_id) FROM drones")" = 'd2 d3 d4' ]
	grep -qx 'wd-store: read=8 stored=6 unchanged=2 rejected=0 ignored=0' out.err
}

@test "a read-only database and one without free connections are waited for" {
	migrate
	drones 1 10 >lines
	pg_value postgres 'ALTER DATABASE wd SET default_transaction_read_only = on'
	run -75 wd-store --fail-fast "$pg_url" lines
	[[ ${lines[0]} == *'reason="25006 '* ]]
	start out wd-store "$pg_url" lines
	wait_for 5 grep -q 'database is unavailable' out.err
	pg_value postgres 'ALTER DATABASE wd SET default_transaction_read_only = off'
	pg_value postgres "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'wd-store'"
	ended_with 0 "$started"
	has_rows 10
	psql -qd wd -c 'DROP ROLE IF EXISTS few' -c 'CREATE ROLE few LOGIN SUPERUSER' \
		-c 'ALTER DATABASE wd CONNECTION LIMIT 0' -c 'ALTER ROLE few NOSUPERUSER'
	run -75 wd-store --fail-fast "${pg_url/wardragon@/few@}" lines
	[[ ${lines[0]} == *'reason="53300 '* ]]
}

# A proxy that cuts the connection around COMMIT; proxied MODE TIMES sets $proxy_url.
proxied() {
	start proxy python3 "$ROOT/tests/commit-proxy.py" "$PG_DIR/.s.PGSQL.5432" "$PWD/.s.PGSQL.5432" "$1" "$2"
	wait_for 5 grep -q ready proxy
	proxy_url="postgresql://wardragon@/wd?host=$PWD"
}

@test "a connection that is cut before, in and after COMMIT: the rows are the input, exactly" {
	drones 1 3000 >lines
	# Few rows go through the staging table, many straight into the table.
	for mode in before/15 in/15 after/15 before/500 in/500 after/500; do
		pg_database wd 2>/dev/null
		migrate
		proxied "${mode%/*}" 3
		run -0 wd-store --batch "${mode#*/}" "$proxy_url" lines
		[[ $output == *'the database is unavailable'* ]]
		[ "$(grep -c "^cut ${mode%/*}" proxy)" = 3 ]
		diff <(pg_value wd 'SELECT drone_id FROM drones' | LC_ALL=C sort) \
			<(jq -r .drone_id lines | LC_ALL=C sort)
		stop_started
		rm .s.PGSQL.5432
	done
}

@test "kill -9 at any moment: running again gives the same tables" {
	migrate
	jumble 4 >lines
	wd-store -q "$pg_url" lines
	pg_tables wd >wanted
	for moment in 1 2 3 4 5 6; do
		pg_database wd 2>/dev/null
		migrate
		start out wd-store --batch 10 "$pg_url" lines
		sleep "0.0$moment"
		kill -9 "$started" 2>/dev/null || true
		wait "$started" || true
		run -0 wd-store "$pg_url" lines
		diff wanted <(pg_tables wd)
	done
}

@test "--jobs: a job that fails is the whole's status; SIGTERM and SIGUSR1 reach all" {
	drones 1 10 >lines
	run -78 wd-store --jobs 2 "$pg_url" lines
	[[ $output == *'the database lacks a column'* ]]
	migrate
	pg_down
	for kit in a b c d; do drones 1 5 $kit; done >lines
	start out wd-store --jobs 3 "$pg_url" lines
	wait_for 5 grep -q 'database is unavailable' out.err
	wait_for 5 usr1_logs 'read=20 stored=0 .* waiting=20'
	kill "$started"
	ended_with 75 "$started"
}

@test "a hundred rounds of kill -9 and restarts, at random moments" {
	[ "${WD_CHECK:-}" = long ] || skip "long: takes minutes"
	migrate
	drones 1 20000 >lines
	for round in $(seq 100); do
		start out wd-store --batch 100 "$pg_url" lines
		sleep "0.$((RANDOM % 900 + 100))"
		((round % 5)) || { pg_down immediate && pg_up; }
		kill -9 "$started" 2>/dev/null || true
		wait "$started" || true
		((round % 10)) || pg_value wd 'TRUNCATE drones' >truncated
	done
	run -0 wd-store "$pg_url" lines
	[[ $output == *'read=20000 '*'rejected=0 ignored=0' ]]
	has_rows 20000
	[ "$(pg_value wd 'SELECT count(DISTINCT drone_id) FROM drones')" = 20000 ]
}
