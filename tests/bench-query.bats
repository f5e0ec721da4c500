# scripts/bench query: that every query of the dashboards runs on what wd-store has stored, and that nothing is left.
load lib

@test "a small run measures each panel for each time, and also from the rows, and removes what it made" {
	[ "$BIN" = "$ROOT/build/bin" ] || skip 'it measures the programs in build/bin'
	cd "$BATS_TEST_TMPDIR"
	# The user postgres cannot enter the folder of the test.
	folder=$(mktemp -d)
	chmod 711 "$folder"
	TMPDIR=$folder BENCH_ROWS=3000 BENCH_RUNS=1 "$ROOT/scripts/bench" query --pairs 1 --json "$PWD/runs.json" >out 2>err ||
		{ cat out err; false; }
	rmdir "$folder"
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
