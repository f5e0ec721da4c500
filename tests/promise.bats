# The promise: every record that wd-normalize writes can be inserted, whatever came in.

load lib

setup_file() {
	export RECORDS=$BATS_FILE_TMPDIR/records
	[ "${WD_CHECK:-}" = long ] && count=2000000 || count=120000
	"$ROOT/tests/mutate.py" "${WD_SEED:-1}" $count <"$DATA/captures/replies.ndjson" >"$BATS_FILE_TMPDIR/replies"
	wd-normalize "$BATS_FILE_TMPDIR/replies" | grep -vE '^\{"type":"(reply|reject)"' >"$RECORDS"
	pg_start
}

teardown_file() {
	pg_stop
}

@test "there are enough of them" {
	[ "$(wc -l <"$RECORDS")" -ge 100000 ]
	[ "$(grep -c '^{"type":"system_health"' "$RECORDS")" -ge 1000 ]
	# And python's json has nothing to say against any, nor against what passes between.
	wd-normalize "$BATS_FILE_TMPDIR/replies" | python3 -c 'import json, sys
def refuse(constant): raise ValueError(constant)
for line in sys.stdin.buffer:
	json.loads(line.decode("utf-8"), parse_constant=refuse)'
}

@test "SQLite refuses none" {
	run -0 wd-store "sqlite:$BATS_TEST_TMPDIR/t.db" "$RECORDS"
	[[ $output == *" rejected=0 ignored=0" ]]
	[ "$(sqlite_value "$BATS_TEST_TMPDIR/t.db" 'SELECT count(*) FROM rejects')" = 0 ]
}

@test "PostgreSQL refuses none" {
	pg_database promise
	wd-store --migrate "$pg_url"
	run -0 wd-store "$pg_url" "$RECORDS"
	[[ $output == *" rejected=0 ignored=0" ]]
	[ "$(pg_value promise 'SELECT count(*) FROM rejects')" = 0 ]
}

# Without wd-store between: what PostgreSQL itself makes of the lines.
@test "PostgreSQL itself reads each line as a row of its table" {
	local table
	pg_database raw
	wd-store --migrate "$pg_url"
	psql -qd raw -c 'CREATE TABLE lines (line jsonb)' \
		-c "\\copy lines FROM '$RECORDS' WITH (FORMAT csv, QUOTE e'\\x01', DELIMITER e'\\x02')"
	for table in drones signals system_health; do
		psql -qd raw -v ON_ERROR_STOP=1 -c "INSERT INTO $table SELECT (jsonb_populate_record(
			NULL::$table, line)).* FROM lines WHERE line->>'type' = '${table%s}' ON CONFLICT DO NOTHING"
	done
	[ "$(pg_value raw 'SELECT count(*) FROM drones')" -gt 50000 ]
	[ "$(pg_value raw "SELECT count(*) FROM lines WHERE NOT line->>'type' = ANY('{drone,signal,system_health}')")" = 0 ]
}
