#!/usr/bin/env bats
# wd-poll's stdout: a reader that is gone, slow, or shares the pipe with others.

load lib

teardown() {
	stop_started
}

@test "a reader that is gone is status 74, logged once" {
	sim
	{
		wd-poll --url "$sim_url" --poll-interval 0.1 --rate-limit 0 2>"$BATS_TEST_TMPDIR/err" ||
			echo $? >"$BATS_TEST_TMPDIR/status"
	} | head -n 3 >"$BATS_TEST_TMPDIR/out"
	[ "$(<"$BATS_TEST_TMPDIR/status")" = 74 ]
	[ "$(cat "$BATS_TEST_TMPDIR/err")" = 'wd-poll: cannot write file=stdout reason="Broken pipe"' ]
	# The same if no line is due for a long time.
	{
		wd-poll --url http://127.0.0.1:1 --id away --initial-backoff 300 2>"$BATS_TEST_TMPDIR/err" ||
			echo $? >"$BATS_TEST_TMPDIR/status"
	} | head -n 4 >"$BATS_TEST_TMPDIR/out"
	[ "$(<"$BATS_TEST_TMPDIR/status")" = 74 ]
	run -74 bash -c 'wd-poll --once --url "$1" >/dev/full' _ "$sim_url"
}

@test "a slow reader: polling stops, which is logged, continues when lines are read, and ends in time" {
	sim --drones 200 --aircraft 200
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	exec 7<>"$BATS_TEST_TMPDIR/pipe"
	wd-poll --url "$sim_url" --id a --poll-interval 0.1 --rate-limit 0 \
		>"$BATS_TEST_TMPDIR/pipe" 2>"$BATS_TEST_TMPDIR/err" 3>&- 7>&- &
	pid=$!
	stop_later $pid
	wait_for 10 grep -q 'reader does not keep up' "$BATS_TEST_TMPDIR/err"
	memory=$(awk '/VmRSS/ {print $2}' "/proc/$pid/status")
	[[ $BIN == *san* ]] || ((memory < 40000))
	cat <&7 >"$BATS_TEST_TMPDIR/read" 3>&- &
	reader=$!
	wait_for 5 grep -q 'reader keeps up again' "$BATS_TEST_TMPDIR/err"
	kill "$reader"
	wait_for 10 eval '[ "$(grep -c "does not keep up" "$BATS_TEST_TMPDIR/err")" -ge 2 ]'
	ends_within 1 "$pid"
}

# behind_a_socket COMMAND…: runs it with a socket as stdout, which is not read for a second; then its
# lines go to the file out.
behind_a_socket() {
	python3 - "$@" <<-'PYTHON'
	import socket, subprocess, sys, time
	ours, theirs = socket.socketpair()
	child = subprocess.Popen(sys.argv[1:], stdout=theirs)
	theirs.close()
	time.sleep(1)
	with open('out', 'wb') as out:
	    while more := ours.recv(65536):
	        out.write(more)
	sys.exit(child.wait())
	PYTHON
}

@test "replies longer than the buffer of a pipe or socket arrive complete" {
	cd "$BATS_TEST_TMPDIR"
	sim --drones 1000 --aircraft 1000
	wd-poll --once --url "$sim_url" --id a | { sleep 1; cat >piped; }
	[ "$(jq -r 'select(.endpoint == "drones") | .body.drones | length' piped)" = 2000 ]
	behind_a_socket wd-poll --once --url "$sim_url" --id a
	[ "$(jq -r 'select(.endpoint == "drones") | .body.drones | length' out)" = 2000 ]
}

@test "other programs that share the pipe still block in it: it does not become non-blocking" {
	sim
	run -0 python3 - "$sim_url" <<-'PYTHON'
	import fcntl, os, subprocess, sys
	read, write = os.pipe()
	child = subprocess.Popen(['wd-poll', '--url', sys.argv[1], '--id', 'a'], stdout=write)
	os.read(read, 1)
	flags = fcntl.fcntl(write, fcntl.F_GETFL)
	child.terminate()
	child.wait()
	print('non-blocking' if flags & os.O_NONBLOCK else 'blocking')
	PYTHON
	[ "$output" = blocking ]
}

@test "--once: SIGHUP while a slow reader takes the last lines loses none of them" {
	cd "$BATS_TEST_TMPDIR"
	sim --drones 900
	printf 'kits: [{id: a, api_url: "%s/kit-1"}]\n' "$sim_url" >kits.yaml
	mkfifo pipe
	start pipe wd-poll --once -q -c kits.yaml
	exec 9<pipe
	wait_for 5 handles_signals wd-poll "$started"
	for _ in {1..20}; do
		kill -HUP "$started"
		sleep 0.1
	done
	cat <&9 >lines
	exec 9<&-
	ended_with 0 "$started"
	[ "$(jq -r 'select(.type == "reply") | .endpoint' lines | sort | xargs)" = "config drones signals status" ]
}
