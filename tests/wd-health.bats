# wd-health: which kits answer.
load lib
load health

@test "every line goes out as it came, in order" {
	{
		printf '{"type":"kit","kit_id":"a"}\n'
		reply a 10:00:00.000000
		printf '{"type":"drone","kit_id":"a","x": 1.50 }\n'
		printf '{ "kind" : "of ours?" }\nnot json\n{"type":"drone"} {"type":"drone"}\n'
		printf '{"type":"reply","kit_id":"a"}\n'
		printf '\xff\xfe{"type":"\\u0072eply"}\n'
		reply b 10:01:30 signals connect refused
		printf '{"type":"last"}'
	} >in
	wd-health in >out
	grep -avE '^\{"type":"(kit_status|coverage)"' out >passed
	cmp passed <(cat in && echo)
}

@test "a changed state is written after the reply that changed it" {
	{
		reply a 10:00:00
		reply a 10:00:05
		reply a 10:00:10 drones timeout
	} | wd-health >out
	cat >wanted <<-'END'
	{"type":"reply","kit_id":"a","endpoint":"drones","time":"2026-11-23T10:00:00Z","ok":true,"http_status":200}
	{"type":"kit_status","time":"2026-11-23T10:00:00.000000Z","kit_id":"a","status":"online","last_seen":"2026-11-23T10:00:00.000000Z"}
	{"type":"reply","kit_id":"a","endpoint":"drones","time":"2026-11-23T10:00:05Z","ok":true,"http_status":200}
	{"type":"reply","kit_id":"a","endpoint":"drones","time":"2026-11-23T10:00:10Z","ok":false,"error":"timeout","message":""}
	{"type":"kit_status","time":"2026-11-23T10:00:10.000000Z","kit_id":"a","status":"offline","last_seen":"2026-11-23T10:00:05.000000Z"}
	END
	diff out wanted
}

@test "every watched kit has a kit_status every 15 s of the lines" {
	{
		printf '{"type":"kit","kit_id":"a"}\n{"type":"kit","kit_id":"off","enabled":false}\n'
		printf '{"type":"kit","kit_id":"new"}\n'
		reply a 10:00:59.9
		reply off 10:00:59.95
		reply a 10:01:00.1
	} | wd-health >out
	[ "$(states out)" = "$(printf 'a online\na online\nnew unknown')" ]
	[ "$(jq -r 'select(.type == "kit_status").time' out | tail -1)" = 2026-11-23T10:01:00.000000Z ]
	for second in 01 14 15 16 29 30 44 59; do
		reply a "10:00:$second"
	done | wd-health >out
	[ "$(jq -r 'select(.type == "kit_status").time[14:19]' out | tr '\n' ' ')" = '00:01 00:15 00:30 00:45 ' ]
	# A leap is one kit_status, not thousands.
	{ reply a 10:00:00; reply a 11:00:07; } | wd-health >out
	[ "$(jq -r 'select(.type == "kit_status") | .time[11:19] + .status' out | tr '\n' ' ')" = \
		'10:00:00online 10:01:00stale 11:00:00stale 11:00:07online ' ]
}

@test "a disabled kit is not watched until it is enabled again" {
	{
		reply a 10:00:00
		printf '{"type":"kit","kit_id":"a","enabled":false}\n'
		reply a 10:00:01 drones connect
		reply b 10:02:00
		printf '{"type":"kit","kit_id":"a","enabled":true}\n'
		reply b 10:02:10
		reply a 10:02:20
	} | wd-health >out
	[ "$(jq -r 'select(.type == "kit_status") | .time[14:19] + .kit_id + .status' out | tr '\n' ' ')" = \
		'00:00aonline 02:00bonline 01:00astale 02:15astale 02:15bonline 02:20aonline ' ]
}

@test "the same lines give the same output" {
	for second in {10..59}; do
		reply a "10:0$((second % 10)):$second"
		reply b "10:0$((second % 10)):$second.5" status http
	done | sort -t'"' -k16,16 >in
	wd-health in >first
	(head -c 5000 in && sleep 0.3 && tail -c +5001 in) | wd-health >second
	cmp first second
	[ "$(states first | wc -l)" -gt 18 ]
}

@test "timers run without lines" {
	mkfifo pipe
	start out wd-health --stale-threshold 1 pipe
	exec 9>pipe
	reply a 10:00:58 >&9
	wait_for 5 grep -q '"status":"stale"' out
	wait_for 5 grep -q '"time":"2026-11-23T10:01:00.000000Z","kit_id":"a","status":"stale"' out
	grep -q '"time":"2026-11-23T10:00:59.000000Z","kit_id":"a","status":"stale","last_seen":"2026-11-23T10:00:58.000000Z"' out
	exec 9>&-
}

@test "--report-lines, or level debug: the report of the former collector, line for line" {
	{
		for n in {1..709}; do
			reply kit-001 "09:00:00.$(printf %06d "$n")"
		done
		for n in {710..720}; do
			reply kit-001 "09:00:00.$(printf %06d "$n")" signals http 'status 503'
		done
		for n in {1..120}; do
			reply kit-002 "09:00:40.$(printf %06d "$n")" drones connect 'Connection refused'
		done
		reply kit-001 09:01:00
	} >in
	wd-health --report-lines in 2>err >out
	sed -n '/===.*===$/,/^wd-health: =*$/p' err >report
	cat >wanted <<-'END'
	wd-health: === Kit Health Status ===
	wd-health: Kit kit-001: online | Success rate: 98.5% | Requests: 720 (OK: 709, Failed: 11)
	wd-health: Kit kit-002: offline | Success rate: 0.0% | Requests: 120 (OK: 0, Failed: 120)
	wd-health:   Last error: Request error fetching /drones: Connection refused
	wd-health: ========================================
	END
	diff report wanted
	LOG_LEVEL=debug wd-health in 2>&1 >out | sed -n '/===.*===$/,/^wd-health: =*$/p' | diff - wanted
}

@test "the log has one summary line every minute, and a line when a kit goes down" {
	{
		printf '{"type":"kit","kit_id":"new"}\n'
		for minute in 0 1 2 3; do
			reply a "10:0$minute:10"
			reply b "10:0$minute:11" drones connect refused
		done
	} | wd-health 2>err >out
	cat >wanted <<-'END'
	wd-health: kit changed its state kit=a from=unknown to=online
	wd-health: kit changed its state kit=b from=unknown to=offline error=connect
	wd-health: kits=3 unknown=1 online=1 offline=1
	wd-health: kits=3 unknown=1 online=1 offline=1
	wd-health: kits=3 unknown=1 online=1 offline=1
	END
	diff err wanted
}

@test "each minute of each kit has a coverage record" {
	{
		printf '{"type":"kit","kit_id":"silent"}\n'
		reply good 10:00:10
		reply good 10:00:11 signals http
		reply dead 10:00:10 drones timeout
		reply busy 10:00:10 drones rate_limited
		reply good 10:01:10
		reply good 10:05:00
	} | wd-health 2>err >out
	jq -r 'select(.type == "coverage") | "\(.time[11:16]) \(.kit_id) \(.state) \(.requests) \(.ok) \(.failed)"' \
		out >coverage
	cat >wanted <<-'END'
	10:00 silent poller_down 0 0 0
	10:00 good listening 2 1 1
	10:00 dead kit_down 1 0 1
	10:00 busy rate_limited 1 0 0
	10:01 silent poller_down 0 0 0
	10:01 good listening 1 1 0
	10:01 dead kit_down 0 0 0
	10:01 busy rate_limited 0 0 0
	10:02 silent poller_down 0 0 0
	10:02 good poller_down 0 0 0
	10:02 dead kit_down 0 0 0
	10:02 busy rate_limited 0 0 0
	10:03 silent poller_down 0 0 0
	10:03 good poller_down 0 0 0
	10:03 dead kit_down 0 0 0
	10:03 busy rate_limited 0 0 0
	10:04 silent poller_down 0 0 0
	10:04 good poller_down 0 0 0
	10:04 dead kit_down 0 0 0
	10:04 busy rate_limited 0 0 0
	END
	diff <(sort coverage) <(sort wanted)
	# A leap is one report.
	[ "$(grep -c 'kits=4 ' err)" = 2 ]
	[ "$(jq -c 'select(.type == "coverage") | keys_unsorted' out | sort -u)" = \
		'["type","time","kit_id","state","requests","ok","failed"]' ]
	wd-store -q sqlite:db <out 2>store.err || cat store.err
	sqlite3 -separator ' ' db 'SELECT substr(time, 12, 5), kit_id, state, requests, ok, failed FROM coverage' |
		sort | diff - <(sort wanted)
	[ "$(sqlite_value db 'SELECT count(*) FROM rejects')" = 0 ]
}

@test "when no kit can be reached it is the link, and that is logged once" {
	{
		for minute in 0 1 2; do
			reply a "10:0$minute:10" drones connect
			reply b "10:0$minute:11" drones timeout
		done
		reply a 10:03:10
		reply b 10:03:12 drones connect
		reply b 10:04:00 drones connect
	} | wd-health 2>err >out
	[ "$(jq -r 'select(.type == "coverage") | .time[15:16] + .kit_id + .state' out | sort | tr '\n' ' ')" = \
		'0alink_down 0blink_down 1alink_down 1blink_down 2alink_down 2blink_down 3alistening 3bkit_down ' ]
	[ "$(grep -c 'the link is down' err)" = 1 ]
	[ "$(grep -c 'kits can be reached again' err)" = 1 ]
}

@test "replies work with and without their body, spaced, escaped, and with keys in any order" {
	cat >in <<-'END'
	{ "ok" : true , "time" : "2026-11-23T10:00:00Z", "kit_id" : "a", "endpoint" : "status", "type" : "reply" }
	{"type":"\u0072eply","kit_id":"\u0061","endpoint":"drones","time":"2026-11-23T10:00:01Z","ok":false,"error":"connect"}
	{"type":"reply","kit_id":"a","endpoint":"drones","time":"2026-11-23T10:00:02Z","ok":true,"body":{"uid":"x","last_update_time":1}}
	END
	wd-health in >out
	[ "$(states out)" = "$(printf 'a online\na offline\na online')" ]
}

@test "a kit that repeats an old status is logged, and a new status too" {
	for minute in {0..9}; do
		reply a "10:0$minute:00" status
		printf '{"type":"system_health","time":"2026-11-23T09:00:00Z","kit_id":"a"}\n'
	done >in
	reply a 10:10:00 status >>in
	printf '{"type":"system_health","time":"2026-11-23T10:10:00Z","kit_id":"a"}\n' >>in
	for minute in {0..9}; do
		reply b "10:1$minute:00" status |
			sed 's/}$/,"body":{"last_update_time":1795456774.60325}}/'
	done >>in
	wd-health in 2>err >out
	[ "$(states out | sort -u)" = "$(printf 'a online\na stale\nb online')" ]
	[ "$(grep -o 'the kit.* status .*' err | grep -v changed)" = "the kit repeats an old status kit=a since=2026-11-23T10:00:00.000000Z
the kit's status is new again kit=a
the kit repeats an old status kit=b since=2026-11-23T10:10:00.000000Z" ]
}

@test "strings from kits cannot forge a line of the log" {
	{
		reply 'a\nwd-health: Kit b: online' 10:00:00 drones connect 'x\nwd-health: \u001b[31mforged'
		reply z 10:01:00
	} | wd-health --report-lines 2>err >out
	[ "$(grep -c '^wd-health: Kit b' err)" = 0 ]
	grep -qF 'Last error: Request error fetching /drones: x\nwd-health: \x1b[31mforged' err
}

@test "a malformed line is logged, at most six times a minute, and passed through" {
	for n in {1..10}; do
		printf 'garbage %s\n' "$n"
	done >in
	printf '{"type":"reply","kit_id":"a","endpoint":"drones"}\n{"type":"drone","x":}\n' >>in
	wd-health in 2>err >out
	cmp in out
	[ "$(cat err)" = "$(seq -f 'wd-health: malformed line passed through line="garbage %g"' 6)" ]
}

@test "a failure without a code or a message is shown as one" {
	reply a 10:00:00 | sed 's/"ok":true/"ok":false/' >in
	reply b 10:01:00 >>in
	wd-health --report-lines --state state in 2>err >out
	grep -q 'Last error: Request error fetching /drones: unknown$' err
	wd-health --state state --report | grep -q ' unknown /drones$'
}

@test "a kit that comes and goes is logged six times a minute" {
	for second in {10..39}; do
		reply a "10:00:$second" drones "$( ((second % 2)) && echo connect)"
	done >in
	reply a 10:01:10 >>in
	wd-health in 2>err >out
	[ "$(states out | uniq | wc -l)" = 31 ]
	[ "$(grep -c 'kit changed its state' err)" = 7 ]
	[ "$(grep 'kit changed its state' err | tail -1)" = \
		'wd-health: kit changed its state kit=a from=offline to=online suppressed=24' ]
}

@test "a stream cannot make it watch more kits than it can hold" {
	seq 20000 | sed 's/.*/{"type":"kit","kit_id":"kit-&"}/' >in
	reply known 10:00:00 >>in
	reply known 10:01:00 >>in
	wd-health in 2>err >out
	grep -v '"kit_status"\|"coverage"' out | cmp in -
	[ "$(grep -c '"kit_status"' out)" = 16384 ]
	grep -q 'too many kits: some are not watched limit=16384 lines=36' err
}

@test "half a line at the end is passed on as it is; a whole line needs no newline" {
	[ "$(printf '{"type":"drone","a":1}\n{"type":"dro' | wd-health 2>err | xxd -p)" = \
		"$(printf '{"type":"drone","a":1}\n{"type":"dro' | xxd -p)" ]
	[ "$(printf '{"type":"drone","a":1}' | wd-health | wc -l)" = 1 ]
}

@test "by MQTT any payload keeps a kit online for 90 s; a lost broker is a dead link" {
	mqtt() { reply "$@" | sed 's/}$/,"via":"mqtt"}/'; }
	{
		mqtt a 10:00:00
		mqtt a 10:00:30 status
		reply b 10:01:59
		reply b 10:02:01
		mqtt a 10:02:10 status
		mqtt a 10:02:11 status connect
		mqtt a 10:02:12 status
		mqtt a 10:03:00 status broker
		reply b 10:05:00
	} | wd-health 2>err >out
	[ "$(jq -r 'select(.type == "kit_status" and .kit_id == "a") | .status' out | uniq | tr '\n' ' ')" = \
		'online stale online offline online stale ' ]
	[ "$(jq -r 'select(.type == "kit_status" and .kit_id == "a" and .status == "stale").time[14:19]' out | head -1)" = 02:00 ]
	[ "$(jq -r 'select(.type == "coverage" and .kit_id == "a") | .time[15:16] + .state' out | tr '\n' ' ')" = \
		'0listening 1poller_down 2listening 3link_down 4link_down ' ]
}

@test "a forgotten wd-normalize is logged" {
	{
		reply a 10:00:00 | sed 's/}$/,"body":{"drones":[]}}/'
		reply a 10:00:05 | sed 's/}$/,"body":{"drones":[]}}/'
		reply a 10:01:05 | sed 's/}$/,"body":{"drones":[]}}/'
		reply a 10:02:05 | sed 's/}$/,"body":{"drones":[]}}/'
	} >in
	wd-health in 2>err >out
	[ "$(grep -o 'replies that.*' err)" = "replies that were not normalized: 2; hint=wd-normalize
replies that were not normalized: 4; hint=wd-normalize" ]
	wd-normalize in | wd-health 2>err >out
	run ! grep normalize err
}

@test "late lines reopen their minutes" {
	mkfifo pipe
	start out wd-health --stale-threshold 1 pipe
	exec 9>pipe
	reply a 10:00:57 >&9
	wait_for 6 grep -q '"coverage","time":"2026-11-23T10:00:00.000000Z","kit_id":"a","state":"listening","requests":1,' out
	reply a 10:00:58 >&9
	reply a 10:01:00 >&9
	exec 9>&-
	wait_for 5 grep -q '"coverage","time":"2026-11-23T10:00:00.000000Z","kit_id":"a","state":"listening","requests":2,' out
	run ! grep 'set back' out.err
}
