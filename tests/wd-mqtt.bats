# wd-mqtt and a real mosquitto: what a kit publishes becomes the same rows as by HTTP.
load lib
load wd-mqtt

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_started
}

@test "the captured publishes are 72 drone observations, 3 aircraft, 36 signals, 2 statuses" {
	broker
	receive lines --default-kit $KIT "$broker_url"
	publish <"$PUBLISHES"
	received lines
	finish lines
	[ "$(rows lines stored.db)" = '72 3 36 2' ]
	[ "$(sqlite_value stored.db 'SELECT count(*) FROM rejects')" = 0 ]
}

@test "the observations have the same keys as by HTTP" {
	broker
	receive lines --default-kit $KIT "$broker_url"
	publish <"$PUBLISHES"
	received lines
	finish lines
	rows lines mqtt.db
	wd-normalize <"$DATA/captures/replies.ndjson" | wd-store -q sqlite:http.db
	for db in http mqtt; do
		sqlite_value $db.db "SELECT time, drone_id FROM drones WHERE track_type = 'drone'
			UNION SELECT time, freq_mhz FROM signals ORDER BY 1, 2" >$db
	done
	diff http mqtt
	[ "$(wc -l <http)" = 108 ]
}

@test "publishes that arrive twice change nothing, whatever their order" {
	broker
	receive lines --default-kit $KIT "$broker_url"
	cat "$PUBLISHES" "$PUBLISHES" | publish
	received lines
	finish lines
	[ "$(rows lines twice.db)" = '72 3 36 2' ]
	grep -q ' repeated=386 ' lines.err

	receive shuffled --default-kit $KIT "$broker_url"
	shuf --random-source="$PUBLISHES" "$PUBLISHES" | publish
	received shuffled
	finish shuffled
	[ "$(rows shuffled shuffled.db)" = '72 3 36 2' ]
}

@test "what the broker has retained gives no rows" {
	broker
	publish <"$PUBLISHES"
	[ "$(timeout 20 mosquitto_sub -p "$broker_port" -t wardragon/signals -C 1 | wc -l)" = 1 ]
	receive lines --default-kit $KIT "$broker_url"
	received lines
	finish lines
	[ "$(rows lines stored.db)" = '0 0 0 0' ]
	grep -q ' retained=[1-9]' lines.err
}

@test "per-drone topics and foreign topics are not subscribed to" {
	broker
	receive lines "$broker_url"
	{
		message wardragon/drone/d '{"id":"d","seen_by":"kit-1","observed_at":1}'
		message wardragon/remoteTerminal/commands '{"seen_by":"kit-1"}'
		message other/drones '{"id":"d","seen_by":"kit-1","observed_at":1}'
	} | publish
	received lines
	finish lines
	not grep -q kit-1 lines
	# Nothing but the sentinel was delivered.
	grep -q ' received=1 ' lines.err
}

@test "an aircraft without a time is one row until something of it changes" {
	broker
	receive lines "$broker_url"
	aircraft() {
		message wardragon/aircraft "{\"icao\":\"A1\",\"seen_by\":\"kit-1\",\"alt\":$1,\"track_type\":\"aircraft\"}"
	}
	{ aircraft 100; aircraft 100; } | publish
	received lines
	aircraft 100 | publish
	received lines
	aircraft 200 | publish
	received lines
	aircraft 100 | publish
	received lines
	finish lines
	[ "$(grep -o '"icao":"A1"' lines | wc -l)" = 3 ]
}

@test "payloads of one kit and endpoint within 250 ms are one line" {
	broker
	receive lines "$broker_url"
	for i in 1 2 3; do
		message wardragon/drones "{\"id\":\"d$i\",\"seen_by\":\"kit-1\",\"observed_at\":1}"
		message wardragon/signals "{\"uid\":\"s$i\",\"seen_by\":\"kit-1\",\"observed_at\":1}"
	done | publish
	received lines
	finish lines
	[ "$(jq -r 'select(.kit_id == "kit-1" and .body) | .endpoint' lines)" = $'drones\nsignals' ]
	[ "$(jq -r 'select(.endpoint == "drones" and .kit_id == "kit-1") | .body.drones[].id' lines | xargs)" = 'd1 d2 d3' ]
	# All of what is needed of an HTTP reply, and how it arrived.
	[ "$(jq -r 'select(.endpoint == "drones" and .kit_id == "kit-1") | "\(.ok) \(.via) \(.failures)"' lines)" = 'true mqtt 0' ]
}

@test "a kit that is not configured gets a kit line with its source" {
	broker
	receive lines "$broker_url"
	message wardragon/system/k_1/attrs '{"id":"k 1","updated":1795627259}' | publish
	received lines
	finish lines
	[ "$(jq -r 'select(.type == "kit") | "\(.kit_id) \(.source)"' lines)" = 'k 1 mqtt' ]
}

@test "the time moves on without any message" {
	broker
	receive lines "$broker_url"
	wait_for 20 grep -q '^{"type":"tick","time":".*","poller":"mqtt"}$' lines
}

@test "a thousand kits" {
	broker
	receive lines "$broker_url"
	python3 "$ROOT/tests/mqtt.py" kits 1000 3 | publish
	received lines
	finish lines
	wd-normalize <lines | wd-store -q sqlite:stored.db
	[ "$(sqlite_value stored.db 'SELECT count(*), count(DISTINCT kit_id) FROM drones')" = '3000|1000' ]
	[ "$(sqlite_value stored.db 'SELECT count(*), count(DISTINCT kit_id) FROM system_health')" = '3000|1000' ]
}

@test "with a spool, what was received survives kill -9" {
	broker
	receive lines --spool spool "$broker_url"
	message wardragon/drones '{"id":"d1","seen_by":"kit-1","observed_at":1}' | publish
	wait_for 10 grep -qr '"id":"d1"' spool/new
	message wardragon/drones '{"id":"d2","seen_by":"kit-1","observed_at":1}' | publish
	wait_for 10 grep -qr '"id":"d2"' spool
	kill -9 "$receiver"
	wait "$receiver" || true
	receive again --spool spool "$broker_url"
	finish again
	[ "$(cat spool/new/* | jq -r 'select(.body) | .body.drones[].id' | xargs)" = 'd1 d2' ]
}

@test "with a spool, a batch is sealed when it is written, not later" {
	broker
	receive lines --spool spool --spool-seal 60 "$broker_url"
	message wardragon/drones '{"id":"d1","seen_by":"kit-1","observed_at":1}' | publish
	wait_for 5 grep -qr '"id":"d1"' spool/new
}

@test "a reader that is gone ends it with status 74" {
	broker
	mkfifo lines
	(exec 3<lines; wait_for 10 test -e go) 3>&- &
	stop_later $!
	start lines wd-mqtt "$broker_url"
	receiver=$started
	wait_for 10 grep -q 'connected to the broker' lines.err
	touch go
	message wardragon/drones '{"id":"d1","seen_by":"kit-1","observed_at":1}' | publish
	local status=0
	wait "$receiver" || status=$?
	[ "$status" = 74 ]
	grep -q 'cannot write file=stdout' lines.err
}

@test "the recipe of wd(7) for one payload, without wd-mqtt" {
	broker
	recipe=$(mandoc -T ascii -O width=1000 "$ROOT/man/wd.7" | sed 's/.\x08//g' | sed -n 's/^ *\(mosquitto_sub .*\)/\1/p')
	head -1 "$PUBLISHES" | publish
	run -0 bash -c "${recipe/-h localhost/-h 127.0.0.1 -p $broker_port}"
	[ "$(jq -r 'select(.type == "drone") | "\(.kit_id) \(.drone_id)"' <<<"$output")" = "$KIT drone-PA2024ANFJWDME6C" ]
}
