# scripts/bench: that every query of the dashboards runs on what wd-store has stored, that wd-store can still be built
# without sightings to measure them, and that nothing is left.
load lib

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	[ "$BIN" = "$ROOT/build/bin" ] || skip 'it measures the programs in build/bin'
}

# bench SUBJECT: a run of it; results in out and runs.json.
bench() {
	local folder
	# The user postgres cannot enter the folder of the test.
	folder=$(mktemp -d)
	chmod 711 "$folder"
	TMPDIR=$folder "$ROOT/scripts/bench" "$1" --pairs 1 --json "$PWD/runs.json" >out 2>err || { cat out err; false; }
	rmdir "$folder"
}

@test "a small run measures each panel for each time, and also from the rows, and removes what it made" {
	BENCH_ROWS=3000 BENCH_RUNS=1 bench query
	grep -q '^query: [1-9][0-9]* rows of drones, [1-9][0-9]* sightings, whose size is ' out
	jq -r 'select(.title == "query") | .name' runs.json | sort | uniq -c | awk '{print $1}' | sort -u | diff - <(echo 4)
	jq -rs '.[].hours // empty' runs.json | sort -nu | xargs | diff - <(echo '1 24 168 720')
	jq -r 'select(.title == "query") | .name' runs.json | sort -u >measured
	for board in "$ROOT"/config/grafana/dashboards/*.json; do
		jq -r '.uid as $uid | .panels[] | select(.targets[0].rawSql) | $uid + ": " + .title' "$board"
	done | sort | comm -23 - measured | diff - /dev/null
	grep -qx 'wd-drones: Tracks, from rows' measured
	grep -q '^wd-dump ' out
}

@test "sightings: imports and polls with and without them" {
	[ "${WD_CHECK:-}" = long ] || skip "builds wd-store: scripts/check --long"
	BENCH_ROWS=3000 KITS=2 SECONDS_EACH=8 bench sightings
	jq -r .name runs.json | sort | diff - <(printf '%s\n' wd-store without)
	awk '/CPU ms per poll$/ {table = 1} table && $2 > 0 && $3 == 0 && $4 > 0 && $5 > 0 {print $1}' out | sort |
		diff - <(printf '%s\n' wd-store without)
}
