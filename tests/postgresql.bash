# A PostgreSQL for the whole file: `load postgresql` where its setup_file would do nothing else.
# shellcheck shell=bash

setup_file() {
	pg_start
}

teardown_file() {
	pg_stop
}
