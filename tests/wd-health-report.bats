# wd-health for people and for monitoring: --report, --check, --prometheus.
load lib
load health

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

@test "--prometheus counts rejects, and the minutes of the last hour without a good reply" {
	{
		reply a 10:00:00
		printf '{"type":"reject","stage":"wd-normalize","reason":"not_json","raw":"x"}\n%.0s' 1 2 3
		reply a 10:01:00
		reply b 10:01:00 drones connect
		reply a 10:02:30
		reply b 10:03:00 drones connect
		reply a 10:04:00
	} | wd-health --prometheus x.prom >out
	promtool check metrics <x.prom
	grep -qxF 'wardragon_rejects_total 3' x.prom
	grep -qxF 'wardragon_kit_blind_seconds{kit_id="a"} 60' x.prom
	grep -qxF 'wardragon_kit_blind_seconds{kit_id="b"} 180' x.prom
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
	[[ $(sed -n 1p table) =~ ^KIT\ +STATE\ +LAST\ SEEN\ +OK\ 1H\ +REQUESTS\ +DRONES\ +SIGNALS\ +RECEIVERS\ +CLOCK\ +LAST\ ERROR$ ]]
	[[ $(sed -n 2p table) =~ ^a\ +online\ +20..-..-..\ ..:..:..Z\ +100.0%\ +61\ +0\ +0\ +-\ +\+0.0s\ +-$ ]]
	[[ $(sed -n 3p table) =~ ^b\ +offline\ .*\ 49.2%\ +61\ .*\ connect\ /drones:\ no\\x1b\[2J\ route$ ]]
	[[ $(sed -n 4p table) =~ ^c\ +unknown\ +-\ +-\ +0\ +0\ +0\ +-\ +-\ +-$ ]]
	grep -qx '3 kits: 1 unknown, 1 online, 1 offline' table
	run ! grep -q 'NOT LISTENING' table
	COLUMNS=40 wd-health --state state --report >narrow
	[ "$(wc -L <narrow)" -le 40 ]
	[ "$(cut -c1-40 table | sed 's/ *$//' | grep -v ' s ago')" = "$(grep -v ' s ago' narrow)" ]
}

@test "--report --since shows when a kit was not listened to" {
	a_state
	wd-health --state state --report --since 20m | sed '1,/^$/d' | sed '1,/^$/d' >gaps
	[[ $(sed -n 1p gaps) =~ ^KIT\ +NOT\ LISTENING\ FROM\ +UNTIL\ +MINUTES\ +BECAUSE$ ]]
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
	[ "$output" = 'KITS UNKNOWN - invalid range: 2x' ]
	run -3 wd-health --state nothing --check
	touch -d '20 minutes ago' state
	run -2 wd-health --state state --check -w 5
	[[ $output == 'KITS CRITICAL - no update for 12'[0-9][0-9]' s, 1 of 3 kits online'* ]]
}

# config ID AGO RECEIVERS: the reply of /config.
config() {
	reply "$1" "-$2" config | sed "s/}\$/,\"receivers\":$3}/"
}

@test "the report and kit_status show the receivers that are on; /config counts for nothing else" {
	{
		reply a -60
		config a 50 '["adsb","fpv"]'
		config a 40 '["adsb"]'
		config a 45 '["fpv"]'
		reply b -60
		config b 50 '[]'
		reply c -60
		reply c -50 config http
		reply d -50 config connect
		config e 50 '["adsb","\u001b[2J",{"x":1},"AAAA"]'
		for kit in a b c; do reply "$kit" -20; done
	} | wd-health -q --state state >out
	wd-health --state state --report >table
	for row in 'a .* adsb' 'b .* none' 'c .* -' 'd *unknown .* -' 'e *unknown .* adsb'; do
		grep -qE "^$row +(-|[+]0[.]0s) +-$" table
	done
	[ "$(wd-health --state state --report=json | jq -c '[.kit_id, .receivers, .requests, .failed]' | tr '\n' ' ')" = \
		'["a",["adsb"],2,0] ["b",[],2,0] ["c",null,2,0] ["d",null,0,0] ["e",["adsb"],0,0] ' ]
	[ "$(jq -sc '[.[] | select(.type == "kit_status" and .kit_id == "a") | .receivers] | [first, last]' out)" = '[null,["adsb"]]' ]
	# A run that goes on with the state knows them.
	reply a -1 | wd-health -q --state state >out
	jq -se 'map(select(.type == "kit_status" and .kit_id == "a")) | length > 0 and all(.receivers == ["adsb"])' out
}

@test "the report shows that a kit reports another id than before" {
	{
		reply a -60 status | sed 's/}$/,"reported_id":"other\\u001b[2J"}/'
		reply a -50
	} | wd-health -qq --state state >out
	wd-health --state state --report | grep -qF 'reports the id other\x1b[2J'
	[ "$(wd-health --state state --report=json | jq -r .reported_id)" = $'other\e[2J' ]
	reply a -10 status | wd-health -qq --state state >out
	run -1 grep -q reported_id state
}

@test "the report shows what was received" {
	{
		reply a -20 | sed 's/}$/,"body":{"drones":[{"id":"d1"},{"id":"d2"}]}}/'
		reply a -19 signals | sed 's/}$/,"body":{"signals":[{"freq_mhz":5800}]}}/'
		reply b -18 | sed 's/}$/,"body":{"drones":[]}}/'
		reply a -10 | sed 's/}$/,"body":{"drones":[{"id":"d1"}]}}/'
	} >in
	wd-normalize in | wd-health -qq --state state --prometheus x.prom >/dev/null
	[ "$(wd-health --state state --report=json | jq -c '[.kit_id, .status, .drones, .signals]' | tr '\n' ' ')" = \
		'["a","online",3,1] ["b","online",0,0] ' ]
	wd-health --state state --report | grep -q '^a  *online .* 3  *3  *1  '
	grep -qxF 'wardragon_kit_records_total{kit_id="a",type="drone"} 3' x.prom
	# What was read before is not counted again.
	wd-normalize in | wd-health -qq --state state >/dev/null
	wd-health --state state --report=json | jq -se '.[0].drones == 3'
}

@test "a kit that is no longer configured is removed, and no alarm" {
	{
		reply a -20
		reply b -20 drones connect
		printf '{"type":"kit","kit_id":"b","enabled":false}\n{"type":"kit","kit_id":"never","enabled":false}\n'
	} | wd-health -qq --state state --prometheus x.prom >out
	[ "$(wd-health --state state --report=json | jq -r '.kit_id + " " + .status' | tr '\n' ' ')" = 'a online b removed ' ]
	wd-health --state state --report | grep -q '^b  *removed '
	wd-health --state state --report | grep -qx '1 kit: 1 online; 1 removed'
	run -0 wd-health --state state --check
	[[ $output == 'KITS OK - 1 of 1 kits online | '* ]]
	run ! grep '"b"' x.prom
	run ! grep '"coverage".*"b"' out
}

@test "--check: a state from the future is unknown; --report shows it" {
	reply a -1 | wd-health -qq --state state >/dev/null
	run -0 wd-health --state state --check
	touch -d 'now + 1 hour' state
	run -3 wd-health --state state --check
	[[ $output == 'KITS UNKNOWN - the state is 3'[56]*' s in the future: check the clocks | '* ]]
	printf '{"type":"reply","kit_id":"a","endpoint":"drones","time":"%s","ok":true}\n' \
		"$(date -u -d '1 hour' +%FT%TZ)" | wd-health -qq --state ahead >/dev/null
	run -3 wd-health --state ahead --check
	wd-health --state ahead --report | grep -qx 'the state is from the future: check the clocks'
}

@test "--check: no kit online is critical, no kit at all unknown" {
	reply a -1 drones connect | wd-health -qq --state state >/dev/null
	run -2 wd-health --state state --check
	printf '{"type":"kit","kit_id":"a","enabled":false}\n' | wd-health --state other >/dev/null
	run -3 wd-health --state other --check
	[[ $output == 'KITS UNKNOWN - no kit is known | '* ]]
}

@test "options that do not go together are refused" {
	for options in --report --check '--state x --report --check' '--state x --report=xml' \
		'--since 1h' '-w 1' '--critical 1' '--state x --report --since 25h'; do
		# shellcheck disable=SC2086
		run -64 wd-health $options </dev/null
		[[ ${lines[-1]} == "Try 'wd-health --help'." ]]
	done
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
