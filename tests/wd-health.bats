# wd-health: which kits can be trusted, now.
load lib

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_started
}

# reply KIT TIME [ENDPOINT [ERROR [MESSAGE]]]: a reply line; good without ERROR.
reply() {
	printf '{"type":"reply","kit_id":"%s","endpoint":"%s","time":"2026-11-23T%sZ",' \
		"$1" "${3:-drones}" "$2"
	if [ -n "${4:-}" ]; then
		printf '"ok":false,"error":"%s","message":"%s"}\n' "$4" "${5:-}"
	else
		printf '"ok":true,"http_status":200}\n'
	fi
}

# states FILE: "KIT STATE" of each kit_status in it.
states() {
	jq -r 'select(.type == "kit_status") | .kit_id + " " + .status' "$1"
}

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
	grep -av '^{"type":"kit_status"' out >passed
	cmp passed <(cat in && echo)
}

@test "a state that changes is told behind the reply that changed it" {
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

@test "each minute of the lines every watched kit is told" {
	{
		printf '{"type":"kit","kit_id":"a"}\n{"type":"kit","kit_id":"off","enabled":false}\n'
		printf '{"type":"kit","kit_id":"new"}\n'
		reply a 10:00:59.9
		reply off 10:00:59.95
		reply a 10:01:00.1
	} | wd-health >out
	[ "$(states out)" = "$(printf 'a online\na online\nnew unknown')" ]
	[ "$(jq -r 'select(.type == "kit_status").time' out | tail -1)" = 2026-11-23T10:01:00.000000Z ]
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

@test "without lines the timers still run" {
	mkfifo pipe
	start out wd-health --stale-threshold 1 pipe
	exec 9>pipe
	reply a 10:00:58 >&9
	wait_for 5 grep -q '"status":"stale"' out
	wait_for 5 grep -q '"time":"2026-11-23T10:01:00.000000Z","kit_id":"a","status":"stale"' out
	grep -q '"time":"2026-11-23T10:00:59.000000Z","kit_id":"a","status":"stale","last_seen":"2026-11-23T10:00:58.000000Z"' out
	exec 9>&-
}

@test "the minute report is the specification's, line for line" {
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
	} | wd-health 2>err >out
	sed -n '/===.*===$/,/^wd-health: =*$/p' err >report
	cat >wanted <<-'END'
	wd-health: === Kit Health Status ===
	wd-health: Kit kit-001: online | Success rate: 98.5% | Requests: 720 (OK: 709, Failed: 11)
	wd-health: Kit kit-002: offline | Success rate: 0.0% | Requests: 120 (OK: 0, Failed: 120)
	wd-health:   Last error: Request error fetching /drones: Connection refused
	wd-health: ========================================
	END
	diff report wanted
}
