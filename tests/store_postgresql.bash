# What the tests of wd-store on PostgreSQL share: an empty database `wd` a test.
# shellcheck shell=bash disable=SC2154 # pg_database sets pg_url

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	pg_database wd 2>/dev/null
}

teardown() {
	stop_started
	pg_value postgres 'SELECT 1' >/dev/null 2>&1 || pg_up
}

migrate() {
	wd-store -q --migrate "$pg_url"
}

has_rows() {
	[ "$(pg_value wd 'SELECT count(*) FROM drones')" = "$1" ]
}

has_lock() {
	[ "$(pg_value wd "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation = 'drones'::regclass AND granted")" = 1 ]
}
