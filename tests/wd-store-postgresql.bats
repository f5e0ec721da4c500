# wd-store on PostgreSQL: the schema, the rows, rejects, privileges. When the database is unavailable:
# wd-store-outages.bats.

load lib
load store
load postgresql
load store_postgresql

@test "--migrate makes the tables, and is harmless when run again" {
	run -78 wd-store --check "$pg_url"
	[[ $output == 'wd-store: the database lacks a column table='*' hint="wd-store --migrate"' ]]
	run -0 wd-store --migrate "$pg_url"
	[ "$output" = 'wd-store: the tables are complete' ]
	run -0 wd-store --check "$pg_url"
	[ "$output" = 'wd-store: ready to store' ]
	pg_as pg_dump -h "$PGHOST" -U wardragon -s wd >before
	run -0 wd-store --migrate "$pg_url"
	pg_as pg_dump -h "$PGHOST" -U wardragon -s wd >after
	diff <(grep -v '^.restrict\|^.unrestrict' before) <(grep -v '^.restrict\|^.unrestrict' after)
	[ "$(pg_value wd 'SELECT max(version) FROM wd_schema')" = "$schema_version" ]
}

@test "most changes of sightings and of kits stay in their page" {
	migrate
	for second in {10..39}; do
		drones 1 200 | jq -c ".time = \"2026-11-23T18:00:${second}Z\""
		echo '{"type":"kit_status","kit_id":"alpha","status":"online","time":"2026-11-23T18:00:'$second'Z"}'
	done >lines
	wd-store -q --batch 201 "$pg_url" lines
	hot() {
		[ "$(pg_value wd "SELECT n_tup_upd > 0 AND n_tup_hot_upd >= 0.9 * n_tup_upd FROM pg_stat_user_tables
			WHERE relname = '$1'")" = t ]
	}
	wait_for 10 hot sightings
	wait_for 10 hot kits
}

@test "every type of line is stored, and a second time changes nothing" {
	migrate
	run -0 wd-store "$pg_url" "$DATA/store.ndjson"
	[ "$output" = 'wd-store: read=13 stored=8 unchanged=2 rejected=2 ignored=1' ]
	pg_tables wd >once
	[ "$(pg_value wd 'SELECT lat, alt, rssi, description FROM drones WHERE drone_id = $$d1$$')" = \
		'42.36914706699754|12|-68|q"uo\te�é☃' ]
	[ "$(pg_value wd 'SELECT time, vspeed, runtime, on_ground FROM drones WHERE drone_id ~ $$icao$$')" = \
		'2026-11-23 17:59:29+00|-0|8|t' ]
	[ "$(pg_value wd 'SELECT kit_updated_epoch, gps_fix FROM system_health')" = '1795456769123456789|t' ]
	[ "$(pg_value wd 'SELECT status, last_seen, status_time, source, tags[2] FROM kits')" = \
		'online|2026-11-23 17:59:29.7+00|2026-11-23 17:59:30+00|http|a "b"\c' ]
	[ "$(pg_value wd 'SELECT state, requests, ok, failed FROM coverage')" = 'listening|12|11|1' ]
	[ "$(pg_value wd 'SELECT stage, kit_id, reason FROM rejects ORDER BY reason')" = \
		"wd-store|alpha|bad_value: drones.track_type: not one of the known
wd-normalize|alpha|no_id
wd-store||not_json: expected an object at byte 0" ]
	run -0 wd-store "$pg_url" "$DATA/store.ndjson"
	[ "$output" = 'wd-store: read=13 stored=0 unchanged=10 rejected=2 ignored=1' ]
	diff once <(pg_tables wd)
}

@test "the specification's own tables are completed, and keep their rows" {
	psql -qd wd -f "$DATA/schema/original.sql"
	run -78 wd-store "$pg_url" "$DATA/store.ndjson"
	migrate
	run -0 wd-store "$pg_url" "$DATA/store.ndjson"
	[[ $output == *' stored=8 '* ]]
	[ "$(pg_value wd "SELECT lat FROM drones WHERE kit_id = 'old'")" = 1.5 ]
	[ "$(pg_value wd "SELECT status, enabled, source FROM kits WHERE kit_id = 'old'")" = 'idle|t|http' ]
}

@test "the tables of today's deployments are completed, and keep rows and indexes" {
	psql -qd wd -f "$DATA/schema/upstream.sql"
	migrate
	run -0 wd-store "$pg_url" "$DATA/store.ndjson"
	[[ $output == *' stored=8 '* ]]
	wd-store -q "$pg_url" <<<'{"type":"kit_status","kit_id":"old","status":"stale","time":"2026-11-23T18:00:00Z"}'
	[ "$(pg_value wd "SELECT status FROM kits WHERE kit_id = 'old'")" = stale ]
	[ "$(pg_value wd "SELECT count(*) FROM pg_indexes WHERE tablename = 'drones'")" = 15 ]
}

@test "without TimescaleDB its file does nothing" {
	migrate
	psql -qd wd -v ON_ERROR_STOP=1 -1 -f "$ROOT/tools/wd-store/sql/timescaledb.sql"
	wd-store -q --check "$pg_url"
	[ "$(pg_value wd "SELECT relkind FROM pg_class WHERE relname = 'drones'")" = r ]
}

# TimescaleDB is not packaged in Debian: functions of the same names that note how they are called.
pretend_timescaledb() {
	psql -qd wd <<-'SQL'
		CREATE TABLE calls (call text);
		CREATE TABLE installed AS SELECT 'timescaledb' AS extname;
		CREATE FUNCTION noted(text) RETURNS void BEGIN ATOMIC INSERT INTO calls VALUES ($1); END;
		CREATE FUNCTION by_range(text) RETURNS text RETURN 'range ' || $1;
		CREATE FUNCTION create_hypertable(relation regclass, dimension text,
			create_default_indexes boolean, if_not_exists boolean, migrate_data boolean)
			RETURNS void BEGIN ATOMIC SELECT noted(format('hypertable %s %s', $1, $2)); END;
		CREATE FUNCTION add_retention_policy(relation regclass, drop_after interval,
			if_not_exists boolean)
			RETURNS void BEGIN ATOMIC SELECT noted(format('keep %s %s', $1, $2)); END;
		CREATE FUNCTION add_compression_policy(hypertable regclass, compress_after interval,
			if_not_exists boolean)
			RETURNS void BEGIN ATOMIC SELECT noted(format('compress %s %s', $1, $2)); END;
		CREATE SCHEMA timescaledb_information;
		CREATE VIEW timescaledb_information.hypertables AS SELECT n AS hypertable_name,
			'public' AS hypertable_schema, n = 'signals' AS compression_enabled
			FROM unnest(ARRAY['drones', 'signals', 'system_health', 'sightings']) AS n;
		CREATE TABLE timescaledb_information.continuous_aggregates (hypertable_schema name,
			hypertable_name name, materialization_hypertable_schema name,
			materialization_hypertable_name name, view_schema name, view_name name);
		CREATE TABLE timescaledb_information.jobs (job_id integer, proc_name name,
			hypertable_schema name, hypertable_name name, config jsonb);
	SQL
}

@test "with TimescaleDB its file makes hypertables that are kept and compressed as documented" {
	migrate
	pretend_timescaledb
	sed -e 's/FROM pg_extension/FROM installed/' -e 's/EXECUTE format(/PERFORM noted(format(/' \
		-e 's/wanted.ordering)/&)/' -e 's/current_database()/&)/' \
		"$ROOT/tools/wd-store/sql/timescaledb.sql" | psql -qd wd -v ON_ERROR_STOP=1
	diff - <(pg_value wd 'SELECT call FROM calls') <<-'END'
		hypertable drones range time
		keep drones 30 days
		ALTER TABLE drones SET (timescaledb.compress, timescaledb.compress_segmentby = 'kit_id', timescaledb.compress_orderby = 'time DESC, drone_id')
		compress drones 7 days
		hypertable signals range time
		keep signals 30 days
		compress signals 7 days
		hypertable system_health range time
		keep system_health 90 days
		ALTER TABLE system_health SET (timescaledb.compress, timescaledb.compress_segmentby = 'kit_id', timescaledb.compress_orderby = 'time DESC')
		compress system_health 7 days
		hypertable sightings range bucket
		keep sightings 365 days
		ALTER TABLE sightings SET (timescaledb.compress, timescaledb.compress_segmentby = 'kit_id', timescaledb.compress_orderby = 'bucket DESC, drone_id')
		compress sightings 31 days
		ALTER DATABASE wd SET timescaledb.max_tuples_decompressed_per_dml_transaction = 0
	END
}

@test "one batch gives what its lines would have given one by one" {
	for seed in 1 2 3; do
		jumble $seed >lines
		for batch in 1 7 5000; do
			pg_database wd 2>/dev/null
			migrate
			run -0 wd-store --batch $batch "$pg_url" lines
			[[ $output =~ read=([0-9]+)\ stored=([0-9]+)\ unchanged=([0-9]+)\ rejected=([0-9]+)\ ignored=0$ ]]
			((BASH_REMATCH[1] == 900 && BASH_REMATCH[2] + BASH_REMATCH[3] + BASH_REMATCH[4] == 900))
			pg_tables wd >tables.$batch
		done
		diff tables.1 tables.7
		diff tables.1 tables.5000
		grep -q balloon tables.1
	done
}

@test "one poison row among 5,000 becomes a reject, the others are stored" {
	migrate
	psql -qd wd -c "ALTER TABLE drones ADD CONSTRAINT no_fly CHECK (lat <> 66.6)"
	{
		drones 1 2500
		drone poison ',"lat":66.6'
		drones 2501 4999
	} >lines
	run -0 wd-store "$pg_url" lines
	[ "${lines[-1]}" = 'wd-store: read=5000 stored=4999 unchanged=0 rejected=1 ignored=0' ]
	[ "$(pg_value wd 'SELECT stage, kit_id, time, reason, raw FROM rejects')" = \
		"wd-store|alpha|2026-11-23 17:59:29.5+00|refused: 23514 no_fly|$(drone poison ',"lat":66.6')" ]
	run -0 wd-store "$pg_url" lines
	[ "${lines[-1]}" = 'wd-store: read=5000 stored=0 unchanged=4999 rejected=1 ignored=0' ]
	[ "$(pg_value wd 'SELECT count(*) FROM rejects')" = 1 ]
}

@test "poison of other kinds: too long for the index, refused by a trigger, the first, the last, all" {
	migrate
	psql -qd wd <<-'SQL'
		CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
			$$ BEGIN RAISE EXCEPTION 'not %', NEW.lat; END $$;
		CREATE TRIGGER refuse BEFORE INSERT ON drones FOR EACH ROW WHEN (NEW.lat = 66.6)
			EXECUTE FUNCTION refuse();
	SQL
	{
		drone first ',"lat":66.6'
		drones 1 50
		printf '{"type":"drone","time":"2026-11-23T17:59:29Z","kit_id":"alpha","drone_id":"%s"}\n' \
			"$(head -c 9000 /dev/urandom | base64 -w 0)"
		drones 51 98
		drone last ',"lat":66.6'
	} >lines
	run -0 wd-store "$pg_url" lines
	[ "${lines[-1]}" = 'wd-store: read=101 stored=98 unchanged=0 rejected=3 ignored=0' ]
	[ "$(pg_value wd 'SELECT reason FROM rejects GROUP BY 1 ORDER BY 1')" = "refused: 54000
refused: P0001" ]
	for n in 1 2 3 4 5 6 7; do drone "p$n" ',"lat":66.6'; done >lines
	run -0 wd-store "$pg_url" lines
	[ "${lines[-1]}" = 'wd-store: read=7 stored=0 unchanged=0 rejected=7 ignored=0' ]
}

@test "a batch of nothing but poison takes seconds, not minutes" {
	migrate
	psql -qd wd -c "ALTER TABLE drones ADD CONSTRAINT no_fly CHECK (lat < 0)"
	drones 1 1000 >lines
	run -0 timeout 120 wd-store "$pg_url" lines
	# A search of more than 5 s is logged before.
	[ "${lines[-2]}" = 'wd-store: the database refused rows; they are in rejects rows=1000 reason="23514 no_fly"' ]
	[ "${lines[-1]}" = 'wd-store: read=1000 stored=0 unchanged=0 rejected=1000 ignored=0' ]
}

@test "large batches, new rows and known ones mixed" {
	migrate
	drones 1 3000 >lines
	drones 2001 5000 >more
	drones 5001 9000 >last
	run -0 wd-store --batch 1500 "$pg_url" lines more last
	[ "$output" = 'wd-store: read=10000 stored=9000 unchanged=1000 rejected=0 ignored=0' ]
	run -0 wd-store --batch 1500 "$pg_url" last more lines
	[ "$output" = 'wd-store: read=10000 stored=0 unchanged=10000 rejected=0 ignored=0' ]
	has_rows 9000
	[ "$(pg_value wd 'SELECT sum(rssi), sum(lat) FROM drones')" = "$(cat lines more last | jq -s \
		'unique_by(.drone_id) | map(.rssi) as $r | map(.lat) as $l | "\($r | add)|\($l | add)"' -r)" ]
}

@test "columns that have other types than ours get the correct values" {
	migrate
	psql -qd wd -c 'ALTER TABLE drones ALTER rssi TYPE double precision, ALTER lat TYPE numeric,
		ALTER description TYPE varchar(20), ALTER time TYPE timestamp'
	drones 1 2000 >lines
	run -0 wd-store "$pg_url" lines
	[[ $output == *' stored=2000 '* ]]
	[ "$(pg_value wd "SELECT rssi, lat, description, time FROM drones WHERE drone_id = 'd42'")" = \
		'-42|42|drone number 42|2026-11-23 00:00:42' ]
}

@test "what a row holds is not in the log" {
	migrate
	psql -qd wd -c "ALTER TABLE drones ADD CONSTRAINT no_fly CHECK (lat <> 66.6)"
	drone secret-name ',"lat":66.6,"description":"secret text"' >lines
	run -0 wd-store -v "$pg_url" lines
	[[ $output != *secret* ]]
}

@test "a tag with a NUL is a tag with U+FFFD, and no reason to refuse the kit" {
	migrate
	echo '{"type":"kit","kit_id":"k","tags":["a\u0000b","\\u0000","c\u0041"]}' >lines
	run -0 wd-store "$pg_url" lines
	[ "$output" = 'wd-store: read=1 stored=1 unchanged=0 rejected=0 ignored=0' ]
	[ "$(pg_value wd 'SELECT tags FROM kits')" = '{a�b,"\\u0000",cA}' ]
}

@test "a missing table, column or privilege is 78 with a hint; no row is rejected" {
	migrate
	drones 1 10 >lines
	psql -qd wd -c 'ALTER TABLE drones DROP COLUMN callsign'
	run -78 wd-store "$pg_url" lines
	[[ ${lines[0]} == 'wd-store: the database lacks a column table=drones column=callsign hint="wd-store --migrate"' ]]
	migrate
	psql -qd wd -c 'DROP ROLE IF EXISTS stranger' -c 'CREATE ROLE stranger LOGIN'
	run -78 wd-store "${pg_url/wardragon@/stranger@}" lines
	[[ ${lines[0]} == *'sqlstate=42501 '*'hint="wd-store --migrate --roles, then GRANT wd_writer TO this user"' ]]
	[[ ${lines[1]} == *' rejected=0 '*' waiting=10' ]]
	run -78 wd-store "${pg_url/wd?/nowhere?}" lines
	[[ ${lines[0]} == *'sqlstate=3D000 '*'hint=createdb' ]]
	run -78 wd-store "${pg_url/wardragon@/absent@}" lines
	[[ ${lines[0]} == *'sqlstate=28000 '* ]]
	[ "$(pg_value wd 'SELECT count(*) FROM rejects')" = 0 ]
}

@test "a column that is dropped meanwhile is 78, and no row is rejected for it" {
	migrate
	mkfifo pipe
	start out wd-store --delay 50ms "$pg_url" pipe
	exec 8>pipe
	drones 1 10 >&8
	wait_for 5 has_rows 10
	psql -qd wd -c 'ALTER TABLE drones DROP COLUMN callsign'
	drones 11 20 >&8
	ended_with 78 "$started"
	grep -q 'sqlstate=42703' out.err
	[ "$(pg_value wd 'SELECT count(*) FROM rejects')" = 0 ]
	exec 8>&-
}

@test "wd_writer can store and neither delete nor make tables; wd_reader can read" {
	wd-store -q --migrate --roles "$pg_url"
	wd-store -q --migrate --roles "$pg_url"
	psql -qd wd -c 'DROP ROLE IF EXISTS collector, grafana' -c 'CREATE ROLE collector LOGIN IN ROLE wd_writer' \
		-c 'CREATE ROLE grafana LOGIN IN ROLE wd_reader'
	run -0 wd-store "${pg_url/wardragon@/collector@}" "$DATA/store.ndjson"
	[[ $output == *' stored=8 '* ]]
	run -0 wd-store "${pg_url/wardragon@/collector@}" "$DATA/store.ndjson"
	[[ $output == *' stored=0 unchanged=10 '* ]]
	for statement in 'DELETE FROM drones' 'CREATE TABLE x ()' 'ALTER TABLE drones ADD COLUMN x text' \
		'TRUNCATE drones'; do
		run -1 psql -qU collector -d wd -c "$statement"
		[[ $output == *'permission denied'* || $output == *'must be owner'* ]]
	done
	[ "$(psql -qAtU grafana -d wd -c 'SELECT count(*) FROM drones')" = 2 ]
	for statement in 'DELETE FROM drones' "INSERT INTO wd_schema VALUES (9)" 'UPDATE kits SET name = NULL'; do
		run -1 psql -qU grafana -d wd -c "$statement"
		[[ $output == *'permission denied'* ]]
	done
	for statement in 'CREATE TEMPORARY TABLE x ()' 'SELECT lo_create(0)' "SELECT lo_from_bytea(0, 'x')" \
		'SELECT lo_creat(-1)'; do
		run -1 psql -qU grafana -d wd -c "$statement"
		[[ $output == *'permission denied'* ]]
	done
	run -78 wd-store "${pg_url/wardragon@/grafana@}" "$DATA/store.ndjson"
	[[ ${lines[0]} == *'sqlstate=42501 '* ]]
	run -0 wd-store --check "${pg_url/wardragon@/collector@}"
	run -78 wd-store --check "${pg_url/wardragon@/grafana@}"
	[[ ${lines[0]} == *'lacks a privilege that storing needs table='*' privilege=INSERT hint='*wd_writer* ]]
}

@test "a database that does not exist is named as that" {
	run -78 wd-store --check "postgresql://wardragon@/nowhere?host=$PG_DIR"
	[[ $output == *'reason="no such database" hint=createdb' ]]
}

@test "URLs of SQLAlchemy are understood; a password is never shown" {
	migrate
	for scheme in postgres postgresql+psycopg2 postgresql+asyncpg; do
		run -0 wd-store --check "${pg_url/postgresql:/$scheme:}"
	done
	run -64 wd-store --check 'mysql://u:hushhush@h/d'
	[[ $output != *hushhush* ]]
	for url in 'postgresql://wardragon:hushhush@/nowhere' 'postgresql://wardragon:hushhush@127.0.0.1:1/wd' \
		'postgresql://wardragon:hushhush@[bad/wd' 'postgresql://wardragon:hushhush@/wd?nonsense=1'; do
		run wd-store -v --fail-fast --check "${url/nowhere/nowhere?host=$PG_DIR}"
		[ "$status" != 0 ]
		[[ $output != *hushhush* ]]
	done
}

@test "--jobs: the tables are the same, and a kit's lines stay in their order" {
	for seed in 6 7; do
		jumble $seed >lines
		migrate
		wd-store -q "$pg_url" lines
		pg_tables wd >wanted
		for input in lines '<lines'; do
			pg_database wd 2>/dev/null
			migrate
			run -0 bash -c "wd-store --jobs 3 --batch 10 '$pg_url' $input"
			[[ $output =~ read=([0-9]+)\ stored=([0-9]+)\ unchanged=([0-9]+)\ rejected=([0-9]+)\ ignored=0$ ]]
			((BASH_REMATCH[1] == 900 && BASH_REMATCH[2] + BASH_REMATCH[3] + BASH_REMATCH[4] == 900))
			diff wanted <(pg_tables wd)
		done
		pg_database wd 2>/dev/null
	done
	run -64 bash -c "cat lines | wd-store --jobs 3 '$pg_url'"
	[[ ${lines[0]} == 'wd-store: several jobs read files only argument=--jobs' ]]
}

@test "--jobs: one line shows how far all of them are" {
	migrate
	{ drones 1 5000 && drones 1 5000 b && drones 1 5000 c; } >lines
	psql -qd wd -c BEGIN -c 'LOCK TABLE drones' \
		-c '\! timeout 60 sh -c "until grep -qa left seen; do sleep 0.1; done"' \
		-c COMMIT >locked 2>&1 3>&- &
	wait_for 5 has_lock
	TERM=xterm run -0 script -qefc "wd-store --jobs 3 --batch 100 '$pg_url' lines" seen
	grep -qaP 'wd-store: \d+% of \d\.\d MB, \d+ lines, \d+ lines/s, \d+:\d\d left\r' seen
	[ "$(grep -oaP '\r\x1b\[K\r' seen | wc -l)" = 1 ] # taken away
}
