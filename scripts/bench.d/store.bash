# wd-store against psql's \copy, single INSERTs and sqlite3's .import: the same rows, from CSV where
# they read CSV, into the same tables. BENCH_ROWS: how many (default 1,000,000).

need wd-store
# shellcheck source=scripts/bench.d/postgres.bash
. scripts/bench.d/postgres.bash

rows=${BENCH_ROWS:-1000000}
few=$((rows / 50))
lines=$WORK/drones.ndjson
store="$BIN/wd-store -q"
# shellcheck disable=SC2086,SC2046
${CC:-cc} -O2 $(pkg-config --cflags libpq) -o "$WORK/inserts" scripts/bench.d/inserts.c \
	$(pkg-config --libs libpq)
awk -v rows="$rows" -f scripts/bench.d/drones.awk >"$lines"
head -n "$few" "$lines" >"$WORK/few.ndjson"

# Before there is a PostgreSQL: what that has yet to write, and what it fills the memory with, would get
# into the way.
file=$WORK/drones.db
tables="rm -f $file*; $store --migrate sqlite:$file; sync -f $WORK"
bash -c "$tables; $store sqlite:$file $lines"
sqlite3 -csv "$file" 'SELECT * FROM drones' >"$WORK/sqlite.csv"
before "$tables" wd-store 'sqlite3 .import'
compare 'store: SQLite' rows "$rows" \
	wd-store "$store sqlite:$file $lines" \
	again "$store sqlite:$file $lines" \
	'sqlite3 .import' "sqlite3 $file 'PRAGMA journal_mode=WAL' 'PRAGMA synchronous=FULL' \
		'.import --csv $WORK/sqlite.csv drones'"
rm -f "$file"* "$WORK/sqlite.csv"

postgres_start
# Each begins with an empty table, and nothing left to write of what was in it.
before "psql -qXd bench -c 'TRUNCATE drones' -c CHECKPOINT" wd-store '--jobs 3' 'psql copy' \
	'prepared INSERTs, each committed' 'prepared INSERTs, 1000 a commit'

# The same rows as CSV, in the order of the table's columns.
csv_from_database() {
	$store "$database_url" "$lines"
	psql -qXd bench -c "\copy drones TO $WORK/drones.csv CSV"
}

compare_imports() {
	compare "$1" rows "$rows" \
		wd-store "$store $database_url $lines" \
		'again' "$store $database_url $lines" \
		'--jobs 3' "$store --jobs 3 $database_url $lines" \
		'psql copy' "psql -qXd bench -c '\\copy drones FROM $WORK/drones.csv CSV'"
}

postgres_database bench
csv_from_database
compare_imports 'store: PostgreSQL, our three indexes'

# The lines of polls, of which 30 % are repeats: in portions as wd-drain sends them, and in bulk.
mix=$WORK/mix.ndjson
awk -f scripts/bench.d/mix.awk "$lines" >"$mix"
before "psql -qXd bench -c 'TRUNCATE drones' -c CHECKPOINT" '--batch 300' '--batch 5000'
compare 'store: PostgreSQL, 30 % repeats' lines "$(wc -l <"$mix")" \
	'--batch 300' "$store --batch 300 $database_url $mix" \
	'--batch 5000' "$store --batch 5000 $database_url $mix"
for batch in 300 5000; do
	psql -qXd bench -c 'TRUNCATE drones' -c CHECKPOINT
	lsn=$(psql -qAtXd bench -c 'SELECT pg_current_wal_lsn()')
	$store --batch $batch "$database_url" "$mix"
	psql -qAtXd bench -c "SELECT '--batch $batch: ' || (pg_current_wal_lsn() - '$lsn') / count(*) || ' bytes of WAL a row'
		FROM drones"
done

psql -qXd bench -c 'TRUNCATE drones'
$store "$database_url" "$WORK/few.ndjson"
psql -qXd bench -c "\copy drones TO $WORK/few.tsv"
columns=$(awk -F'\t' 'NR == 1 {print NF}' "$WORK/few.tsv")
compare 'store: PostgreSQL, single INSERTs' rows "$few" \
	wd-store "$store $database_url $WORK/few.ndjson" \
	'prepared INSERTs, each committed' \
		"$WORK/inserts $database_url drones $columns 1 <$WORK/few.tsv" \
	'prepared INSERTs, 1000 a commit' \
		"$WORK/inserts $database_url drones $columns 1000 <$WORK/few.tsv"

postgres_database bench
psql -qXd bench -c 'DROP TABLE drones, signals, system_health, kits' -f tests/data/schema/upstream.sql
$store --migrate "$database_url"
psql -qXd bench -c 'TRUNCATE drones'
csv_from_database
compare_imports "store: PostgreSQL, a deployment's fifteen indexes"
