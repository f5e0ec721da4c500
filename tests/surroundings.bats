# What surrounds a tool: descriptors that are closed, clocks that jump.
load lib

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_started
}

# bare COMMAND…: with stdin, stdout and stderr closed, where a file that is opened next could be
# taken for one of them.
bare() {
	"$@" <&- >&- 2>&-
}

@test "closed descriptors: wd-poll's spool holds replies and nothing else" {
	sim
	bare wd-poll --once --url "$sim_url" --id k --spool spool
	cat spool/new/* >lines
	[ "$(jq -r .type lines | sort | uniq -c | xargs)" = '1 kit 4 reply' ]
	# A complaint has nowhere to go, least of all into the spool.
	run -1 bare wd-poll --once --url http://127.0.0.1:1 --id k --spool away
	cat away/new/* >lines
	[ "$(jq -r 'select(.ok == false) | .error' lines | sort -u)" = connect ]
}

@test "closed descriptors: lines that have nowhere to go are status 74" {
	sim
	run -74 bare wd-poll --once --url "$sim_url" --id k
	run -74 bare wd-normalize "$DATA/captures/replies.ndjson"
	run -74 bare wd-health "$DATA/captures/replies.ndjson"
}

@test "closed descriptors: wd-store's database is sound and complete" {
	wd-normalize <"$DATA/captures/replies.ndjson" >lines
	cp lines before
	bare wd-store sqlite:bare.db lines
	[ "$(sqlite_value bare.db 'PRAGMA integrity_check')" = ok ]
	[ "$(sqlite_value bare.db 'SELECT count(*) FROM drones')" = 75 ]
	cmp lines before
}

# unread COMMAND…: fill a pipe that is not read, then send SIGTERM.
unread() {
	rm -f unread
	mkfifo unread
	exec 8<>unread
	start unread "$@" 8<&-
	wait_for 5 read -r -t 0 -u 8
	# Until it waits in write(), nothing is left to be said.
	wait_for 5 full
	ends_within 4 "$started" 74
	[[ $(<unread.err) == *': stopped while output was blocked file=stdout' ]]
	exec 8<&-
}

# full: whether the pipe takes no more, and what is in it stays as it is.
full() {
	python3 - <<-'X'
		import array, fcntl, select, sys, termios, time
		def held():
		    size = array.array("i", [0])
		    fcntl.ioctl(8, termios.FIONREAD, size)
		    return size[0]
		before = held()
		time.sleep(0.5)
		sys.exit(bool(select.select([], [8], [], 0)[1]) or held() != before)
	X
}

@test "SIGTERM ends who waits for a reader that takes nothing: 74" {
	for i in $(seq 4000); do
		echo '{"type":"drone","time":"2026-11-23T18:00:00Z","kit_id":"k","drone_id":"'"$i"'"}'
	done >lines
	wd-store -q sqlite:t.db lines
	unread wd-normalize lines
	unread wd-health lines
	unread wd-dump sqlite:t.db
	unread wd-export csv lines
}

@test "a full device and a limit on the size of files are 74, and logged" {
	wd-normalize "$DATA/captures/replies.ndjson" >lines
	wd-store -q sqlite:t.db lines
	for command in 'wd-normalize lines' 'wd-health lines' 'wd-dump sqlite:t.db' \
		'wd-export kml lines' 'wd-poll --help' 'wd-store --version'; do
		run -74 bash -c "$command >/dev/full"
		[[ $output == *"${command%% *}: cannot write file=stdout reason=\"No space left on device\""* ]]
	done
	for command in 'wd-normalize lines' 'wd-health lines' 'wd-export kml lines'; do
		run -74 bash -c "ulimit -f 1; $command >large"
		[[ $output == *"${command%% *}: cannot write file=$PWD/large reason=\"File too large\""* ]]
	done
	run -74 bash -c 'ulimit -f 8; exec wd-store sqlite:small.db lines'
	[[ ${lines[0]} == 'wd-store: cannot write the database file=small.db reason='* ]]
}

@test "nohup: SIGHUP ends no stage" {
	local stage name
	mkfifo in
	for stage in wd-normalize wd-health; do
		start out nohup "$stage" in
		exec 8>in
		# Two: the first might only be the beginning of an end.
		for name in one two three; do
			echo "{\"type\":\"kit\",\"kit_id\":\"$name\"}" >&8
			wait_for 5 grep -q "$name" out
			kill -HUP "$started"
		done
		exec 8>&-
		wait "$started"
	done
}

polls() {
	[ "$(cat spool/new/* | grep -c '"endpoint":"drones"')" -ge "$1" ]
}

# longest_gap REPLIES: how many seconds at most lie between two observations.
longest_gap() {
	jq -s 'map(.body.drones[0].observed_at) | unique | [.[1:], .[:-1]] | transpose
		| map(.[0] - .[1] | round) | max' "$1"
}

# after_jump SECONDS POLLS: sets the clock that far off, then waits for that many more polls.
after_jump() {
	local before
	before=$(cat spool/new/* | grep -c '"endpoint":"drones"')
	echo "$1" >clock.new
	mv clock.new clock
	wait_for 8 polls $((before + $2))
}

@test "a clock set back an hour, forward a day and ten years, and back: polls keep their rate, segments their order" {
	cc -shared -fPIC -o clock.so "$BATS_TEST_DIRNAME/kit/clock.c"
	sim --drones 1 --aircraft 0 --signals 0
	echo 0 >clock
	# How late the machine makes a poller whose clock does not jump.
	start steady wd-poll --url "$sim_url" --id k --poll-interval 0.5 --rate-limit 0
	start poll env WD_TEST_CLOCK="$PWD/clock" LD_PRELOAD="$PWD/clock.so" \
		ASAN_OPTIONS=verify_asan_link_order=0 \
		wd-poll --url "$sim_url" --id k --spool spool --poll-interval 0.5 --rate-limit 0
	wait_for 8 polls 3
	after_jump -3600 5
	after_jump 86400 5
	after_jump 315360000 5
	after_jump 1 5
	kill -TERM "$started"
	wait "$started"
	stop_started
	jq -c 'select(.endpoint == "drones" and .ok)' steady >steady.replies
	# In the order of the segments' names, which is the order in which they will be stored.
	cat spool/new/* | jq -c 'select(.endpoint == "drones")' >replies
	jq -s -e 'map(.body.drones[0].observed_at) | . == sort' replies
	# An hour is not in it.
	jq -s -e 'all(.ok and .elapsed_ms >= 0 and .elapsed_ms < 60000)' replies
	# One observation a second: two polls a second leave no gap between them, though a busy machine may miss one.
	[ "$(longest_gap replies)" -le $((1 + $(longest_gap steady.replies))) ]
	# The kit has a GPS fix, so our clock is the one that is wrong: this is logged, nothing is corrected.
	[ "$(grep -c 'wd-poll: the clock of this machine is wrong' poll.err)" = 1 ]
	jq -s -e 'all(has("clock_offset_s") | not)' replies
}

# ten_kits: kits.yaml with ten simulated kits.
ten_kits() {
	sim --kits 10
	wd-sim --kits 10 --port "${sim_url##*:}" --print-config >kits.yaml
}

@test "sixteen descriptors: some requests fail, wd-poll goes on, and its spool is whole" {
	ten_kits
	# bats has descriptors of its own, which a program under test does not inherit elsewhere.
	start poll bash -c 'exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
		ulimit -n 16
		exec wd-poll -c kits.yaml --spool spool --poll-interval 0.5 --rate-limit 0 \
			--initial-backoff 0.5 --max-backoff 0.5'
	wait_for 8 polls 60
	answered() {
		[ "$(cat spool/new/* | jq -r 'select(.type == "reply" and .ok) | .kit_id' | sort -u | wc -l)" = 10 ]
	}
	wait_for 8 answered
	kill -TERM "$started"
	wait "$started"
	cat spool/new/* | jq -c 'select(.type == "reply")' >replies
	jq -s -e 'any(.ok)' replies
	jq -s -e 'map(select(.ok | not) | .error) | unique - ["connect"] == []' replies
	grep -q 'too few descriptors' poll.err
	# Every kit had its turn.
	[ "$(jq -r 'select(.ok) | .kit_id' replies | sort -u | wc -l)" = 10 ]
}
