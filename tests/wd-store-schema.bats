# wd-store on PostgreSQL: errors of the schema are not errors of rows, and those of rows not of the schema.

load lib
load store
load postgresql
load store_postgresql

raise() { # raise SQLSTATE: for drones at lat 66.6
	psql -qd wd <<-SQL
		CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
			\$\$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '$1'; END \$\$;
		DROP TRIGGER IF EXISTS refuse ON drones;
		CREATE TRIGGER refuse BEFORE INSERT ON drones FOR EACH ROW WHEN (NEW.lat = 66.6)
			EXECUTE FUNCTION refuse();
	SQL
}

@test "a lost key is 78 at the start and in --check; --migrate adds it, or counts the duplicates" {
	migrate
	psql -qd wd -c 'ALTER TABLE drones DROP CONSTRAINT drones_pkey'
	drones 1 5 >lines
	run -78 wd-store "$pg_url" lines
	[[ ${lines[0]} == *'lacks a unique index on the key of a table table=drones hint="wd-store --migrate"' ]]
	run -78 wd-store --check "$pg_url"
	psql -qd wd -c "INSERT INTO drones (time, kit_id, drone_id) SELECT now(), 'a', 'b' FROM generate_series(1, 3)"
	run -78 wd-store --migrate "$pg_url"
	[[ $output == *'duplicate rows prevent the unique index table=drones rows=2 hint='*'HAVING count(*) > 1"' ]]
	psql -qd wd -c 'TRUNCATE drones'
	migrate
	wd-store -q "$pg_url" lines lines
	has_rows 5
}

@test "a database whose encoding cannot store all text is refused" {
	psql -qd postgres -c 'DROP DATABASE IF EXISTS latin' \
		-c "CREATE DATABASE latin ENCODING LATIN1 TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
	for option in --migrate --check; do
		run -78 wd-store $option "${pg_url/wd?/latin?}"
		[[ $output == *'encoding=LATIN1 hint='* ]]
	done
}

@test "a trigger that raises any error for one row rejects that row" {
	migrate
	{ drones 1 20 && drone poison ',"lat":66.6' && drones 21 40; } >lines
	for code in 45000 XX000 42501 57014 53100 40P02; do
		psql -qd wd -c 'TRUNCATE drones, rejects'
		raise $code
		run -0 timeout 120 wd-store "$pg_url" lines
		[ "${lines[-1]}" = 'wd-store: read=41 stored=40 unchanged=0 rejected=1 ignored=0' ]
		[ "$(pg_value wd 'SELECT reason FROM rejects')" = "refused: $code" ]
	done
}

@test "a row that is refused at COMMIT is rejected alone" {
	migrate
	psql -qd wd -c 'CREATE TABLE ids (id text PRIMARY KEY)' \
		-c "INSERT INTO ids SELECT 'd' || n FROM generate_series(1, 40) n" \
		-c 'ALTER TABLE drones ADD CONSTRAINT known FOREIGN KEY (drone_id) REFERENCES ids DEFERRABLE INITIALLY DEFERRED'
	{ drones 1 40 && drone poison; } >lines
	run -0 wd-store "$pg_url" lines
	[ "${lines[-1]}" = 'wd-store: read=41 stored=40 unchanged=0 rejected=1 ignored=0' ]
	[ "$(pg_value wd 'SELECT reason FROM rejects')" = 'refused: 23503 known' ]
}

@test "a NOT NULL column that is not ours is 78, and no row is rejected" {
	migrate
	psql -qd wd -c 'ALTER TABLE drones ADD COLUMN site text NOT NULL'
	drones 1 10 >lines
	run -78 wd-store "$pg_url" lines
	[[ ${lines[0]} == *'sqlstate=23502 table=drones column=site hint='* ]]
	[ "$(pg_value wd 'SELECT count(*) FROM rejects')" = 0 ]
	run -78 wd-store --check "$pg_url"
}

@test "a view in place of a table is stored into, also in large batches" {
	migrate
	psql -qd wd -c 'ALTER TABLE drones RENAME TO drones_raw' -c 'CREATE VIEW drones AS SELECT * FROM drones_raw'
	run -0 wd-store --check "$pg_url"
	drones 1 6000 >lines
	run -0 wd-store --batch 2000 "$pg_url" lines
	[[ ${lines[-1]} == *' stored=6000 '*' rejected=0 '* ]]
}

@test "PgBouncer in transaction and statement mode: everything is stored" {
	command -v pgbouncer >/dev/null || skip "pgbouncer is not installed"
	migrate
	drones 1 3000 >lines
	for mode in transaction statement; do
		psql -qd wd -c 'TRUNCATE drones'
		mkdir "$PG_DIR/$mode"
		cat >"$PG_DIR/$mode/ini" <<-INI
			[databases]
			wd = host=$PG_DIR dbname=wd user=wardragon
			[pgbouncer]
			pool_mode = $mode
			default_pool_size = 2
			auth_type = any
			listen_addr =
			unix_socket_dir = $PG_DIR/$mode
		INI
		[ "$(id -u)" != 0 ] || chown -R postgres "$PG_DIR/$mode"
		start bouncer pg_as pgbouncer "$PG_DIR/$mode/ini"
		wait_for 10 test -S "$PG_DIR/$mode/.s.PGSQL.6432"
		url="postgresql://wardragon@/wd?host=$PG_DIR/$mode&port=6432"
		run -0 wd-store --check "$url"
		run -0 wd-store --batch 100 --jobs 4 "$url" lines
		[[ ${lines[-1]} == *' stored=3000 '* ]]
		run -0 wd-store --batch 1500 "$url" lines
		[[ ${lines[-1]} == *' unchanged=3000 '* ]]
		has_rows 3000
		stop_started
	done
}
