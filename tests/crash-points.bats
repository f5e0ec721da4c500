# Each point between two calls that change files, in wd-drain and in each of its stages: a process that is killed there
# leaves what the next run completes, to the same tables, statistics, events and kept segments.
load lib

setup_file() {
	# The tests are skipped then.
	[[ $BIN != */san/* ]] || return 0
	cd "$BATS_FILE_TMPDIR" || return
	"${CC:-cc}" -shared -fPIC -O1 -o points.so "$ROOT/tests/crash/points.c" -ldl
	[ "${WD_CHECK:-}" = long ] && segments=5 || segments=2
	cat >watch.yaml <<-'X'
		rules:
		  - {name: visitors, on: [first_seen, seen, lost], level: info}
	X
	# Files of libraries are not meant.
	export DATABASE_URL=sqlite:t.db
	BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR sim --kits 1 --drones 3 --aircraft 1 --signals 1
	wd-poll --once --url "$sim_url/kit-1" --id kit-1 >replies
	mkdir -p fresh/spool/new
	"$ROOT/tests/segments.py" fresh/spool/new $segments <replies
	cp -r fresh expected
	(cd expected && drain)
	result expected >expected.result
	grep -q 'INSERT INTO .*drones' expected.result
	grep -q 'INSERT INTO .*events' expected.result
	export segments
}

teardown_file() {
	BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR stop_started
}

setup() {
	[[ $BIN != */san/* ]] || skip "a sanitizer must be the first library"
	export DATABASE_URL=sqlite:t.db
	cd "$BATS_FILE_TMPDIR" || return
}

# One checkpoint a segment.
drain() {
	wd-drain -q --once --batch 1 --keep kept --state state --watch ../watch.yaml --events events spool 3>&-
}

# result FOLDER: all that a run leaves, but for names and times of the run itself.
result() (
	cd "$1" || return
	sqlite3 t.db .dump | grep '^INSERT' | grep -v wd_schema |
		sed -E "s/^(INSERT INTO kits VALUES\('[^']*',)'[^']*'/\1/" | sort # when it was created
	cat state/current/health state/current/watch
	cat events/new/* | sort -u
	ls spool/new kept
	zstdcat kept/*.zst
	[ ! -e spool/bad ]
)

# enumerate PROGRAM MINIMUM: kills it at each point; at least so many are expected.
enumerate() {
	local at=0 status=137
	while [ "$status" != 0 ]; do
		at=$((at + 1)) status=0
		rm -rf run && cp -r fresh run
		(cd run && LD_PRELOAD=$PWD/../points.so CRASH_PROGRAM=$1 CRASH_AT=$at drain) 2>log || status=$?
		[[ $status =~ ^(0|75|137)$ ]]
		[ "$status" = 0 ] || (cd run && drain)
		result run >run.result
		diff expected.result run.result || {
			echo "$1 was killed at its point $at"
			return 1
		}
	done
	echo "$1: $((at - 1)) points" >&3
	[ $at -gt "$2" ]
}

@test "wd-drain: checkpoints, kept segments, removal" {
	enumerate wd-drain 30
}

@test "wd-health: its checkpoints" {
	enumerate wd-health 5
}

@test "wd-watch: its checkpoints" {
	enumerate wd-watch 5
}

@test "wd-tee: the queue of events" {
	enumerate wd-tee 5
}

@test "wd-store with SQLite" {
	enumerate wd-store 5
}
