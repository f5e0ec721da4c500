# What the tests of wd-store share that do the same with SQLite and with PostgreSQL: the empty databases of
# ${targets[@]}, a pair for each test.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of the tests; pg_database sets pg_url

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	pg_database wd 2>/dev/null
	wd-store -q --migrate "$pg_url"
	targets=("sqlite:t.db" "$pg_url")
}

teardown() {
	stop_started
}

# value_of TARGET SQL: print the value that it selects.
value_of() {
	case $1 in
		sqlite:*) sqlite_value "${1#sqlite:}" "$2" ;;
		*) PGTZ=UTC pg_value wd "$2" ;;
	esac
}
