# wd-store: records become rows, each once. PostgreSQL's side is in wd-store-postgresql.bats.

load lib

setup() {
	cd "$BATS_TEST_TMPDIR"
}

drone() {
	printf '{"type":"drone","time":"2026-11-23T17:59:29.5Z","kit_id":"alpha","drone_id":"d%s"%s}\n' "$@"
}

@test "a record is a row" {
	drone 1 ',"lat":42.5,"rssi":-69,"on_ground":false,"ua_type":"2"' | wd-store sqlite:t.db
	run -0 sqlite_value t.db "SELECT time,kit_id,drone_id,lat,rssi,on_ground,ua_type FROM drones"
	[ "$output" = '2026-11-23T17:59:29.500000Z|alpha|d1|42.5|-69|0|2' ]
}

@test "the target is an operand, or DATABASE_URL, or wardragon.db" {
	drone 1 >lines
	wd-store sqlite:operand.db lines
	DATABASE_URL=sqlite:environment.db wd-store lines
	wd-store lines
	for file in operand environment wardragon; do
		[ "$(sqlite_value $file.db 'SELECT count(*) FROM drones')" = 1 ]
	done
}

@test "the same lines again change nothing" {
	{ drone 1 ',"lat":1'; drone 2; } >lines
	run -0 wd-store sqlite:t.db lines lines
	[ "$output" = "wd-store: read=4 stored=2 unchanged=2 rejected=0 ignored=0" ]
	run -0 wd-store sqlite:t.db lines
	[ "$output" = "wd-store: read=2 stored=0 unchanged=2 rejected=0 ignored=0" ]
}

@test "types without a table are ignored and counted" {
	run -0 wd-store sqlite:t.db - <<<'{"type":"reply","kit_id":"alpha"}'
	[ "$output" = "wd-store: read=1 stored=0 unchanged=0 rejected=0 ignored=1" ]
}
