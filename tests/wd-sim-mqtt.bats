# wd-sim --mqtt: what the simulated kits publish, with the real mosquitto.
load lib
load mqtt

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_started
}

# received FILE MINIMUM: at least this number of messages arrived.
received() {
	(($(wc -l <"$1") >= $2))
}

@test "topics, QoS and retained messages are those of DragonSync" {
	mosquitto_start
	sim --drones 6 --aircraft 1 --signals 3 --mqtt "$mqtt_url"
	subscribe seen 'wardragon/#'
	# 6 drones: 4 with pilot and home, one without a fix has a pilot only, a telemetry radio neither.
	wait_for 10 received seen 120
	kit=wardragon-SIM1-0001
	for topic in drones aircraft signals "system/$kit/attrs" "system/$kit/state" \
		"system/$kit/availability" "service/$kit/availability" drone/drone-alert; do
		wait_for 35 grep -q "^wardragon/$topic " seen
	done
	[ "$(cut -d' ' -f3 seen | sort -u)" = 0 ]
	# A later subscriber gets what is retained: no aircraft, no attributes, no state.
	retained() {
		mosquitto_sub -p "$mqtt_port" -t 'wardragon/#' --retained-only -W 1 -F %t >retained || true
		for topic in drones signals drone/drone-alert "service/$kit/availability"; do
			grep -qx "wardragon/$topic" retained || return
		done
	}
	wait_for 5 retained
	not grep -E 'aircraft|attrs|/state' retained
}

@test "a drone with pilot and home is six messages every two seconds, with one observation" {
	mosquitto_start
	subscribe seen 'wardragon/drones' 'wardragon/drone/#'
	sim --drones 1 --aircraft 0 --signals 0 --mqtt "$mqtt_url"
	wait_for 10 received seen 18
	sed -E 's/^[^ ]+ [01] 0 //' seen | head -18 >payloads
	# Three publishes on two topics each; the second adds pilot_alt, the third home_alt; later all have both.
	[ "$(head -6 seen | cut -d' ' -f1 | sort | uniq -c | awk '{print $1}' | xargs)" = '3 3' ]
	jq -c '[has("pilot_alt"), has("home_alt")]' payloads >has
	[ "$(head -6 has | xargs)" = '[false,false] [false,false] [true,false] [true,false] [true,true] [true,true]' ]
	[ "$(sed -n '7,$p' has | sort -u)" = '[true,true]' ]
	[ "$(head -6 payloads | jq .observed_at | sort -u | wc -l)" = 1 ]
	# The rounds are two seconds apart by the clock of the kit.
	jq -es '.[6].last_update_time - .[0].last_update_time | . > 0.9 and . < 30' payloads
}

@test "payloads have the keys and types of DragonSync" {
	mosquitto_start
	subscribe seen 'wardragon/drones' 'wardragon/aircraft' 'wardragon/signals' 'wardragon/system/+/attrs'
	sim --drones 6 --aircraft 1 --signals 3 --mqtt "$mqtt_url"
	wait_for 10 received seen 22
	jq -r '.topic + " " + .payload' "$DATA/captures/mqtt/kinds.ndjson" >captured
	# shapes: the sorted, distinct lists of "key type" of the payloads of each topic.
	shapes() {
		sed -E 's/^([^ ]+)( [01] 0)? /\1\t/; s,system/[^/]*/,system/KIT/,' "$1" |
			jq -Rr 'split("\t") | .[0] + " " + (.[1] | fromjson | del(.pilot_alt, .home_alt) |
				to_entries | map(.key + " " + (.value | type)) | join(","))' | sort -u
	}
	diff <(shapes captured) <(shapes seen)
}

@test "the last will marks a kit as offline, SIGTERM does, too; both kits have their own" {
	mosquitto_start
	subscribe seen 'wardragon/service/+/availability'
	sim --kits 2 --mqtt "$mqtt_url"
	kit=wardragon/service/wardragon-SIM1-000
	for k in 1 2; do
		wait_for 10 grep -q "^${kit}$k/availability . 0 online" seen
	done
	kill -9 "$started"
	for k in 1 2; do
		wait_for 10 grep -q "^${kit}$k/availability . 0 offline" seen
	done
	subscribe seen2 'wardragon/system/+/availability'
	sim --kits 1 --mqtt "$mqtt_url"
	wait_for 10 grep -q ' 0 0 online' seen2
	ends_within 5 "$started"
	wait_for 10 grep -q ' 0 0 offline' seen2
	grep -q 'done topic=drones published=' sim.err
}

@test "without a broker it retries, and serves HTTP meanwhile" {
	port=$(free_ports 1)
	sim --mqtt "mqtt://127.0.0.1:$port"
	wait_for 5 grep -q 'no connection to the broker' sim.err
	curl -sf "$sim_url/status" -o status
	mosquitto_start "$port"
	subscribe seen 'wardragon/drones'
	wait_for 10 received seen 3
	# A restarted broker gets new messages.
	kill "$broker"
	wait "$broker" || true
	mosquitto_start "$port"
	subscribe seen2 'wardragon/aircraft'
	wait_for 20 received seen2 3
}

@test "HTTP and MQTT show the same observations" {
	mosquitto_start
	subscribe seen 'wardragon/signals'
	sim --signals 1 --mqtt "$mqtt_url"
	wait_for 10 received seen 1
	[ "$(head -1 seen | sed -E 's/^[^ ]+ . . //' | jq -c '[.uid, .center_hz, .sensor_lat]')" = \
		"$(curl -s "$sim_url/signals" | jq -c '.signals[0] | [.uid, .center_hz, .sensor_lat]')" ]
}

@test "a thousand kits" {
	mosquitto_start
	subscribe seen 'wardragon/service/+/availability'
	ulimit -n 4096
	sim --kits 1000 --drones 1 --aircraft 0 --signals 0 --mqtt "$mqtt_url"
	wait_for 20 received seen 1000
	[ "$(cut -d' ' -f1 seen | sort -u | wc -l)" = 1000 ]
	ends_within 10 "$started"
	wait_for 20 received seen 2000
}

@test "a wrong URL is status 64, with the form expected" {
	for url in http://x mqtt:// mqtt://h:0 mqtt://h:99999 mqtt://u:p@h mqtts://h mqtt://h/topic; do
		run -64 wd-sim --port 0 --mqtt "$url"
		[[ $output == *"not the URL of a broker"*"mqtt="*"expected=mqtt://HOST[:PORT]"* ||
			$output == *"not the URL of a broker"*'expected="mqtt://HOST[:PORT]"'* ]]
		[ ${#lines[@]} = 1 ]
	done
	run -64 wd-sim --replay "$DATA/captures/dragonsync" --mqtt mqtt://127.0.0.1
	[[ $output == *'--replay and --mqtt exclude each other'* ]]
}
