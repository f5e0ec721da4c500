# Every record that wd-normalize writes can be inserted, whatever a kit sent; and both databases store
# the same.

load lib

setup_file() {
	export RECORDS=$BATS_FILE_TMPDIR/records
	export COUNT=120000
	[[ $BIN != */san/* ]] || COUNT=24000
	[ "${WD_CHECK:-}" != long ] || COUNT=2000000
	"$ROOT/tests/mutate.py" "${WD_SEED:-1}" $COUNT <"$DATA/captures/replies.ndjson" >"$BATS_FILE_TMPDIR/replies"
	wd-normalize "$BATS_FILE_TMPDIR/replies" | grep -vE '^\{"type":"(reply|reject)"' >"$RECORDS"
	pg_start
}

teardown_file() {
	pg_stop
}

@test "there are enough records, and Python reads each line" {
	[ "$(wc -l <"$RECORDS")" -ge $((COUNT * 5 / 6)) ]
	[ "$(grep -c '^{"type":"system_health"' "$RECORDS")" -ge $((COUNT / 120)) ]
	# Also the lines that are passed on.
	wd-normalize "$BATS_FILE_TMPDIR/replies" | python3 -c 'import json, sys
def refuse(constant): raise ValueError(constant)
for line in sys.stdin.buffer:
	json.loads(line.decode("utf-8"), parse_constant=refuse)'
}

@test "SQLite rejects none" {
	run -0 wd-store "sqlite:$BATS_TEST_TMPDIR/t.db" "$RECORDS"
	[[ $output == *" rejected=0 ignored=0" ]]
	[ "$(sqlite_value "$BATS_TEST_TMPDIR/t.db" 'SELECT count(*) FROM rejects')" = 0 ]
}

@test "PostgreSQL rejects none" {
	pg_database insertable
	wd-store --migrate "$pg_url"
	run -0 wd-store "$pg_url" "$RECORDS"
	[[ $output == *" rejected=0 ignored=0" ]]
	[ "$(pg_value insertable 'SELECT count(*) FROM rejects')" = 0 ]
}

# Without wd-store: PostgreSQL reads the lines itself.
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
	[ "$(pg_value raw 'SELECT count(*) FROM drones')" -gt $((COUNT * 5 / 12)) ]
	[ "$(pg_value raw "SELECT count(*) FROM lines WHERE NOT line->>'type' = ANY('{drone,signal,system_health}')")" = 0 ]
}

# A line for each row. The reason of a reject has the words of the database, and the time of one that
# has none is that of the database: they are not compared, but for the code.
rows() {
	wd-dump "$1" | jq -cS 'if .type == "reject" then .reason |= sub(":.*"; ""; "m") | del(.time) else . end' | LC_ALL=C sort
}

# same_rows FILE: stores it in both databases.
same_rows() {
	wd-store -qq "sqlite:$BATS_TEST_TMPDIR/t.db" "$1"
	wd-store --migrate "$pg_url"
	wd-store -qq "$pg_url" "$1"
	rows "sqlite:$BATS_TEST_TMPDIR/t.db" >"$BATS_TEST_TMPDIR/sqlite"
	rows "$pg_url" >"$BATS_TEST_TMPDIR/postgresql"
	diff "$BATS_TEST_TMPDIR/sqlite" "$BATS_TEST_TMPDIR/postgresql" | head -20
	cmp "$BATS_TEST_TMPDIR/sqlite" "$BATS_TEST_TMPDIR/postgresql"
}

@test "SQLite and PostgreSQL hold the same rows of these records" {
	pg_database same_records
	same_rows "$RECORDS"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/sqlite")" -ge $((COUNT * 5 / 12)) ]
}

@test "SQLite and PostgreSQL hold the same rows and rejects of mutated lines" {
	cd "$BATS_TEST_TMPDIR"
	{
		wd-normalize "$DATA/captures/replies.ndjson" | wd-health -qq | grep -v '^{"type":"reply"'
		grep -E '"type":"(kit|kit_status|coverage|reject)"' "$DATA/store.ndjson"
	} >seeds
	"$ROOT/tests/mutate_lines.py" "${WD_SEED:-1}" $((COUNT * 3 / 10)) <seeds >lines
	pg_database same_lines
	same_rows lines
	for type in coverage drone kit reject signal system_health; do
		[ "$(grep -c "\"type\":\"$type\"" sqlite)" -ge $((COUNT / 2400)) ]
	done
}
