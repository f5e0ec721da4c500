# A real MQTT broker for the tests.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of the tests

# mosquitto_start [PORT]: start mosquitto on a port of 127.0.0.1; sets $mqtt_port, $mqtt_url and $broker
# (its pid).
mosquitto_start() {
	mqtt_port=${1:-$(free_ports 1)}
	mqtt_url=mqtt://127.0.0.1:$mqtt_port
	printf 'listener %s 127.0.0.1\nallow_anonymous true\nlog_type all\n' "$mqtt_port" >"$BATS_TEST_TMPDIR/mosquitto.conf"
	start "$BATS_TEST_TMPDIR/mosquitto" mosquitto -c "$BATS_TEST_TMPDIR/mosquitto.conf"
	broker=$started
	wait_for 5 mosquitto_pub -p "$mqtt_port" -t ready -n
}

# subscriptions NUMBER: the broker has acknowledged this number of them.
subscriptions() {
	(($(cat "$BATS_TEST_TMPDIR"/mosquitto "$BATS_TEST_TMPDIR"/mosquitto.err | grep -c 'Sending SUBACK') >= $1))
}

# subscribe FILE TOPIC…: write "TOPIC RETAIN QOS PAYLOAD" of each message to FILE.
subscribe() {
	local file=$1 topics=() topic before
	shift
	for topic; do
		topics+=(-t "$topic")
	done
	before=$(cat "$BATS_TEST_TMPDIR"/mosquitto "$BATS_TEST_TMPDIR"/mosquitto.err | grep -c 'Sending SUBACK' || true)
	start "$file" mosquitto_sub -p "$mqtt_port" -F '%t %r %q %p' "${topics[@]}"
	wait_for 5 subscriptions $((before + 1))
}
