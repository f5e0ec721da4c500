# What the tests of wd-mqtt share: a real broker and its publishers. `load wd-mqtt`, after lib.
# shellcheck shell=bash disable=SC2034,SC2119,SC2120,SC2154

PUBLISHES=$DATA/captures/mqtt/publishes.ndjson
KIT=wardragon-G6PA14100J63

# broker [LINE…]: starts mosquitto on $broker_port (a free one unless set), with these lines in its
# configuration; sets $broker_pid and $broker_url.
broker() {
	broker_port=${broker_port:-$(free_ports 1)}
	broker_url=mqtt://127.0.0.1:$broker_port
	{
		echo "listener $broker_port 127.0.0.1"
		[ "$(id -u)" != 0 ] || echo 'user root'
		[ $# -gt 0 ] || echo 'allow_anonymous true'
		printf '%s\n' "$@"
	} >broker.conf
	start broker mosquitto -c "$PWD/broker.conf"
	broker_pid=$started
	wait_for 10 grep -q 'mosquitto version .* running' broker.err
}

# receive FILE OPTION…: starts wd-mqtt, its lines into FILE; waits until it has subscribed.
receive() {
	local file=$1
	shift
	start "$file" wd-mqtt "$@"
	receiver=$started
	wait_for 10 grep -q 'connected to the broker' "$file.err"
}

# publish [SHIFT] <MESSAGES: to the broker.
publish() {
	python3 "$ROOT/tests/mqtt.py" publish "$broker_port" "$@"
}

# message TOPIC PAYLOAD [RETAIN]: one line for `publish`.
message() {
	jq -nc --arg topic "$1" --arg payload "$2" --argjson retain "${3:-false}" \
		'{topic: $topic, payload: $payload, retain: $retain}'
}

# received FILE: waits until wd-mqtt has taken everything that was published so far, which it reads
# in order: a message of a kit named `end` comes last.
received() {
	ends=$((${ends:-0} + 1))
	message wardragon/drones "{\"seen_by\":\"end-$ends\",\"id\":\"end\",\"observed_at\":1}" | publish
	wait_for 10 grep -q "\"kit_id\":\"end-$ends\",\"endpoint\":\"drones\"" "$1"
}

# finish FILE: ends wd-mqtt; leaves FILE without the kits named `end`.
finish() {
	ends_within 1 "$receiver"
	sed -i '/"kit_id":"end-/d' "$1"
}

# rows FILE DATABASE: stores the lines; prints the numbers of drones, aircraft, signals and statuses.
# The replies are given the time of the recording, so that the test gives the same result on any day.
rows() {
	sed -E '/^\{"type":"reply"/s/("time":")[^".]*/\12026-11-23T18:01:00/' "$1" |
		wd-normalize | wd-health --replay 2>/dev/null | wd-store -q "sqlite:$2"
	sqlite_value "$2" "SELECT (SELECT count(*) FROM drones WHERE track_type = 'drone') || ' ' ||
		(SELECT count(*) FROM drones WHERE track_type = 'aircraft') || ' ' ||
		(SELECT count(*) FROM signals) || ' ' || (SELECT count(*) FROM system_health)"
}
