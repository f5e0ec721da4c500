# What the tests of wd-drain share: stages that do as they are told stand in for the real ones.
# shellcheck shell=bash disable=SC2034 # what it sets, they use

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	fakes=$BATS_TEST_TMPDIR/fakes spool=$BATS_TEST_TMPDIR/spool
	mkdir -p fakes spool/new
	make_fakes
	PATH=$fakes:$PATH
}

teardown() {
	stop_started
}

# The stand-ins. A line CRASH kills the stage that reads it, HANG makes it wait for ever. wd-store
# appends what it reads to rows when it ends well, and ends with the status in the file `store`, if
# that is there, without reading; each run adds a line to the file runs.
make_fakes() {
	cat >fakes/wd-normalize <<-'X'
		#!/usr/bin/env bash
		[ "${1:-}" != -- ] || shift
		exec cat -- "$@"
	X
	cat >fakes/wd-health <<-'X'
		#!/usr/bin/env bash
		while [ $# -gt 0 ]; do
			case $1 in
				--state) state=$2; shift ;;
				--prometheus) echo metrics >"$2"; shift ;;
			esac
			shift
		done
		count=$(cat "$state" 2>/dev/null)
		while read -r line; do
			count=$((count + 1))
			echo "$line"
		done
		echo "$count" >"$state.new" && mv "$state.new" "$state"
	X
	cat >fakes/wd-store <<-'X'
		#!/usr/bin/env bash
		fakes=$(dirname "$0")
		[ "$1" != --version ] || { echo wd-store 1.2.3; exit; }
		echo "$* ${DATABASE_URL:-}" >>"$fakes/runs"
		[ ! -e "$fakes/store" ] || exit "$(cat "$fakes/store")"
		rows=
		while read -r line; do
			case $line in
				CRASH*) kill -SEGV $$ ;;
				HANG*) echo $$ >"$fakes/hanging"; while :; do sleep 0.2; done ;;
			esac
			rows+=$line$'\n'
		done
		printf %s "$rows" >>"$fakes/rows"
		echo "wd-store: read=$(grep -c . <<<"$rows") stored=1 rejected=0" >&2
		[ ! -e "$fakes/talkative" ] || echo "wd-store: read=this line is no count" >&2
	X
	chmod +x fakes/*
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

said() {
	grep -q -e "$1" drain.err
}
