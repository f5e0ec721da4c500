# wd-health --state DIR/current/NAME: the state is saved at marks.
load lib
load health

nonce=0123456789abcdef

# mark COUNTER [MEMBER]: a mark line; MEMBER is '"save":true' for a checkpoint.
mark() {
	printf '{"type":"mark","mark":"%s.%s"%s}\n' "$nonce" "$1" "${2:+,$2}"
}

@test "a checkpoint writes DIR/MARK/NAME before the mark is passed on, and leaves current alone" {
	mkdir -p state/0
	ln -s 0 state/current
	mkfifo pipe
	start out wd-health --state state/current/health pipe
	exec 9>pipe
	reply a 10:00:00 >&9
	mark 1 >&9
	wait_for 5 grep -q "$nonce.1" out
	[ ! -e state/$nonce.1 ]
	mark 2 '"save":true' >&9
	reply a 10:00:01 >&9
	wait_for 5 grep -q "$nonce.2" out
	grep -q '"total_requests":1' state/$nonce.2/health
	mark 3 '"save":true' >&9
	exec 9>&-
	wait_for 5 not kill -0 "$started"
	grep -q '"total_requests":2' state/$nonce.3/health
	[ -z "$(ls state/0)" ]
	[ "$(grep -c '"mark"' out)" = 3 ]
}

@test "the next run starts with the state of the checkpoint that current points to" {
	mkdir -p state/0
	ln -s 0 state/current
	{ reply a 10:00:00; mark 1 '"save":true'; reply a 10:00:05; } | wd-health --state state/current/health >first
	ln -sfn $nonce.1 state/current
	cp state/current/health before
	{ reply a 10:00:05; mark 2 '"save":true'; } | wd-health --state state/current/health >second
	grep -q '"total_requests":2' state/$nonce.2/health
	cmp before state/current/health
	wd-health --state state/current/health --report=json | jq -e '.requests == 1'
}

@test "the same lines after the same checkpoint give the same output" {
	mkdir -p state/0
	ln -s 0 state/current
	for second in {10..59}; do
		reply a "10:0$((second % 10)):$second"
	done | sort -t'"' -k16,16 >in
	{ head -20 in; mark 1 '"save":true'; tail -n +21 in; } | wd-health --state state/current/health >whole
	ln -sfn $nonce.1 state/current
	tail -n +21 in | wd-health --state state/current/health >rest
	sed '1,/"mark"/d' whole | cmp - rest
}

@test "a mark whose name is not one is passed on without saving" {
	mkdir -p state/current
	cat >in <<-'END'
		{"type":"mark","mark":"../../x.1","save":true}
		{"type":"mark","mark":"0123456789abcdef.","save":true}
		{"type":"mark","mark":"0123456789abcdef.1x","save":true}
		{"type":"mark","mark":"0123456789ABCDEF.1","save":true}
		{"type":"mark","mark":"0123456789abcde.1","save":true}
		{"type":"mark","mark":"0123456789abcdef.1111111111111111111111111111111","save":true}
		{"type":"mark","mark":"0123456789abcdef.1","save":1}
		{"type":"mark","mark":"0123456789abcdef.1\u0000","save":true}
		{"type":"mark","save":true}
		{"type":"mark"}
	END
	wd-health --state state/current/health in >out
	cmp in out
	[ "$(ls state)" = current ]
}

@test "any other state file is written as ever, and marks only pass" {
	{ reply a 10:00:00; mark 1 '"save":true'; } | wd-health --state health >out
	grep -q '"total_requests":1' health
	[ ! -e $nonce.1 ]
	grep -q "$nonce.1" out
}

@test "a checkpoint that cannot be written ends the run, and its mark is not passed on" {
	mkdir -p state/current state/$nonce.1/health
	run -73 bash -c '{ printf "%s\n" "$1" "$2"; } | wd-health --state state/current/health' - \
		"$(reply a 10:00:00)" "$(mark 1 '"save":true')"
	[[ $output != *'"mark"'* ]]
	[[ $output == *"cannot replace file=state/$nonce.1/health"* ]]
}

@test "a mark comes out of the whole pipe at once, with tee and jq in between" {
	mkdir -p state/current
	mkfifo pipe
	cat >pipeline <<-'END'
		wd-normalize <pipe | tee copy | jq -c --unbuffered . |
			wd-health --replay --state state/current/health | tee passed >/dev/null
	END
	start out bash pipeline
	exec 9>pipe
	reply a 10:00:00 | sed 's/}$/,"body":{"drones":[{"id":"d"}]}}/' >&9
	mark 1 '"save":true' >&9
	wait_for 10 grep -q "$nonce.1" passed
	[ "$(jq -r .type passed | tr '\n' ' ')" = 'reply kit_status drone mark ' ]
	grep -q '"total_requests":1' state/$nonce.1/health
	exec 9>&-
	wait_for 10 not kill -0 "$started"
}

@test "--replay: a tick moves time, so that silent kits become stale" {
	{
		reply a 10:00:00
		printf '{"type":"tick","time":"2026-11-23T10:00:59Z","poller":"p"}\n'
		printf '{"type":"tick","time":"2026-11-23T10:01:14Z","poller":"p"}\n'
	} | wd-health --replay >out
	[ "$(jq -r 'select(.type == "kit_status") | .time[11:19] + " " + .status' out | tail -1)" = '10:01:00 stale' ]
	[ "$(grep -c '"tick"' out)" = 2 ]
}
