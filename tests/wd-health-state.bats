# wd-health --state: what it knows outlives it.
load lib
load health

@test "a state file carries on where the last run ended" {
	{
		reply a 10:00:00
		reply b 10:00:01 drones connect refused
	} | wd-health --state state >first
	{
		reply a 10:00:02
		reply b 10:00:03 drones connect refused
		reply a 10:01:00
	} | wd-health --report-lines --state state 2>err >second
	[ "$(states second)" = "$(printf 'a online\nb offline')" ]
	grep -qF 'Kit b: offline | Success rate: 0.0% | Requests: 2 (OK: 0, Failed: 2)' err
	[ "$(jq -c 'select(.type == "coverage") | [.kit_id, .requests]' second | tr '\n' ' ')" = '["a",2] ["b",2] ' ]
	jq -e . state >/dev/null
}

@test "a kit that is not polled any more is forgotten after a day" {
	{
		reply gone 10:00:00
		reply kept 10:00:00
		reply kept 10:00:01 | sed s/11-23/11-24/
	} | wd-health -q --state state >out
	reply other 10:00:02 | sed s/11-23/11-24/ | wd-health -q --state state >out
	[ "$(jq -r '.kit_id // empty' state | tr '\n' ' ')" = 'kept other ' ]
}

@test "a run that is repeated from the same state gives the same output again" {
	reply a 10:00:00 | wd-health --state state >out
	reply a 10:00:59.5 | wd-health --state state >out
	{
		printf '{"type":"kit","kit_id":"new"}\n'
		reply a 10:01:00 drones connect
		reply a 10:02:00 drones connect
	} >in
	cp state copy
	wd-health --state state in >first
	wd-health --state copy in >second
	cmp first second
	cmp state copy
	[ "$(states first)" = "$(printf 'a online\nnew unknown\na offline\na offline\nnew unknown')" ]
	# Without a copy they have been seen.
	wd-health --state state in >third
	cmp in third
	cmp state copy
}

@test "old lines after a state change nothing twice; lines set far back are taken as they are" {
	reply a 10:00:00 | wd-health --state state >first
	{
		reply a 09:59:59 drones connect
		reply a 10:00:00
	} | wd-health --state state >second
	[ -z "$(states second)" ]
	reply a 09:30:00 drones connect | wd-health --state state >third 2>err
	[ "$(states third)" = 'a offline' ]
	grep -q 'the time of the lines was set back from=2026-11-23T10:00:00.000000Z to=2026-11-23T09:30:00.000000Z' err
	[ "$(jq -r 'select(.type == "kit_status").last_seen' third)" = 2026-11-23T10:00:00.000000Z ]
}

@test "a clock that was far ahead for a while leaves no trace" {
	{
		reply a 10:00:00 | sed s/2026/4052/
		reply a 10:01:00 | sed s/2026/4052/
		reply a 10:00:00
		reply a 10:01:00
		reply a 10:02:00
	} | wd-health --state state 2>err >out
	[ "$(jq -r '.last_day // empty' state)" = -1438L2 ]
	[ "$(jq -r 'select(.type == "coverage").time[0:16]' out | tr '\n' ' ')" = \
		'4052-11-23T10:00 2026-11-23T10:00 2026-11-23T10:01 ' ]
}

@test "the state file survives kill -9 at any time" {
	reply a 10:00:00 | wd-health --state state >out
	reply a 10:00:10 >in
	cp state before
	for call in openat write fsync close rename; do
		cp before state
		run -137 strace -qq -o trace -P "$PWD/state.tmp" -e trace=$call -e inject=$call:signal=KILL \
			wd-health --state "$PWD/state" in
		cmp state before || jq -e 'select(.kit_id == "a").total_requests == 2' state
	done
	wd-health --state state in 2>err >out
	run ! grep -q 'not a complete' err
	jq -e 'select(.kit_id == "a").total_requests == 2' state
}

@test "a state file that could be written and now cannot does not stop the lines" {
	mkdir folder
	mkfifo pipe
	start out wd-health --state folder/state pipe
	exec 9>pipe
	reply a 10:00:00 >&9
	wait_for 5 test -s folder/state
	mv folder gone
	reply a 10:00:01 >&9
	wait_for 5 grep -q 'cannot write file=folder/state.tmp' out.err
	reply a 10:00:02 >&9
	exec 9>&-
	wait_for 5 not kill -0 "$started"
	status=0
	wait "$started" || status=$?
	[ "$status" = 0 ]
	[ "$(grep -c '"reply"' out)" = 3 ]
}

@test "a state file of the first version is read" {
	cat >state <<-'END'
	{"type":"health_state","version":1,"now":"2026-11-23T10:00:05.000000Z","open_minute":29924280,"told_minute":29924279,"link_is_down":false,"kits":1}
	{"type":"kit_health","kit_id":"a","watched":true,"state":1,"since":"2026-11-23T10:00:00.000000Z","first":"2026-11-23T10:00:00.000000Z","last_seen":"2026-11-23T10:00:05.000000Z","last_good":"2026-11-23T10:00:05.000000Z","judged":"2026-11-23T10:00:05.000000Z","drones_time":"2026-11-23T10:00:05.000000Z","drones_good":true,"total_requests":2,"total_ok":2,"open_requests":2,"open_ok":2,"open_heard":2,"open_answered":2,"last_hour":[5984856,2,0],"last_day":"-1440"}
	END
	sed -i 's/29924280/29923800/; s/29924279/29923799/' state
	reply a 10:00:10 >in
	reply a 10:01:00 >>in
	wd-health --state state in 2>err >out
	[ "$(cat err)" = 'wd-health: kits=1 online=1' ]
	[ "$(jq -c 'select(.type == "coverage") | [.kit_id, .requests]' out)" = '["a",3]' ]
	wd-health --state state --report=json | jq -e '.requests == 4'
}

@test "where nothing changes nothing is written" {
	printf '{"type":"drone","kit_id":"a"}\n' | wd-health --state state --prometheus x.prom >out
	[ ! -e state ]
	[ ! -e x.prom ]
}

@test "a torn or foreign state file is set aside, and that is logged" {
	reply a 10:00:00 | wd-health --state state >out
	for make in 'head -c -10' 'sed 1d' 'sed $d' 'sed s/health_state/other/' 'sed s/kit_health/x/' \
		'sed $p' 'sed s/"version":2/"version":3/' 'sed s/L[0-9]*/Z9/;s/-1440/-1441/' 'echo hello' 'true'; do
		$make <state >broken || true
		cp broken copy
		run -65 wd-health --state broken --report
		run -3 wd-health --state broken --check
		cmp broken copy
		reply a 10:00:01 | wd-health --state broken >out 2>err
		grep -q 'not a complete state file: renamed file=broken as=broken.bad' err
		cmp broken.bad copy
		[ "$(states out)" = 'a online' ]
		wd-health --state broken --report >/dev/null
	done
}

@test "a state file that cannot be read or written at all ends the run" {
	mkdir folder
	run -66 wd-health --state folder </dev/null
	run -73 wd-health --state nowhere/state < <(reply a 10:00:00)
	run -73 wd-health --prometheus nowhere/x.prom < <(reply a 10:00:00)
}

@test "SIGTERM: what was sent is passed on, the state is written, status 0" {
	mkfifo pipe
	start out wd-health --state state pipe
	exec 9>pipe
	reply a 10:00:00 >&9
	wait_for 5 grep -q kit_status out
	kill "$started"
	reply a 10:00:01 >&9
	exec 9>&-
	status=0
	wait "$started" || status=$?
	[ "$status" = 0 ]
	[ "$(wc -l <out)" = 3 ]
	grep -q '"total_requests":2' state
}
