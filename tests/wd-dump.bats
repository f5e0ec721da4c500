# wd-dump: prints the rows of a database as records.
load lib
load postgresql

setup() {
	cd "$BATS_TEST_TMPDIR"
	pg_database wd 2>/dev/null
}

migrated() {
	wd-store -q --migrate "$pg_url"
}

# lines: what every table holds, with texts and numbers of every kind.
lines() {
	cat "$DATA/store.ndjson"
	for second in {10..59}; do
		printf '{"type":"drone","time":"2026-11-23T18:00:%s.123456Z","kit_id":"beta","drone_id":"d%d","lat":%s.1,"lon":-1.7976931348623157e308,"alt":5e-324,"observed_at":1795464500.638412,"description":"=1+1 \\u0085 <b> 中"}\n' \
			"$second" $((second % 7)) "$second"
		printf '{"type":"signal","time":"2026-11-23T18:00:%s.5Z","kit_id":"alpha","freq_mhz":5800.%s,"pal_conf":0.1}\n' \
			"$second" "$second"
		printf '{"type":"system_health","time":"2026-11-23T18:00:%sZ","kit_id":"beta","cpu_percent":%s,"kit_updated_epoch":1795456769123456789}\n' \
			"$second" "$second"
	done
}

@test "the dump of a copy is the dump of the original: SQLite to PostgreSQL and back" {
	migrated
	lines | wd-store -q sqlite:a.db
	wd-dump sqlite:a.db >a
	[ "$(wc -l <a)" -gt 150 ]
	wd-store -q "$pg_url" a
	wd-dump "$pg_url" >b
	cmp a b
	wd-store -q sqlite:c.db b
	wd-dump sqlite:c.db >c
	cmp a c
	# Again: nothing is new.
	run -0 wd-store "$pg_url" a
	[[ $output == *' stored=0 '* ]]
}

@test "PostgreSQL to SQLite and back" {
	migrated
	lines | wd-store -q "$pg_url"
	wd-dump "$pg_url" >a
	wd-store -q sqlite:b.db a
	pg_database other 2>/dev/null
	migrated
	wd-dump sqlite:b.db | wd-store -q "$pg_url"
	wd-dump "$pg_url" >c
	cmp a c
}

@test "a record is what wd-store was given" {
	head -1 "$DATA/store.ndjson" | wd-store -q sqlite:a.db
	wd-dump sqlite:a.db | diff - <(head -1 "$DATA/store.ndjson")
	line='{"type":"drone","time":"2026-11-23T17:59:29.500000Z","kit_id":"k","drone_id":"d","lat":0.1,"rssi":-69,"on_ground":false}'
	wd-store -q sqlite:b.db <<<"$line"
	[ "$(wd-dump sqlite:b.db)" = "$line" ]
}

@test "kits and their states, then all else by time" {
	lines | wd-store -q sqlite:a.db
	wd-dump sqlite:a.db >out
	jq -r .type out | uniq | head -2 | diff - <(printf 'kit\nkit_status\n')
	jq -r 'select(.type | startswith("kit") | not) | .time' out >times
	sort -c times
	[ "$(jq -r 'select(.time == "2026-11-23T18:00:30.000000Z") | .type' out)" = system_health ]
}

@test "--since and --until, --kit, --drone, --type: both databases agree" {
	migrated
	lines | wd-store -q sqlite:a.db
	wd-dump sqlite:a.db | wd-store -q "$pg_url"
	chosen() {
		wd-dump "$@" "$pg_url" >pg
		wd-dump "$@" sqlite:a.db >sqlite
		cmp pg sqlite
		cat sqlite
	}
	chosen --type drone --since 2026-11-23T18:00:20.123456Z --until 2026-11-23T18:00:22.123456Z >out
	[ "$(jq -r .lat out)" = "$(printf '20.1\n21.1')" ]
	chosen --kit alpha --type signal --type drone >out
	[ "$(jq -r .kit_id out | sort -u)" = alpha ]
	[ "$(jq -r .type out | sort -u)" = "$(printf 'drone\nsignal')" ]
	chosen --drone d3 --drone d4 >out
	[ "$(jq -r .drone_id out | sort -u)" = "$(printf 'd3\nd4')" ]
	chosen --drone d3 --type drone --type kit >out
	[ "$(jq -r .type out | sort -u)" = "$(printf 'drone\nkit')" ]
	chosen --kit "no' such; kit" >out
	[ ! -s out ]
}

@test "--limit: of each type the newest" {
	migrated
	lines | wd-store -q sqlite:a.db
	wd-dump sqlite:a.db | wd-store -q "$pg_url"
	wd-dump --limit 3 --type drone --type system_health sqlite:a.db >out
	jq -r '.type + " " + .time[17:19]' out | sort | diff - <(printf '%s\n' \
		'drone 57' 'drone 58' 'drone 59' 'system_health 57' 'system_health 58' 'system_health 59')
	wd-dump --limit 3 --type drone --type system_health "$pg_url" | cmp - out
}

@test "--since counts back from now" {
	now=$(date -u +%FT%TZ) long_ago=$(date -u -d '3 hours ago' +%FT%TZ)
	for time in "$now" "$long_ago"; do
		printf '{"type":"drone","time":"%s","kit_id":"k","drone_id":"d"}\n' "$time"
	done | wd-store -q sqlite:a.db
	[ "$(wd-dump --since 2h sqlite:a.db | wc -l)" = 1 ]
	[ "$(wd-dump --since 1d sqlite:a.db | wc -l)" = 2 ]
	[ "$(wd-dump --since 1w sqlite:a.db | wc -l)" = 2 ]
	[ "$(wd-dump --until 2h sqlite:a.db | wc -l)" = 1 ]
	for time in yesterday 2026-13-01 -5; do
		run -64 wd-dump --since="$time" sqlite:a.db
		[[ ${lines[0]} == "wd-dump: invalid value --since=$time expected=\"a time such as "* ]]
	done
}

@test "databases that others have made: the original's tables, and today's" {
	for schema in original upstream; do
		pg_database old 2>/dev/null
		psql -qd old -f "$DATA/schema/$schema.sql"
		psql -qd old -c "INSERT INTO drones (time, kit_id, drone_id, lat, rssi, track_type)
			VALUES ('2026-01-02 03:04:05.678901+00', 'k', 'd', 1.25, -70, 'drone')" \
			-c "INSERT INTO kits (kit_id, name, api_url, status, last_seen)
			VALUES ('k', 'Kit', 'http://k', 'online', '2026-01-02 03:04:06+00')"
		run -0 wd-dump --kit k "$pg_url"
		diff - <(grep -v '"created' <<<"$output") <<-'END'
		{"type":"kit","kit_id":"k","name":"Kit","api_url":"http://k","enabled":true,"source":"http"}
		{"type":"kit_status","time":"2026-01-02T03:04:06.000000Z","kit_id":"k","status":"online","last_seen":"2026-01-02T03:04:06.000000Z"}
		{"type":"drone","time":"2026-01-02T03:04:05.678901Z","kit_id":"k","drone_id":"d","lat":1.25,"rssi":-70,"track_type":"drone"}
		END
		# The copy, which has all columns, gives the same.
		rm -f copy.db
		wd-dump --kit k "$pg_url" | wd-store -q sqlite:copy.db
		wd-dump sqlite:copy.db | diff - <(echo "$output")
	done
}

@test "DATABASE_URL, then wardragon.db, where no target is named" {
	head -1 "$DATA/store.ndjson" | tee >(wd-store -q) >(DATABASE_URL=sqlite:x.db wd-store -q) >/dev/null
	wait_for 5 eval 'wd-dump -q | grep -q alpha'
	wait_for 5 eval 'DATABASE_URL=sqlite:x.db wd-dump | grep -q alpha'
}

@test "what cannot be read is reported with its cause" {
	run -66 wd-dump sqlite:missing.db
	[ "$output" = 'wd-dump: cannot open file=missing.db reason="unable to open database file"' ]
	[ ! -e missing.db ]
	echo 'this is no database, but a text that is long enough to be looked at' >text.db
	run -78 wd-dump sqlite:text.db
	[ "$output" = 'wd-dump: cannot read the database file=text.db reason="file is not a database"' ]
	sqlite3 empty.db 'CREATE TABLE other (a)'
	run -78 wd-dump sqlite:empty.db
	[ "$output" = 'wd-dump: no such table in the database table=rejects hint="wd-store --migrate"' ]
	run -78 wd-dump "$pg_url"
	[ "$output" = 'wd-dump: no such table in the database table=rejects hint="wd-store --migrate"' ]
	run -75 wd-dump "postgresql://absent@/wd?host=$BATS_TEST_TMPDIR"
	[[ $output == 'wd-dump: the database is unavailable reason="no connection: '* ]]
	psql -qd wd -c 'CREATE ROLE stranger LOGIN' -c 'CREATE TABLE kits (kit_id text)'
	run -78 wd-dump --type kit "${pg_url/wardragon@/stranger@}"
	[[ $output == 'wd-dump: cannot read the database sqlstate=42501 reason='* ]]
	psql -qd wd -c 'DROP TABLE kits' -c "CREATE VIEW kits AS SELECT (1 / (random() * 0)::int)::text AS kit_id"
	run -78 wd-dump --type kit "$pg_url"
	[[ $output == 'wd-dump: cannot read the database sqlstate=22012 reason='* ]]
	psql -qd wd -c 'DROP VIEW kits' -c 'DROP ROLE stranger' -c "CREATE FUNCTION raise(code text) RETURNS text LANGUAGE plpgsql AS
		\$\$ BEGIN RAISE EXCEPTION USING ERRCODE = code; END \$\$"
	for code in XX000/69 57014/75 40001/75 3F000/78; do
		psql -qd wd -c "CREATE OR REPLACE VIEW kits AS SELECT raise('${code%/*}') AS kit_id"
		run "-${code#*/}" wd-dump --type kit "$pg_url"
		[[ $output == *" sqlstate=${code%/*} "* ]]
	done
	# The same statuses as those of wd-store.
	run -78 wd-dump "${pg_url/wd?/nowhere?}"
	[ "$output" = 'wd-dump: cannot read the database sqlstate=3D000 reason="no such database" hint=createdb' ]
	run -78 wd-dump "${pg_url/wardragon@/absent@}"
	[[ $output == 'wd-dump: cannot read the database sqlstate=28000 reason="access refused" hint='* ]]
	run -64 wd-dump mysql://user:secret@host/db
	[[ $output != *secret* ]]
	run -64 wd-dump --type boat sqlite:empty.db
	[ "${lines[0]}" = 'wd-dump: no such type argument=boat' ]
	lines | wd-store -q sqlite:a.db
	run -74 sh -c 'wd-dump sqlite:a.db >/dev/full'
	[[ $output == 'wd-dump: cannot write file=stdout reason='* ]]
}

@test "--kits prints the enabled kits with HTTP as a kits.yaml that wd-poll reads" {
	migrated
	cat >kits <<-'END'
		{"type":"kit","kit_id":"a","name":"Kit \"A\": [x] # \u001b[2J","location":"- roof\nyes","api_url":"http://10.0.0.7:8088","tags":["north","true","ü, é"]}
		{"type":"kit","kit_id":"1e3","api_url":"https://10.0.0.8:8088/kit"}
		{"type":"kit","kit_id":"off","api_url":"http://10.0.0.9:8088","enabled":false}
		{"type":"kit","kit_id":"nowhere"}
		{"type":"kit","kit_id":"mqtt","api_url":"http://10.0.0.10:8088"}
	END
	wd-store -q sqlite:t.db kits
	wd-store -q "$pg_url" kits
	sqlite_value t.db "UPDATE kits SET source = 'mqtt' WHERE kit_id = 'mqtt'"
	pg_value wd "UPDATE kits SET source = 'mqtt' WHERE kit_id = 'mqtt'"
	for target in sqlite:t.db "$pg_url"; do
		wd-dump --kits "$target" >kits.yaml
		diff kits.yaml - <<-'END'
			kits:
			- id: "1e3"
			  api_url: "https://10.0.0.8:8088/kit"
			- id: "a"
			  name: "Kit \"A\": [x] # \e[2J"
			  location: "- roof\nyes"
			  api_url: "http://10.0.0.7:8088"
			  tags: ["north", "true", "ü, é"]
		END
		run -0 wd-poll --check -c kits.yaml
		[[ ${lines[-1]} == '2 kits, 2 enabled' ]]
		[ "$(wd-dump --kits --kit 1e3 "$target" | grep -c id:)" = 1 ]
	done
	run -64 wd-dump --kits --type drone sqlite:t.db
	[[ ${lines[0]} == *'can be combined with --kit and --output only argument=--kits'* ]]
}

@test "--kits --output replaces a file as a whole, and only if the kits changed" {
	wd-store -q sqlite:t.db <<<'{"type":"kit","kit_id":"a","api_url":"http://10.0.0.7:8088"}'
	wd-dump --kits --output kits.yaml sqlite:t.db
	wd-dump --kits sqlite:t.db | cmp - kits.yaml
	before=$(stat -c %i kits.yaml)
	wd-dump --kits --output kits.yaml sqlite:t.db
	[ "$(stat -c %i kits.yaml)" = "$before" ]
	run -66 wd-dump --kits --output kits.yaml sqlite:missing.db
	wd-dump --kits sqlite:t.db | cmp - kits.yaml
	sqlite_value t.db 'UPDATE kits SET enabled = false'
	wd-dump --kits --output kits.yaml sqlite:t.db
	[ "$(<kits.yaml)" = 'kits: []' ]
	run -73 wd-dump --kits --output missing/kits.yaml sqlite:t.db
	run -64 wd-dump --output kits.yaml sqlite:t.db
	[ "$(<kits.yaml)" = 'kits: []' ]
}

@test "--kits: an empty table, the older collector's tables, no table" {
	wd-store -q --migrate sqlite:t.db
	[ "$(wd-dump --kits sqlite:t.db)" = 'kits: []' ]
	run -78 wd-dump --kits "$pg_url"
	[ "$output" = 'wd-dump: no such table in the database table=kits hint="wd-store --migrate"' ]
	for schema in original upstream; do
		pg_database old 2>/dev/null
		psql -qd old -f "$DATA/schema/$schema.sql"
		wd-dump --kits "$pg_url" | grep -q 'api_url: "http://old:8088"'
	done
}

@test "a SQLite file on a write-protected medium can be read, unless its WAL holds rows" {
	[ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null || skip "mounting needs root"
	lines | wd-store -q 'sqlite:a?b#c%25.db'
	wd-dump 'sqlite:a?b#c%25.db' >wanted
	mkdir medium
	cat >script <<-'END'
		mount -t tmpfs none medium
		cp 'a?b#c%25.db' medium
		[ -z "$1" ] || cp "$1" 'medium/a?b#c%25.db-wal'
		mount -o remount,ro medium
		exec wd-dump 'sqlite:medium/a?b#c%25.db'
	END
	unshare -m bash -e script '' | cmp - wanted
	echo 'frames of a WAL' >wal
	run unshare -m bash -e script wal
	[ "$status" != 0 ]
	[[ $output == 'wd-dump: cannot open file='* ]]
}

@test "a signal ends it half way, with a status that shows it" {
	migrated
	# A table that takes its time.
	psql -qd wd -c 'ALTER TABLE signals RENAME TO real_signals' -c "CREATE VIEW signals AS
		SELECT now() AS time, 'k' || pg_sleep(60)::text AS kit_id, 5800::float8 AS freq_mhz"
	start out wd-dump --type signal "$pg_url"
	wait_for 5 eval "[ \"\$(pg_value wd \"SELECT count(*) FROM pg_stat_activity WHERE application_name = 'wd-dump' AND state = 'active'\")\" = 1 ]"
	kill "$started"
	status=0
	wait "$started" || status=$?
	[ "$status" = 75 ]
	[ "$(cat out.err)" = 'wd-dump: stopped before the end reason=signal' ]
}

# peak_kb COMMAND…: its largest resident memory; its output goes to `out`.
peak_kb() {
	# What the address sanitizer keeps back of freed memory is not the tool's.
	ASAN_OPTIONS=${ASAN_OPTIONS:-}:quarantine_size_mb=1 python3 -c '
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=open("out", "wb"), check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$@"
}

@test "the memory does not grow with the table" {
	migrated
	psql -qd wd -c "INSERT INTO drones (time, kit_id, drone_id, lat, lon, description)
		SELECT '2026-11-01'::timestamptz + n * interval '1 second', 'k', 'd' || n % 50, 1, 2,
			repeat('x', 500) FROM generate_series(1, 100000) n"
	wd-dump "$pg_url" | wd-store -q sqlite:a.db
	for target in "$pg_url" sqlite:a.db; do
		few=$(peak_kb wd-dump --until 2026-11-01T02:00:00Z "$target")
		[ "$(wc -l <out)" = 7199 ]
		all=$(peak_kb wd-dump "$target")
		[ "$(wc -l <out)" = 100000 ]
		echo "$target: $few KB, $all KB"
		((all - few < 6000))
	done
}
