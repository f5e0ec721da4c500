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
	for code in 45000 XX000 42501 57014 53100 53400 40P02; do
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

# As a user who does not own the tables, whom policies apply to.
as_writer() {
	wd-store -q --migrate --roles "$pg_url"
	psql -qd wd -c 'DROP ROLE IF EXISTS writer' -c 'CREATE ROLE writer LOGIN IN ROLE wd_writer'
	writer_url=${pg_url/wardragon@/writer@}
}

@test "row-level security: rows that a policy allows are stored, others are rejected one by one" {
	as_writer
	psql -qd wd -c 'ALTER TABLE drones ENABLE ROW LEVEL SECURITY' \
		-c 'CREATE POLICY allowed ON drones USING (true) WITH CHECK (lat IS DISTINCT FROM 66.6)'
	run -0 wd-store --check "$writer_url"
	{ drones 1 3000 && drone poison ',"lat":66.6' && drones 3001 4000; } >lines
	run -0 wd-store --batch 1500 "$writer_url" lines
	[ "${lines[-1]}" = 'wd-store: read=4001 stored=4000 unchanged=0 rejected=1 ignored=0' ]
	[[ $(pg_value wd 'SELECT reason FROM rejects') == 'refused: 42501'* ]]
	run -0 wd-store --batch 1500 "$writer_url" lines
	[ "${lines[-1]}" = 'wd-store: read=4001 stored=0 unchanged=4000 rejected=1 ignored=0' ]
	psql -qd wd -c 'DROP POLICY allowed ON drones'
	run -78 wd-store --check "$writer_url"
	run -78 wd-store "$writer_url" lines
	[ "$(pg_value wd 'SELECT count(*) FROM rejects')" = 1 ]
}

@test "a missing partition is 78, and no row is rejected" {
	migrate
	psql -qd wd -c 'ALTER TABLE drones RENAME TO old' \
		-c 'CREATE TABLE drones (LIKE old INCLUDING ALL) PARTITION BY RANGE (time)' \
		-c "CREATE TABLE summer PARTITION OF drones FOR VALUES FROM ('2026-06-01') TO ('2026-09-01')"
	drones 1 2000 >lines
	run -78 wd-store "$pg_url" lines
	[[ ${lines[0]} == 'wd-store: schema mismatch sqlstate=23514 table=drones hint="create the partition for these rows, or a default one"' ]]
	[ "$(pg_value wd 'SELECT count(*) FROM rejects')" = 0 ]
	psql -qd wd -c 'CREATE TABLE others PARTITION OF drones DEFAULT'
	run -0 wd-store "$pg_url" lines
	[[ ${lines[-1]} == *' stored=2000 '* ]]
}

@test "a batch that takes longer than statement_timeout is stored in smaller batches" {
	migrate
	psql -qd wd <<-'SQL'
		CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
			$$ BEGIN PERFORM pg_sleep(0.02); RETURN NEW; END $$;
		CREATE TRIGGER slow BEFORE INSERT ON drones FOR EACH ROW EXECUTE FUNCTION slow();
		ALTER DATABASE wd SET statement_timeout = '1s';
	SQL
	drones 1 100 >lines
	run -0 wd-store --batch 80 "$pg_url" lines
	[[ $output == *'wd-store: statements take too long: smaller batches lines=40'* ]]
	[ "${lines[-1]}" = 'wd-store: read=100 stored=100 unchanged=0 rejected=0 ignored=0' ]
}

@test "a reject that is itself refused is written in ASCII; if that is refused too, nothing is dropped" {
	migrate
	psql -qd wd -c "ALTER TABLE rejects ADD CONSTRAINT plain CHECK (raw ~ '^[ -~]*$' AND kit_id ~ '^[ -~]*$')" \
		-c "ALTER TABLE drones ADD CONSTRAINT no_fly CHECK (lat <> 66.6)"
	{ echo 'né ☃ 😀' && drones 1 5 && drone é ',"lat":66.6,"kit_id":"ü"'; } >lines
	run -0 wd-store "$pg_url" lines
	[ "${lines[-1]}" = 'wd-store: read=7 stored=5 unchanged=0 rejected=2 ignored=0' ]
	[ "$(pg_value wd 'SELECT raw FROM rejects WHERE kit_id IS NULL')" = 'n\u00e9 \u2603 \ud83d\ude00' ]
	[[ $(pg_value wd "SELECT raw FROM rejects WHERE reason = 'refused: 23514 no_fly'") == *'"drone_id":"d\u00e9"'* ]]
	psql -qd wd -c 'TRUNCATE rejects' -c "ALTER TABLE rejects ADD CONSTRAINT none CHECK (stage <> 'wd-store')"
	run -69 wd-store "$pg_url" lines
	[[ ${lines[0]} == 'wd-store: the database refuses a row and its reject reason="23514 none"' ]]
	[[ ${lines[-1]} == *' waiting='* ]]
}

@test "a database of the encoding SQL_ASCII keeps the bytes" {
	psql -qd postgres -c 'DROP DATABASE IF EXISTS bytes' \
		-c "CREATE DATABASE bytes ENCODING SQL_ASCII TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
	url=${pg_url/wd?/bytes?}
	wd-store -q --migrate "$url"
	run -0 wd-store --check "$url"
	{ drone 1 ',"description":"é ☃ 😀"' && echo 'né'; } | wd-store -q "$url"
	[ "$(pg_value bytes 'SELECT description FROM drones')" = 'é ☃ 😀' ]
	[ "$(pg_value bytes 'SELECT raw FROM rejects')" = né ]
}
