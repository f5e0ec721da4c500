# wd-store: records become rows, each once. PostgreSQL: wd-store-postgresql.bats, wd-store-outages.bats.

load lib
load store

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_started
}

@test "a record is a row" {
	drone 1 ',"lat":42.5,"rssi":-69,"on_ground":false,"ua_type":"2"' | wd-store sqlite:t.db
	run -0 sqlite_value t.db "SELECT time,kit_id,drone_id,lat,rssi,on_ground,ua_type FROM drones"
	[ "$output" = '2026-11-23T17:59:29.500000Z|alpha|d1|42.5|-69|0|2' ]
}

@test "the target is the first operand, else DATABASE_URL, else wardragon.db" {
	drone 1 >lines
	wd-store sqlite:operand.db lines
	DATABASE_URL=sqlite:environment.db wd-store <lines
	wd-store <lines
	for file in operand environment wardragon; do
		[ "$(sqlite_value $file.db 'SELECT count(*) FROM drones')" = 1 ]
	done
}

@test "an operand that is not a database is never read as a file" {
	drone 1 >lines
	cp lines kits.yaml
	for operand in lines kits.yaml ./lines - '' sqlite3:x.db mysql://h/d 'host=h dbname=d' "$PWD/lines"; do
		DATABASE_URL=sqlite:t.db run -64 wd-store "$operand" <lines
		[[ ${lines[0]} == 'wd-store: not a database '* ]]
		run -64 wd-store -- "$operand" lines <lines
	done
	run -64 wd-store kits.yaml
	[[ $output == *'argument=kits.yaml '*'hint="kits.yaml is an option of wd-poll: -c FILE"' ]]
	run -64 wd-store lines
	[[ $output == *'hint="the first operand is the database, the files follow it"' ]]
	for second in sqlite:b.db postgresql://h/d; do
		run -64 wd-store sqlite:a.db "$second" <lines
		[[ ${lines[0]} == 'wd-store: only one database, then files' ]]
	done
	run -64 wd-store --check kits.yaml
	run -64 wd-store --migrate lines
	[ "$(find . -name '*.db' | wc -l)" = 0 ]
}

@test "names of SQLite files as in SQLAlchemy, with quotes and CR from env files" {
	drone 1 >lines
	mkdir folder
	DATABASE_URL=$'"sqlite:///folder/relative.db"\r' run -0 wd-store <lines
	run -0 wd-store "sqlite:///$PWD/folder/absolute.db" lines
	run -0 wd-store "sqlite:$PWD/folder/plain.db" lines
	DATABASE_URL=$' sqlite:folder/blanks.db \n' run -0 wd-store <lines
	[ "$(ls folder/*.db | wc -l)" = 4 ]
	for name in sqlite: sqlite:// sqlite::memory: sqlite:///:memory: sqlite://x.db; do
		run -64 wd-store "$name" lines
	done
}

@test "the same lines again change nothing" {
	{ drone 1 ',"lat":1' && drone 2; } >lines
	run -0 wd-store sqlite:t.db lines lines
	[ "$output" = "wd-store: read=4 stored=2 unchanged=2 rejected=0 ignored=0" ]
	run -0 wd-store sqlite:t.db lines
	[ "$output" = "wd-store: read=2 stored=0 unchanged=2 rejected=0 ignored=0" ]
}

@test "a SQLite file without its scheme is refused, not read as lines" {
	drone 1 | wd-store sqlite:t.db
	run -64 wd-store t.db
	[[ $output == 'wd-store: not a database argument=t.db '*'hint="a file of SQLite is written sqlite:FILE"' ]]
	run -64 wd-store nowhere.sqlite </dev/null
}

@test "a forgotten wd-normalize is logged at once, and at the end with its count" {
	grep '"body"' "$DATA/captures/replies.ndjson" | head -5 >replies
	mkfifo in
	start out sh -c 'exec wd-store sqlite:t.db <in'
	exec 7>in
	head -2 replies >&7
	wait_for 5 grep -q 'replies that were not normalized: [12]; hint=wd-normalize' out.err
	tail -3 replies >&7
	exec 7>&-
	wait "$started"
	[ "$(tail -2 out.err)" = 'wd-store: replies that were not normalized: 5; hint=wd-normalize
wd-store: read=5 stored=0 unchanged=0 rejected=0 ignored=5' ]
	run -0 bash -c 'wd-normalize replies | wd-store sqlite:t.db'
	[[ $output != *'not normalized'* ]]
}

@test "types without a table are ignored and counted" {
	run -0 wd-store sqlite:t.db - <<<'{"type":"reply","kit_id":"alpha"}'
	[ "$output" = "wd-store: read=1 stored=0 unchanged=0 rejected=0 ignored=1" ]
}

@test "the schema is made on first use, strict and with a journal that survives" {
	wd-store -q sqlite:t.db </dev/null
	[ ! -e t.db ]
	drone 1 | wd-store -q sqlite:t.db
	[ "$(sqlite_value t.db 'PRAGMA journal_mode')" = wal ]
	[ "$(sqlite_value t.db "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite%'")" = 0 ]
	run -0 wd-store --migrate sqlite:m.db
	[ "$output" = 'wd-store: the tables are complete' ]
	run -0 wd-store --check sqlite:m.db
	[ "$output" = 'wd-store: ready to store' ]
	[ "$(sqlite_value m.db 'SELECT max(version) FROM wd_schema')" = "$schema_version" ]
}

@test "every type of line is stored" {
	run -0 wd-store sqlite:t.db "$DATA/store.ndjson"
	[ "$output" = 'wd-store: read=13 stored=8 unchanged=2 rejected=2 ignored=1' ]
	[ "$(sqlite_value t.db "SELECT lat, alt, rssi, description FROM drones WHERE drone_id = 'd1'")" = \
		'42.3691470669975|12.0|-68|q"uo\te�é☃' ]
	[ "$(sqlite_value t.db "SELECT time, vspeed, runtime, on_ground FROM drones WHERE drone_id LIKE 'icao%'")" = \
		'2026-11-23T17:59:29.000000Z|0.0|8|1' ]
	[ "$(sqlite_value t.db 'SELECT kit_updated_epoch, gps_fix FROM system_health')" = '1795456769123456789|1' ]
	[ "$(sqlite_value t.db 'SELECT status, last_seen, status_time, source, tags FROM kits')" = \
		'online|2026-11-23T17:59:29.700000Z|2026-11-23T17:59:30.000000Z|http|["roof","a \"b\"\\c"]' ]
	[ "$(sqlite_value t.db 'SELECT state, requests, ok, failed FROM coverage')" = 'listening|12|11|1' ]
}

@test "whole numbers are stored to the last digit, or not at all" {
	for number in -9223372036854774784 9223372036854774784 -9223372036854775808 \
		-9223372036854775809 9223372036854775808 1e19; do
		echo '{"type":"system_health","time":"2026-11-23T18:00:00Z","kit_id":"'$number'","kit_updated_epoch":'$number'}'
	done >lines
	run -0 wd-store sqlite:t.db lines
	[ "$output" = 'wd-store: read=6 stored=2 unchanged=0 rejected=4 ignored=0' ]
	[ "$(sqlite_value t.db 'SELECT count(*) FROM system_health WHERE kit_updated_epoch = kit_id')" = 2 ]
}

@test "one batch gives what its lines would have given one by one" {
	for seed in 1 2 3; do
		jumble $seed >lines
		for batch in 1 7 5000; do
			rm -f t.db*
			wd-store -q --batch $batch sqlite:t.db lines
			sqlite_tables t.db >tables.$batch
		done
		diff tables.1 tables.7
		diff tables.1 tables.5000
	done
}

@test "what wd-store itself cannot use becomes a reject, with its bytes and why" {
	while IFS='|' read -r reason line; do
		rm -f t.db*
		printf '%s\n' "$line" >line
		run -0 wd-store sqlite:t.db line
		[ "$output" = 'wd-store: read=1 stored=0 unchanged=0 rejected=1 ignored=0' ]
		[ "$(sqlite_value t.db 'SELECT reason FROM rejects')" = "$reason" ]
		[ "$(sqlite_value t.db 'SELECT raw FROM rejects')" = "$line" ]
	done <<-'END'
		not_json: expected an object at byte 0|[1]
		not_json: ends too early at byte 15|{"type":"drone"
		not_json: more after the value at byte 16|{"type":"drone"}{}
		no_type: not an object with a type|{"time":"2026-11-23T17:59:29Z"}
		no_type: not an object with a type|{"type":7}
		bad_value: drones.time: missing|{"type":"drone","kit_id":"a","drone_id":"d"}
		bad_value: drones.time: not a time|{"type":"drone","time":"today","kit_id":"a","drone_id":"d"}
		bad_value: drones.time: not a text|{"type":"drone","time":5,"kit_id":"a","drone_id":"d"}
		bad_value: drones.drone_id: missing|{"type":"drone","time":"2026-11-23T17:59:29Z","kit_id":"a","drone_id":null}
		bad_value: drones.lat: not a number|{"type":"drone","time":"2026-11-23T17:59:29Z","kit_id":"a","drone_id":"d","lat":"1"}
		bad_value: drones.lat: not a number|{"type":"drone","time":"2026-11-23T17:59:29Z","kit_id":"a","drone_id":"d","lat":1e999}
		bad_value: drones.rssi: out of range|{"type":"drone","time":"2026-11-23T17:59:29Z","kit_id":"a","drone_id":"d","rssi":2147483648}
		bad_value: drones.mac: not a text|{"type":"drone","time":"2026-11-23T17:59:29Z","kit_id":"a","drone_id":"d","mac":7}
		bad_value: drones.on_ground: not true or false|{"type":"drone","time":"2026-11-23T17:59:29Z","kit_id":"a","drone_id":"d","on_ground":1}
		bad_value: drones.track_type: not one of the known|{"type":"drone","time":"2026-11-23T17:59:29Z","kit_id":"a","drone_id":"d","track_type":"x"}
		bad_value: system_health.cpu_percent: out of range|{"type":"system_health","time":"2026-11-23T17:59:29Z","kit_id":"a","cpu_percent":100.5}
		bad_value: system_health.uptime_hours: out of range|{"type":"system_health","time":"2026-11-23T17:59:29Z","kit_id":"a","uptime_hours":-1}
		bad_value: kits.status: missing|{"type":"kit_status","time":"2026-11-23T17:59:29Z","kit_id":"a"}
		bad_value: kits.tags: not an array of texts|{"type":"kit","kit_id":"a","tags":[1]}
		bad_value: rejects.stage: missing|{"type":"reject"}
	END
}

@test "bytes that are no text are kept readable, a line over 16 MiB by its beginning" {
	printf 'a\0b\377c\n' | wd-store -q sqlite:t.db
	[ "$(sqlite_value t.db 'SELECT raw FROM rejects')" = 'a�b�c' ]
	{
		head -c 17000000 /dev/zero | tr '\0' x
		echo
		drone 1
	} >lines
	run -0 wd-store sqlite:big.db lines
	[ "$output" = 'wd-store: read=2 stored=1 unchanged=0 rejected=1 ignored=0' ]
	[ "$(sqlite_value big.db 'SELECT reason, length(raw) FROM rejects')" = 'too_long: line longer than 16 MiB|65536' ]
}

@test "a kit_status never goes back in time; a kit line leaves alone what it does not name" {
	wd-store -q sqlite:t.db <<-'END'
		{"type":"kit","kit_id":"a","name":"A","location":"Yard","enabled":false}
		{"type":"kit_status","kit_id":"a","status":"online","time":"2026-11-23T18:00:00Z","last_seen":"2026-11-23T17:59:00Z"}
	END
	wd-store -q sqlite:t.db <<-'END'
		{"type":"kit","kit_id":"a","name":"B"}
		{"type":"kit_status","kit_id":"a","status":"offline","time":"2026-11-23T17:00:00Z","last_seen":"2026-11-23T16:59:00Z"}
	END
	[ "$(sqlite_value t.db 'SELECT name, location, enabled, status, last_seen, status_time FROM kits')" = \
		'B|Yard|1|online|2026-11-23T17:59:00.000000Z|2026-11-23T18:00:00.000000Z' ]
}

@test "a row that SQLite refuses becomes a reject, the others are stored" {
	wd-store -q --migrate sqlite:t.db
	sqlite3 t.db "CREATE TRIGGER refuse BEFORE INSERT ON drones WHEN NEW.lat = 66.6
		BEGIN SELECT RAISE(ABORT, 'no'); END"
	{
		drones 1 700
		drone poison ',"lat":66.6'
		drones 701 999
	} >lines
	run -0 wd-store sqlite:t.db lines
	[ "${lines[-1]}" = 'wd-store: read=1000 stored=999 unchanged=0 rejected=1 ignored=0' ]
	[ "$(sqlite_value t.db 'SELECT raw FROM rejects')" = "$(drone poison ',"lat":66.6')" ]
}

@test "what triggers change is not counted" {
	wd-store -q --migrate sqlite:t.db
	sqlite3 t.db 'CREATE TABLE log (x); CREATE TRIGGER note AFTER INSERT ON drones
		BEGIN INSERT INTO log VALUES (1), (2); END'
	drones 1 5 >lines
	run -0 wd-store sqlite:t.db lines lines
	[ "$output" = 'wd-store: read=10 stored=5 unchanged=5 rejected=0 ignored=0' ]
	[ "$(sqlite_value t.db 'SELECT count(*) FROM log')" = 10 ]
}

@test "half a line at the end is a reject, or 65 with --fail-fast" {
	wd-store --migrate sqlite:t.db
	printf '{"type":"dro' >torn
	run -65 wd-store --fail-fast sqlite:t.db torn
	[[ $output == *"the input ends within a line"* ]]
	[ "$(sqlite_value t.db 'SELECT count(*) FROM rejects')" = 0 ]
	run -0 wd-store sqlite:t.db torn
	[ "$(sqlite_value t.db 'SELECT raw FROM rejects')" = '{"type":"dro' ]
	printf '{"type":"signal","time":"2026-11-23T10:00:00.000000Z","kit_id":"a","freq_mhz":1}' >whole
	run -0 wd-store --fail-fast sqlite:t.db whole
	[ "$(sqlite_value t.db 'SELECT count(*) FROM signals')" = 1 ]
}

@test "a locked database is waited for, or 75 with --fail-fast" {
	drones 1 10 >lines
	wd-store -q sqlite:t.db lines
	lock_sqlite
	run -75 wd-store --fail-fast sqlite:t.db lines
	[[ ${lines[0]} == 'wd-store: the database is unavailable reason=locked'* ]]
	start out wd-store sqlite:t.db lines
	wait_for 20 grep -q 'database is unavailable' out.err
	: >unlock
	ended_with 0 "$started"
}

@test "a file that is no sound database is 78 and left as it is" {
	drones 1 400 >lines
	head -c 20000 /dev/urandom >noise.db
	cp noise.db noise.before
	run -78 wd-store sqlite:noise.db lines
	[[ ${lines[0]} == 'wd-store: the database is damaged, or is not one; it is left unchanged file=noise.db'* ]]
	cmp noise.db noise.before
	wd-store -q sqlite:torn.db lines
	sqlite3 torn.db 'PRAGMA wal_checkpoint(TRUNCATE)' >wal
	dd if=/dev/urandom of=torn.db bs=4096 seek=1 count=12 conv=notrunc status=none
	rm -f torn.db-wal torn.db-shm
	cp torn.db torn.before
	run -78 wd-store sqlite:torn.db lines
	[[ ${lines[0]} == *'the database is damaged, or is not one; it is left unchanged file=torn.db'* ]]
	cmp torn.db torn.before
}

@test "a full disk is 74, a file that cannot be written 78" {
	[ "$(id -u)" = 0 ] || skip "needs root to mount a small disk"
	mkdir small
	mount -t tmpfs -o size=1m tmpfs small 2>/dev/null || skip "cannot mount a small disk here"
	drones 1 20000 >lines
	run wd-store sqlite:small/t.db lines
	umount small
	[ "$status" = 74 ]
	[[ ${lines[0]} == 'wd-store: cannot write the database file=small/t.db reason="database or disk is full" hint="free space, then delete old rows with wd-store --prune"' ]]
}

@test "a place where no file can be made is 78, a file that is not there 66" {
	run -78 wd-store --check sqlite:nowhere/t.db
	[[ $output == 'wd-store: cannot write the database file=nowhere/t.db'* ]]
	run -78 wd-store sqlite:nowhere/t.db </dev/null
	[[ $output == 'wd-store: cannot write the database file=nowhere/t.db'* ]]
	run -66 wd-store sqlite:t.db nowhere
	run -64 wd-store sqlite:
	run -64 wd-store --roles sqlite:t.db
	run -64 wd-store --check sqlite:t.db lines
	run -64 wd-store --jobs 2 sqlite:t.db lines
	run -64 wd-store --batch 0 sqlite:t.db lines
}

@test "another program's table of the same name is 78" {
	sqlite3 t.db 'CREATE TABLE drones (x)'
	drone 1 >lines
	run -78 wd-store sqlite:t.db lines
	[[ ${lines[0]} == 'wd-store: schema mismatch reason='* ]]
}

@test "kill -9 at any moment: running again gives the same tables" {
	jumble 5 >lines
	wd-store -q sqlite:wanted.db lines
	for moment in 1 2 3 4 5; do
		rm -f t.db*
		start out wd-store --batch 5 sqlite:t.db lines
		sleep "0.0$moment"
		kill -9 "$started" 2>/dev/null || true
		wait "$started" || true
		wd-store -q sqlite:t.db lines
		diff <(sqlite_tables wanted.db) <(sqlite_tables t.db)
	done
}

@test "a line waits for others for at most --delay; SIGUSR1 logs the counts; SIGTERM stores" {
	mkfifo pipe
	start out wd-store --delay 1h sqlite:t.db pipe
	exec 8>pipe
	drone 1 >&8
	wait_for 5 usr1_logs 'read=1 stored=0 .* waiting=1'
	kill "$started"
	ended_with 0 "$started"
	exec 8>&-
	[ "$(sqlite_value t.db 'SELECT count(*) FROM drones')" = 1 ]
	start out wd-store --delay 10ms sqlite:t.db pipe
	exec 8>pipe
	drone 2 >&8
	stored() {
		[ "$(sqlite_value t.db 'SELECT count(*) FROM drones')" = "$1" ]
	}
	wait_for 5 stored 2
	exec 8>&-
	ended_with 0 "$started"
}

@test "a stop within a line stores no half of it, and names a file that was not read" {
	mkfifo pipe
	drone 2 >later
	start out wd-store sqlite:t.db pipe later
	exec 8>pipe
	printf '%s\n%s' "$(drone 1)" '{"type":"drone"' >&8
	stored() {
		[ "$(sqlite_value t.db 'SELECT count(*) FROM drones')" = 1 ]
	}
	wait_for 5 stored
	kill "$started"
	ended_with 75 "$started"
	exec 8>&-
	[ "$(sqlite_value t.db 'SELECT count(*) FROM rejects')" = 0 ]
	grep -qx 'wd-store: stopped before the end of the file file=later' out.err
}

@test "a file of SQLite that cannot be opened: why, in the system's words" {
	run -78 wd-store --check sqlite:nowhere/x.db
	[ "$output" = 'wd-store: cannot write the database file=nowhere/x.db reason="No such file or directory" hint="the user must be allowed to write the file and its folder: ls -ld"' ]
	run -78 wd-store --check sqlite:.
	[[ $output == *'file=. reason="Is a directory" hint='* ]]
}
