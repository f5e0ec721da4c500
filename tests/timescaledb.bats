# wd-store on TimescaleDB itself, where it is installed (Debian has no package of it).
load lib
load store

setup_file() {
	pg_start
	if ! has_timescaledb; then
		return
	fi
	printf '%s\n' "shared_preload_libraries = 'timescaledb'" 'timescaledb.telemetry_level = off' |
		pg_as tee -a "$PG_DIR/data/postgresql.conf" >/dev/null
	pg_down
	pg_up
}

teardown_file() {
	pg_stop
}

has_timescaledb() {
	[ "$(pg_value postgres "SELECT count(*) FROM pg_available_extensions WHERE name = 'timescaledb'")" = 1 ]
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	has_timescaledb || skip "TimescaleDB is not installed"
	pg_database wd 2>/dev/null
	psql -qd wd -c 'CREATE EXTENSION timescaledb' 2>/dev/null
}

# drones_at HOURS-AGO COUNT: lines of so many drones at one time.
drones_at() {
	jq -nc --argjson ago "$1" --argjson count "$2" 'range($count) | {type: "drone", kit_id: "k",
		time: (now - 3600 * $ago | floor | todate), drone_id: "d\(.)", lat: 1.5}'
}

# The continuous aggregate of the older Python collector, and its policy.
older_aggregate() {
	psql -qd wd <<-'SQL'
		CREATE MATERIALIZED VIEW drones_hourly WITH (timescaledb.continuous) AS
			SELECT time_bucket('1 hour', time) AS bucket, kit_id, count(*) AS total_detections
			FROM drones GROUP BY bucket, kit_id WITH NO DATA;
		SELECT add_continuous_aggregate_policy('drones_hourly', start_offset => INTERVAL '3 hours',
			end_offset => INTERVAL '1 hour', schedule_interval => INTERVAL '30 minutes');
	SQL
}

refresh() {
	local job
	job=$(pg_value wd "SELECT job_id FROM timescaledb_information.jobs
		WHERE proc_name = 'policy_refresh_continuous_aggregate'")
	psql -qd wd -c "CALL run_job($job)"
}

@test "--migrate makes hypertables with retention and compression, and can be run again" {
	wd-store -q --migrate --roles "$pg_url"
	wd-store -q --migrate --roles "$pg_url"
	diff - <(pg_value wd "SELECT hypertable_name, proc_name, coalesce(config->>'drop_after', config->>'compress_after')
		FROM timescaledb_information.jobs WHERE hypertable_name IS NOT NULL ORDER BY 1, 2") <<-'END'
		drones|policy_compression|7 days
		drones|policy_retention|30 days
		sightings|policy_compression|31 days
		sightings|policy_retention|365 days
		signals|policy_compression|7 days
		signals|policy_retention|30 days
		system_health|policy_compression|7 days
		system_health|policy_retention|90 days
	END
	run -0 wd-store "$pg_url" "$DATA/store.ndjson"
	[[ $output == *'read=13 stored=8 unchanged=2 rejected=2 ignored=1' ]]
	run -0 wd-store "$pg_url" "$DATA/store.ndjson"
	[[ $output == *'stored=0 unchanged=10 '* ]]
}

@test "the older collector's hypertables are completed, also where chunks are compressed" {
	psql -qd wd -f "$DATA/schema/upstream.sql"
	psql -qd wd -c "SELECT create_hypertable('drones', 'time', migrate_data => true)" \
		-c "ALTER TABLE drones SET (timescaledb.compress, timescaledb.compress_segmentby = 'kit_id,drone_id')" \
		-c "SELECT compress_chunk(c) FROM show_chunks('drones') AS c" 2>/dev/null
	wd-store -q --migrate "$pg_url"
	drones_at 1 3 | wd-store -q "$pg_url"
	[ "$(pg_value wd "SELECT count(*), count(callsign) FROM drones WHERE kit_id = 'k'")" = '3|0' ]
}

@test "rows that arrive late enter the continuous aggregates of the older collector" {
	wd-store -q --migrate "$pg_url"
	older_aggregate
	wd-store -q --migrate "$pg_url"
	drones_at 2 1 | wd-store -q "$pg_url"
	refresh
	drones_at 200 5 | wd-store -q "$pg_url"
	refresh
	[ "$(pg_value wd "SELECT sum(total_detections) FROM drones_hourly WHERE bucket < now() - INTERVAL '4 hours'")" = 5 ]
	[ "$(pg_value wd "SELECT config->>'start_offset' FROM timescaledb_information.jobs
		WHERE proc_name = 'policy_refresh_continuous_aggregate'")" = '29 days' ]
}

@test "rows older than the retention are stored with a warning, once" {
	wd-store -q --migrate "$pg_url"
	{ drones_at $((31 * 24)) 2 && drones_at 1 1; } >lines
	run -0 wd-store --batch 1 "$pg_url" lines
	[ "${#lines[@]}" = 2 ]
	[[ ${lines[0]} == 'wd-store: stored rows that the retention policy will drop table=drones rows=1 keeps_days=30 hint='* ]]
	[[ ${lines[1]} == *'stored=3 '* ]]
	drones_at 1 1 >lines
	run -0 wd-store "$pg_url" lines
	[ "${#lines[@]}" = 1 ]
}

@test "--keep-rows sets the retention policies; --prune leaves hypertables to them" {
	kept() {
		pg_value wd "SELECT string_agg((config->>'drop_after')::interval::text, ' ' ORDER BY hypertable_name)
			FROM timescaledb_information.jobs WHERE proc_name = 'policy_retention'"
	}
	wd-store -q --migrate "$pg_url"
	[ "$(kept)" = '30 days 365 days 30 days 90 days' ]
	wd-store -q --migrate --keep-rows 14d --keep-health 365d --keep-sightings 700d "$pg_url"
	[ "$(kept)" = '336:00:00 16800:00:00 336:00:00 8760:00:00' ]
	wd-store -q --migrate "$pg_url"
	[ "$(kept)" = '336:00:00 16800:00:00 336:00:00 8760:00:00' ]
	older_aggregate
	wd-store -q --migrate --keep-rows 10d "$pg_url"
	[ "$(pg_value wd "SELECT (config->>'start_offset')::interval = INTERVAL '9 days' FROM timescaledb_information.jobs
		WHERE proc_name = 'policy_refresh_continuous_aggregate'")" = t ]
	# Younger than the policy, whose job may run at any time.
	{ drones_at $((8 * 24)) 2 && drones_at 1 1; } | wd-store -qq "$pg_url"
	run -0 wd-store --prune --keep-rows 5d "$pg_url"
	[ "$output" = 'wd-store: old rows are deleted' ]
	[ "$(pg_value wd 'SELECT count(*) FROM drones')" = 3 ]
}

@test "the size of a table includes its compressed chunks" {
	wd-store -q --migrate "$pg_url"
	drones 1 20000 | jq -c --argjson now "$(date -u +%s)" '.time = ($now - 864000 | todate)' |
		wd-store -q "$pg_url"
	psql -qd wd -c "SELECT compress_chunk(c) FROM show_chunks('drones') AS c"
	[ "$(pg_value wd "SELECT wd_table_size('drones') = hypertable_size('drones')")" = t ]
	[ "$(pg_value wd "SELECT wd_table_size('drones') > after_compression_total_bytes
		AND after_compression_total_bytes > 100000 FROM hypertable_compression_stats('drones')")" = t ]
	[ "$(pg_value wd "SELECT wd_table_size('kits') = pg_total_relation_size('kits')")" = t ]
}

@test "200,000 rows that are already compressed can be stored again, and changed" {
	wd-store -q --migrate "$pg_url"
	drones 1 150000 | jq -c --argjson now "$(date -u +%s)" '.time = ($now - 864000 | todate)' >lines
	wd-store -q "$pg_url" lines
	psql -qd wd -c "SELECT compress_chunk(c) FROM show_chunks('drones') AS c"
	run -0 wd-store "$pg_url" lines
	[[ $output == *'read=150000 stored=0 unchanged=150000 rejected=0 ignored=0' ]]
}

@test "sightings equal the aggregate of the rows, also where chunks of both are compressed" {
	wd-store -q --migrate --keep-rows 3000d "$pg_url"
	"$ROOT/tests/sightings.py" lines 1 1500 >lines
	"$ROOT/tests/sightings.py" lines 2 1500 >more
	wd-store -q --batch 100 "$pg_url" lines
	"$ROOT/tests/sightings.py" check "$pg_url"
	psql -qd wd -c "SELECT compress_chunk(c) FROM show_chunks('drones') AS c" \
		-c "SELECT compress_chunk(c) FROM show_chunks('sightings') AS c"
	shuf --random-source=lines lines more | wd-store -q --batch 500 "$pg_url"
	"$ROOT/tests/sightings.py" check "$pg_url"
	psql -qd wd -c 'DELETE FROM sightings'
	wd-store -q --refill 3000d "$pg_url"
	"$ROOT/tests/sightings.py" check "$pg_url"
}

@test "rows that are stored again after the policy dropped them are not counted twice" {
	drones_at $((40 * 24)) 1 | jq -c '.time |= sub("..Z$"; "00Z"), (.time |= sub("..Z$"; "01Z"))' >lines
	wd-store -q --migrate "$pg_url"
	for round in 1 2 3; do
		wd-store -qq "$pg_url" lines
		[ "$(pg_value wd 'SELECT count(*), sum(points) FROM sightings')" = '1|2' ]
		psql -qd wd -c "SELECT drop_chunks('drones', INTERVAL '30 days')"
		[ "$(pg_value wd 'SELECT count(*) FROM drones')" = 0 ]
	done
}

# compressed_rows: print lines, and store them into chunks that are compressed, as are their sightings.
compressed_rows() {
	drones 1 300 | jq -c --argjson now "$(date -u +%s)" '.time = ($now - 864000 | todate)' >lines
	wd-store -q "$pg_url" lines
	psql -qAtd wd -c "SELECT compress_chunk(c) FROM show_chunks('drones') AS c" \
		-c "SELECT compress_chunk(c) FROM show_chunks('sightings') AS c" >chunks 2>&1
}

@test "the limit on decompression that a user has stops neither storing nor --refill" {
	wd-store -q --migrate "$pg_url"
	compressed_rows
	psql -qd wd -c 'ALTER ROLE wardragon IN DATABASE wd
		SET timescaledb.max_tuples_decompressed_per_dml_transaction = 10'
	jq -c '.lat = 3' lines | wd-store -q "$pg_url"
	[ "$(pg_value wd 'SELECT count(*) FROM drones WHERE lat = 3')" = 300 ]
	wd-store -q --refill 30d "$pg_url"
	[ "$(pg_value wd 'SELECT sum(points) FROM sightings')" = 300 ]
}

@test "where the limit on decompression cannot be lifted, the batch is not rejected, and the log names the setting" {
	wd-store -q --migrate "$pg_url"
	compressed_rows
	psql -qd wd <<-'X'
		CREATE FUNCTION lower_limit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			PERFORM set_config('timescaledb.max_tuples_decompressed_per_dml_transaction', '10', true);
			RETURN NULL;
		END $$;
		CREATE TRIGGER lower_limit BEFORE INSERT ON drones FOR EACH STATEMENT EXECUTE FUNCTION lower_limit();
	X
	jq -c '.lat = 3' lines >changed
	run -78 timeout 60 wd-store "$pg_url" changed
	[[ ${lines[0]} == *'sqlstate=53400 reason="'*' timescaledb.max_tuples_decompressed_per_dml_transaction '*'hint='* ]]
	[ "$(pg_value wd 'SELECT count(*) FROM rejects')" = 0 ]
	psql -qd wd -c 'DROP TRIGGER lower_limit ON drones'
	wd-store -q "$pg_url" changed
	[ "$(pg_value wd 'SELECT count(*) FROM drones WHERE lat = 3')" = 300 ]
}
