# The columns of the tables: in both databases, in older files, in the manual. (In wd-normalize:
# unit/wd-normalize/columns.t.c.)
load lib
load postgresql
load store

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# sqlite_columns FILE, pg_columns DATABASE: a line "TABLE COLUMN" for each.
sqlite_columns() {
	sqlite_value "$1" "SELECT t.name || ' ' || c.name FROM pragma_table_list AS t, pragma_table_info(t.name) AS c
		WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite%'" | LC_ALL=C sort
}

pg_columns() {
	pg_value "$1" "SELECT table_name || ' ' || column_name FROM information_schema.columns
		WHERE table_schema = 'public' AND table_name <> 'flights'" | LC_ALL=C sort
}

@test "SQLite and PostgreSQL have the same tables and columns" {
	wd-store -q --migrate sqlite:new.db
	pg_database wd 2>/dev/null
	wd-store -q --migrate "$pg_url"
	[ "$(sqlite_columns new.db | grep -c '^drones ')" = 47 ]
	diff <(sqlite_columns new.db) <(pg_columns wd)
}

@test "a SQLite file of the first version is completed by --migrate and by the first write" {
	wd-store -q --migrate sqlite:new.db
	drone 1 ',"category":"A3"' >line
	for step in '--migrate sqlite:old.db' 'sqlite:old.db line'; do
		rm -f old.db*
		sqlite3 old.db <"$DATA/schema/sqlite-1.sql"
		wd-store -q $step
		diff <(sqlite_columns new.db) <(sqlite_columns old.db)
		[ "$(sqlite_value old.db "SELECT lat FROM drones WHERE kit_id = 'old'")" = 1.5 ]
		[ "$(sqlite_value old.db "SELECT name, enabled, source FROM kits WHERE kit_id = 'old'")" = 'Old|1|http' ]
	done
}

@test "a SQLite file gets whatever columns and tables it lacks" {
	wd-store -q --migrate sqlite:new.db
	sqlite3 old.db <"$DATA/schema/sqlite-1.sql"
	sqlite_value old.db "SELECT 'ALTER TABLE ' || t || ' DROP COLUMN ' || c.name || ';'
		FROM (SELECT 'drones' AS t UNION SELECT 'signals' UNION SELECT 'system_health' UNION SELECT 'kits'),
			pragma_table_info(t) AS c WHERE NOT c.pk AND c.name NOT IN ('created_at', 'source')" >drops
	[ "$(wc -l <drops)" -gt 80 ]
	sqlite3 old.db <drops
	sqlite3 old.db 'DROP TABLE coverage'
	run -0 wd-store sqlite:old.db "$DATA/store.ndjson"
	[ "${lines[0]}" = 'wd-store: computed sightings sightings=1' ]
	[ "${lines[1]}" = 'wd-store: read=13 stored=8 unchanged=2 rejected=2 ignored=1' ]
	diff <(sqlite_columns new.db) <(sqlite_columns old.db)
	[ "$(sqlite_value old.db "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
		AND strict = 0 AND name NOT LIKE 'sqlite%'")" = 0 ]
	# What was added is checked as in a new file.
	run -19 sqlite3 old.db "UPDATE drones SET track_type = 'balloon'"
	run -19 sqlite3 old.db 'UPDATE drones SET on_ground = 2'
	run -19 sqlite3 old.db 'UPDATE system_health SET cpu_percent = 100.5'
}

# documented TYPE: a line "FIELD (KIND)" for each field of that section of wd-record(5).
documented() {
	awk -v type="$1" '/^\.Ss / {inside = $2 == type}
		inside && sub(/^\.It Va /, "") {fields = $0; gsub(/ ,/, "", fields)}
		inside && /^\(/ {n = split(fields, field, " "); for (i = 1; i <= n; i++) print field[i], $0}
	' "$ROOT/man/wd-record.5"
}

# stored TYPE TABLE: likewise, for the columns that a line of that type fills.
stored() {
	wd-export csv --raw --type "$1" </dev/null 2>/dev/null | tr -d '\r' | tr , '\n' | while read -r column; do
		echo "$column ($(pg_value wd "SELECT CASE data_type WHEN 'timestamp with time zone' THEN 'time'
			WHEN 'double precision' THEN 'number' WHEN 'bigint' THEN 'integer' WHEN 'ARRAY' THEN 'texts'
			ELSE data_type END FROM information_schema.columns WHERE table_name = '$2' AND column_name =
			CASE '$1 $column' WHEN 'kit_status time' THEN 'status_time'
			WHEN 'flight time' THEN 'started' ELSE '$column' END"))"
	done
}

@test "wd-record(5) lists the fields of each type, with their kinds" {
	pg_database wd 2>/dev/null
	wd-store -q --migrate "$pg_url"
	[ "$(stored coverage coverage | head -1)" = 'time (time)' ]
	for type in drone/drones signal/signals system_health/system_health coverage/coverage \
		event/events flight/flights; do
		diff <(documented "${type%/*}") <(stored "${type%/*}" "${type#*/}")
	done
	# Their members come in another order than the columns of the table.
	for type in kit/kits kit_status/kits reject/rejects; do
		diff <(documented "${type%/*}" | sort) <(stored "${type%/*}" "${type#*/}" | sort)
	done
}
