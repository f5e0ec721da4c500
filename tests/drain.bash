# What the tests of wd-drain share: stages that do as they are told stand in for the real ones.
# shellcheck shell=bash disable=SC2034 # what it sets, they use

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export FAKES=$BATS_TEST_TMPDIR/fakes
	mkdir -p "$FAKES" spool/new
	PATH=$ROOT/tests/fake_stages:$PATH
}

teardown() {
	stop_started
}

# segment NUMBER LINE…: a sealed segment; names sort by the number.
segment() {
	local name
	name=$(printf '%016d-%08x' "$1" "$1")
	printf '%s\n' "${@:2}" >"spool/tmp.$1"
	mv "spool/tmp.$1" "spool/new/$name"
}

drained() {
	[ -z "$(ls -A spool/new)" ]
}

rows() {
	cat fakes/rows
}

logged() {
	grep -q -e "$1" drain.err
}

# kept_state: what wd-health's stand-in has counted.
kept_state() {
	cat "${1:-spool.state}/current/health"
}
