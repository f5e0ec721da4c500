# wd-health: which kits can be trusted, now.
load lib

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_started
}

# reply KIT TIME [ENDPOINT [ERROR [MESSAGE]]]: a reply line; good without ERROR. TIME is one of day,
# or -N for N seconds ago.
reply() {
	local time=2026-11-23T$2Z
	[[ $2 != -* ]] || time=$(date -u -d "$2 seconds" +%FT%T.%6NZ)
	printf '{"type":"reply","kit_id":"%s","endpoint":"%s","time":"%s",' "$1" "${3:-drones}" "$time"
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
	grep -avE '^\{"type":"(kit_status|coverage)"' out >passed
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

@test "a kit that is switched off is not watched, and is again when it is switched on" {
	{
		reply a 10:00:00
		printf '{"type":"kit","kit_id":"a","enabled":false}\n'
		reply a 10:00:01 drones connect
		reply b 10:02:00
		printf '{"type":"kit","kit_id":"a","enabled":true}\n'
		reply b 10:02:10
		reply a 10:02:20
	} | wd-health >out
	[ "$(states out)" = "$(printf 'a online\nb online\na stale\na online')" ]
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
	diff coverage wanted
	# The minutes that were leapt over are no news: one report at 10:01, one at 10:02.
	[ "$(grep -c '=== Kit Health Status ===' err)" = 2 ]
	[ "$(jq -c 'select(.type == "coverage") | keys_unsorted' out | sort -u)" = \
		'["type","time","kit_id","state","requests","ok","failed"]' ]
	wd-store -q sqlite:db <out 2>store.err || cat store.err
	sqlite3 -separator ' ' db 'SELECT substr(time, 12, 5), kit_id, state, requests, ok, failed FROM coverage' |
		sort | diff - <(sort wanted)
	[ "$(sqlite_value db 'SELECT count(*) FROM rejects')" = 0 ]
}

@test "when no kit can be reached it is the link, and that is said once" {
	{
		for minute in 0 1 2; do
			reply a "10:0$minute:10" drones connect
			reply b "10:0$minute:11" drones timeout
		done
		reply a 10:03:10
		reply b 10:03:12 drones connect
		reply b 10:04:00 drones connect
	} | wd-health 2>err >out
	[ "$(jq -r 'select(.type == "coverage") | .kit_id + " " + .state' out | uniq -c | tr -s ' \n' ' ')" = \
		" 1 a link_down 1 b link_down 1 a link_down 1 b link_down 1 a link_down 1 b link_down 1 a listening 1 b kit_down " ]
	[ "$(grep -c 'the link is down' err)" = 1 ]
	[ "$(grep -c 'kits can be reached again' err)" = 1 ]
}

@test "replies work with and without their body, spaced, escaped, and with keys in any order" {
	cat >in <<-'END'
	{ "ok" : true , "time" : "2026-11-23T10:00:00Z", "kit_id" : "a", "endpoint" : "status", "type" : "reply" }
	{"type":"\u0072eply","kit_id":"\u0061","endpoint":"drones","time":"2026-11-23T10:00:01Z","ok":false,"error":"connect"}
	{"type":"reply","kit_id":"a","endpoint":"status","time":"2026-11-23T10:00:02Z","ok":true,"body":{"uid":"x","last_update_time":1}}
	END
	wd-health in >out
	[ "$(states out)" = "$(printf 'a online\na offline\na online')" ]
}

@test "a status that stands still is said, and that it moves again" {
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
	[ "$(grep -o 'the kit.s status.*' err)" = "the kit's status stands still kit=a since=2026-11-23T10:00:00.000000Z
the kit's status moves again kit=a
the kit's status stands still kit=b since=2026-11-23T10:10:00.000000Z" ]
}

@test "strings from kits cannot forge a line of the log" {
	{
		reply 'a\nwd-health: Kit b: online' 10:00:00 drones connect 'x\nwd-health: \u001b[31mforged'
		reply z 10:01:00
	} | wd-health 2>err >out
	[ "$(grep -c '^wd-health: Kit b' err)" = 0 ]
	grep -qF 'Last error: Request error fetching /drones: x\nwd-health: \x1b[31mforged' err
}

@test "a line that tells nothing is said, six times a minute, and passed on" {
	for n in {1..10}; do
		printf 'garbage %s\n' "$n"
	done >in
	printf '{"type":"reply","kit_id":"a","endpoint":"drones"}\n{"type":"drone","x":}\n' >>in
	wd-health in 2>err >out
	cmp in out
	[ "$(cat err)" = "$(seq -f 'wd-health: a line tells nothing: passed on line="garbage %g"' 6)" ]
}

@test "a failure without a code or a message is shown as one" {
	reply a 10:00:00 | sed 's/"ok":true/"ok":false/' >in
	reply b 10:01:00 >>in
	wd-health --state state in 2>err >out
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
		'wd-health: kit changed its state kit=a from=offline to=online unsaid=24' ]
}

@test "a line over 16 MiB becomes a reject, the next one is unharmed" {
	{
		printf '{"type":"drone","x":"'
		head -c 17000000 /dev/zero | tr '\0' a
		printf '"}\n'
		reply a 10:00:00
	} | wd-health >out
	[ "$(jq -r .type out | tr '\n' ' ')" = 'reject reply kit_status ' ]
	[ "$(head -1 out | jq -r '.stage, .reason')" = "$(printf 'wd-health\ntoo_long: line over 16 MiB')" ]
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

@test "a state file carries on where the last run ended" {
	{
		reply a 10:00:00
		reply b 10:00:01 drones connect refused
	} | wd-health --state state >first
	{
		reply a 10:00:02
		reply b 10:00:03 drones connect refused
		reply a 10:01:00
	} | wd-health --state state 2>err >second
	[ "$(states second)" = "$(printf 'a online\nb offline')" ]
	grep -qF 'Kit b: offline | Success rate: 0.0% | Requests: 2 (OK: 0, Failed: 2)' err
	[ "$(jq -c 'select(.type == "coverage") | [.kit_id, .requests]' second | tr '\n' ' ')" = '["a",2] ["b",2] ' ]
	jq -e . state >/dev/null
}

@test "a kit that nobody asks any more is forgotten after a day" {
	{
		reply gone 10:00:00
		reply kept 10:00:00
		reply kept 10:00:01 | sed s/11-23/11-24/
	} | wd-health -q --state state >out
	reply other 10:00:02 | sed s/11-23/11-24/ | wd-health -q --state state >out
	[ "$(jq -r '.kit_id // empty' state | tr '\n' ' ')" = 'kept other ' ]
}

@test "a run that is repeated from the same state says the same again" {
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

@test "half a line at the end is passed on as it is; a whole line needs no newline" {
	[ "$(printf '{"type":"drone","a":1}\n{"type":"dro' | wd-health 2>err | xxd -p)" = \
		"$(printf '{"type":"drone","a":1}\n{"type":"dro' | xxd -p)" ]
	[ "$(printf '{"type":"drone","a":1}' | wd-health | wc -l)" = 1 ]
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
	run ! grep -q 'set aside' err
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

@test "where nothing is learnt nothing is written" {
	printf '{"type":"drone","kit_id":"a"}\n' | wd-health --state state --prometheus x.prom >out
	[ ! -e state ]
	[ ! -e x.prom ]
}

@test "a torn or foreign state file is set aside, and that is said" {
	reply a 10:00:00 | wd-health --state state >out
	for make in 'head -c -10' 'sed 1d' 'sed $d' 'sed s/health_state/other/' 'sed s/kit_health/x/' \
		'sed $p' 'sed s/"version":1/"version":2/' 'sed s/L[0-9]*/Z9/;s/-1440/-1441/' 'echo hello' 'true'; do
		$make <state >broken || true
		cp broken copy
		run -65 wd-health --state broken --report
		run -3 wd-health --state broken --check
		cmp broken copy
		reply a 10:00:01 | wd-health --state broken >out 2>err
		grep -q 'not a whole state file: set aside file=broken as=broken.bad' err
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

@test "--prometheus writes what promtool accepts" {
	{
		reply a 10:00:00
		reply 'quo\"te\\back\nline' 10:00:01 drones connect
		reply a 10:00:02 signals rate_limited
		reply a 10:01:00 | sed 's/}$/,"clock_offset_s":-7.25}/'
	} | wd-health --prometheus x.prom >out
	promtool check metrics <x.prom
	grep -qxF 'wardragon_kit_state{kit_id="a",state="online"} 1' x.prom
	grep -qxF 'wardragon_kit_state{kit_id="quo\"te\\back\nline",state="offline"} 1' x.prom
	grep -qxF 'wardragon_kit_requests_total{kit_id="a",result="ok"} 2' x.prom
	grep -qxF 'wardragon_kit_requests_total{kit_id="a",result="rate_limited"} 1' x.prom
	grep -qxF 'wardragon_kit_clock_offset_seconds{kit_id="a"} -7.25' x.prom
	grep -qxF 'wardragon_kit_last_seen_timestamp_seconds{kit_id="a"} 1795428060' x.prom
}

# Three kits as they are now: a is online, b is down for a quarter of an hour, c was never asked.
a_state() {
	{
		printf '{"type":"kit","kit_id":"a"}\n{"type":"kit","kit_id":"b"}\n{"type":"kit","kit_id":"c"}\n'
		for ago in {1800..901..30}; do
			reply a "-$ago"
			reply b "-$ago"
		done
		for ago in {900..0..30}; do
			reply a "-$ago"
			reply b "-$ago" drones connect "no\\u001b[2J route"
		done
	} | wd-health -qq --state state >/dev/null
}

@test "--report is a table, cut to the width that there is" {
	a_state
	wd-health --state state --report >table
	[[ $(sed -n 1p table) =~ ^KIT\ +STATE\ +LAST\ SEEN\ +OK\ 1H\ +REQUESTS\ +CLOCK\ +LAST\ ERROR$ ]]
	[[ $(sed -n 2p table) =~ ^a\ +online\ +20..-..-..\ ..:..:..Z\ +100.0%\ +61\ +\+0.0s\ +-$ ]]
	[[ $(sed -n 3p table) =~ ^b\ +offline\ .*\ 49.2%\ +61\ .*\ connect\ /drones:\ no\\x1b\[2J\ route$ ]]
	[[ $(sed -n 4p table) =~ ^c\ +unknown\ +-\ +-\ +0\ +-\ +-$ ]]
	grep -qx '3 kits: 1 unknown, 1 online, 1 offline' table
	run ! grep -q 'NOT HEARD' table
	COLUMNS=40 wd-health --state state --report >narrow
	[ "$(wc -L <narrow)" -le 40 ]
	[ "$(cut -c1-40 table | sed 's/ *$//' | grep -v ' s ago')" = "$(grep -v ' s ago' narrow)" ]
}

@test "--report --since shows when a kit was not listened to" {
	a_state
	wd-health --state state --report --since 20m | sed '1,/^$/d' | sed '1,/^$/d' >gaps
	[[ $(sed -n 1p gaps) =~ ^KIT\ +NOT\ HEARD\ FROM\ +UNTIL\ +MINUTES\ +BECAUSE$ ]]
	[[ $(sed -n 2p gaps) =~ ^b\ .*\ +1[3-5]\ +kit_down$ ]]
	[[ $(sed -n 3p gaps) =~ ^c\ .*\ +(19|20)\ +poller_down$ ]]
	[ "$(wc -l <gaps)" = 3 ]
}

@test "--report=json is a line a kit" {
	a_state
	wd-health --state state --report=json --since 24h >lines
	[ "$(jq -c '[.type, .kit_id, .status, .requests, .ok, .failed, .last_hour_ok, .error]' lines)" = \
'["kit_report","a","online",61,61,0,61,null]
["kit_report","b","offline",61,30,31,30,"connect"]
["kit_report","c","unknown",0,0,0,0,null]' ]
	jq -se '(.[0].gaps | length == 0) and (.[1].gaps | length == 1 and .[0].state == "kit_down")' lines
	jq -se '.[1].gaps[0] | (.until | sub("\\.0*Z"; "Z") | fromdate) - (.from | sub("\\.0*Z"; "Z") | fromdate) == .minutes * 60' lines
	wd-health --state state --report=json | jq -se 'all(has("gaps") | not)'
}

@test "a kit that has been silent since the state was written is stale" {
	reply a -200 | wd-health -q --state state >/dev/null
	wd-health --state state --report=json | jq -e '.status == "stale"'
	wd-health --state state --stale-threshold 600 --report=json | jq -e '.status == "online"'
	STALE_THRESHOLD=600 wd-health --state state --report=json | jq -e '.status == "online"'
	[ "$(wd-health --state state --report=json --since 10m | jq -c '[.gaps[].state] | unique')" = '["poller_down"]' ]
}

@test "--check is a monitoring plugin" {
	a_state
	data='not_online=2;0;;0;3 unknown=1;;;0;3 online=1;;;0;3 offline=1;;;0;3 error=0;;;0;3 stale=0;;;0;3 standing_still=0;;;0;3 age='
	run -1 wd-health --state state --check
	[[ $output == "KITS WARNING - 1 of 3 kits online: b offline, c unknown | $data"[0-9]*'s;;600;0' ]]
	run -0 wd-health --state state --check -w 2
	[[ $output == 'KITS OK - '*' | not_online=2;2;;0;3 '* ]]
	run -2 wd-health --state state --check --warning 1 --critical 1
	[[ $output == 'KITS CRITICAL - '*' | not_online=2;1;1;0;3 '* ]]
	run -2 wd-health --state state --check -c @2:5
	run -1 wd-health --state state --check -c 2
	run -3 wd-health --state state --check -w 2x
	[ "$output" = 'KITS UNKNOWN - no range: 2x' ]
	run -3 wd-health --state nothing --check
	touch -d '20 minutes ago' state
	run -2 wd-health --state state --check -w 5
	[[ $output == 'KITS CRITICAL - nothing was written for 120'[0-9]' s, 1 of 3 kits online'* ]]
}

@test "--check: no kit online is critical, no kit at all unknown" {
	reply a -1 drones connect | wd-health -qq --state state >/dev/null
	run -2 wd-health --state state --check
	printf '{"type":"kit","kit_id":"a","enabled":false}\n' | wd-health --state other >/dev/null
	run -3 wd-health --state other --check
	[[ $output == 'KITS UNKNOWN - no kit is known | '* ]]
}

@test "--replay: waiting makes no time pass" {
	mkfifo live.in replay.in
	start live wd-health --stale-threshold 1 live.in
	start replay wd-health --stale-threshold 1 --replay replay.in
	exec 8>live.in 9>replay.in
	reply a 10:00:58 | tee /dev/fd/8 >&9
	wait_for 5 grep -q '"time":"2026-11-23T10:01:00.000000Z","kit_id":"a","status":"stale"' live
	[ "$(states replay)" = 'a online' ]
	exec 8>&- 9>&-
}

@test "lines that come after all open their minutes again" {
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

@test "options that do not go together are refused" {
	for options in --report --check '--state x --report --check' '--state x --report=xml' \
		'--since 1h' '-w 1' '--critical 1' '--state x --report --since 25h'; do
		# shellcheck disable=SC2086
		run -64 wd-health $options </dev/null
		[[ ${lines[-1]} == "Try 'wd-health --help'." ]]
	done
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

@test "10,000 kits take less than 64 MiB" {
	[[ $BIN != *san* ]] || skip "sanitizers take memory of their own"
	mkfifo pipe
	start out wd-health --state state --prometheus x.prom pipe
	exec 9>pipe
	for minute in 0 1 2; do
		seq 10000 | sed "s/.*/{\"type\":\"reply\",\"kit_id\":\"kit-&\",\"endpoint\":\"drones\",\"time\":\"2026-11-23T10:0$minute:00Z\",\"ok\":true}/" >&9
	done
	wait_for 10 grep -q 'kit-10000".*10:02' x.prom state
	wait_for 10 test -s x.prom
	[ "$(awk '/^VmHWM/ {print $2}' "/proc/$started/status")" -lt 65536 ]
	exec 9>&-
	wait_for 10 not kill -0 "$started"
	[ "$(jq -s 'length' state)" = 10001 ]
}
