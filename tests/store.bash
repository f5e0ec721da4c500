# What the tests of wd-store share.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of the tests

schema_version=$(sed -n "s/^#define SCHEMA_VERSION //p" "$ROOT/common/record/columns.h")

# drone N [MEMBERS]: a line; MEMBERS begin with a comma.
drone() {
	printf '{"type":"drone","time":"2026-11-23T17:59:29.5Z","kit_id":"alpha","drone_id":"d%s"%s}\n' \
		"$1" "${2:-}"
}

# drones FROM TO [KIT]: a line each, no key twice.
drones() {
	awk -v from="$1" -v to="$2" -v kit="${3:-alpha}" 'BEGIN {
		for (i = from; i <= to; i++)
			printf "{\"type\":\"drone\",\"time\":\"2026-11-23T%02d:%02d:%02dZ\"," \
				"\"kit_id\":\"%s\",\"drone_id\":\"d%d\",\"lat\":%.6f,\"rssi\":%d," \
				"\"description\":\"drone number %d\"}\n",
				i / 3600 % 24, i / 60 % 60, i % 60, kit, i, i % 90, -(i % 100), i
	}'
}

# jumble SEED: lines with few keys and many repeats, in every type, some of them bad.
jumble() {
	awk -v seed="$1" '
		function pick(n) { return int(rand() * n) }
		function maybe(key, value) { return rand() < 0.4 ? ",\"" key "\":" value : "" }
		function text(words) { n = split(words, word, " "); return "\"" word[pick(n) + 1] "\"" }
		BEGIN {
			srand(seed)
			for (i = 0; i < 900; i++) {
				head = sprintf("\"time\":\"2026-11-23T18:00:%02dZ\",\"kit_id\":\"k%d\"",
					pick(4), pick(3))
				kind = pick(10)
				if (kind < 5)
					print "{\"type\":\"drone\"," head ",\"drone_id\":\"d" pick(3) "\"" \
						maybe("lat", pick(5) - 2) maybe("rssi", -pick(4)) \
						maybe("mac", text("a b")) maybe("on_ground", pick(2) ? "true" : "false") \
						maybe("track_type", text("drone aircraft drone balloon")) "}"
				else if (kind == 5)
					print "{\"type\":\"signal\"," head ",\"freq_mhz\":" 5800 + pick(2) \
						maybe("power_dbm", -pick(90)) "}"
				else if (kind == 6)
					print "{\"type\":\"system_health\"," head maybe("cpu_percent", pick(130)) \
						maybe("temp_cpu", pick(80)) "}"
				else if (kind == 7)
					print "{\"type\":\"kit_status\"," head ",\"status\":" \
						text("online offline stale") \
						maybe("last_seen", sprintf("\"2026-11-23T18:00:%02dZ\"", pick(60))) "}"
				else if (kind == 8)
					print "{\"type\":\"kit\",\"kit_id\":\"k" pick(3) "\"" \
						maybe("name", text("N M")) maybe("location", text("L O")) \
						",\"enabled\":" (pick(2) ? "true" : "false") \
						maybe("tags", pick(2) ? "[\"x\"]" : "[]") "}"
				else
					print "{\"type\":\"reject\",\"stage\":" text("wd-normalize wd-poll") \
						",\"time\":\"2026-11-23T18:00:00Z\",\"raw\":" text("r s t") "}"
			}
		}'
}

every_table='drones signals system_health kits rejects coverage'

# What a database holds, but for the moments at which it was written.
pg_tables() {
	local table columns
	for table in $every_table; do
		columns=$(pg_value "$1" "SELECT string_agg(attname, ',' ORDER BY attname)
			FROM pg_attribute WHERE attrelid = '$table'::regclass AND attnum > 0
			AND NOT attisdropped AND attname <> 'created_at'
			AND NOT (attname = 'time' AND '$table' = 'rejects')")
		echo "== $table"
		pg_value "$1" "SELECT $columns FROM $table" | LC_ALL=C sort
	done
}

sqlite_tables() {
	local table columns
	for table in $every_table; do
		columns=$(sqlite_value "$1" "SELECT group_concat(name) FROM (SELECT name
			FROM pragma_table_info('$table') WHERE name <> 'created_at'
			AND NOT (name = 'time' AND '$table' = 'rejects') ORDER BY name)")
		echo "== $table"
		sqlite_value "$1" "SELECT $columns FROM $table" | LC_ALL=C sort
	done
}

# usr1_logs PATTERN: whether the wd-store that was started last logs such counts on SIGUSR1. Wait for it.
usr1_logs() {
	kill -USR1 "$started"
	grep -q "$1" out.err
}

# lock_sqlite: another program locks t.db, until ./unlock is written.
lock_sqlite() {
	mkfifo unlock
	start lock python3 -c 'import sqlite3
db = sqlite3.connect("t.db", isolation_level=None)
db.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
open("unlock").read()'
	wait_for 5 grep -q locked lock
}
