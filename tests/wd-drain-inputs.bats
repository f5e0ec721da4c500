# Several inputs on one spool: wd-poll and wd-mqtt together, with the real mosquitto.
load lib
load mqtt
load crash/service

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	service_kill
	stop_started
}

# rows_of DATABASE KIT: what was observed.
rows_of() {
	sqlite3 -json "$1" "SELECT * FROM drones WHERE kit_id = '$2' ORDER BY time, drone_id;
		SELECT * FROM signals WHERE kit_id = '$2' ORDER BY time, freq_mhz;
		SELECT * FROM system_health WHERE kit_id = '$2' ORDER BY time"
}

count() {
	sqlite_value both.db "SELECT count(*) FROM drones WHERE kit_id = '$1'"
}

# There are more than NUMBER rows of both kits.
grown() {
	[ "$(count both)" -gt "$1" ] && [ "$(count mqtt)" -gt "$1" ]
}

inputs() {
	start poll wd-poll -c kits.yaml --poll-interval 0.5 --status-interval 1 --rate-limit 0 --spool spool
	poll=$started
	start mqtt wd-mqtt -c kits.yaml --spool spool "$mqtt_url"
	mqtt=$started
}

@test "wd-poll and wd-mqtt share a spool: a kit with source: both has the rows of HTTP" {
	mosquitto_start
	sim --kits 2 --drones 6 --aircraft 3 --signals 3 --mqtt "$mqtt_url"
	cat >kits.yaml <<-X
		kits:
		  - {id: both, api_url: "$sim_url/kit-1", mqtt_id: wardragon-SIM1-0001, source: both}
		  - {id: mqtt, mqtt_id: wardragon-SIM1-0002, source: mqtt}
	X
	inputs
	start drain wd-drain --keep kept spool sqlite:both.db
	drain_pid=$started
	wait_for 20 grown 20
	# Each recovers what it left itself, while the other one writes.
	kill_now "$poll" "$mqtt"
	inputs
	wait_for 20 grown $(($(count both) + $(count mqtt)))
	ends_within 3 "$poll"
	ends_within 3 "$mqtt"
	wait_for 10 eval '[ -z "$(ls spool/new)" ]'
	ends_within 2 "$drain_pid"
	drain_pid=
	zstdcat kept/*.zst >replies
	grep -q '"kit_id":"both".*"via":"mqtt"' replies
	grep -v '"via":"mqtt"' replies | wd-normalize | wd-health --replay | wd-store -q sqlite:http.db
	[ "$(sqlite_value http.db "SELECT count(*) FROM drones WHERE kit_id = 'both'")" -gt 20 ]
	diff <(rows_of http.db both) <(rows_of both.db both)
	# The other kit comes from MQTT alone.
	[ "$(sqlite_value http.db "SELECT count(*) FROM drones WHERE kit_id = 'mqtt'")" = 0 ]
	wd-normalize <replies | wd-health --replay | wd-store -q sqlite:again.db
	diff <(rows_of again.db mqtt) <(rows_of both.db mqtt)
}
