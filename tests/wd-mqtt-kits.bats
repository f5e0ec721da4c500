# wd-mqtt: which kits are used and how, what it refuses, and its options.
load lib
load wd-mqtt

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_started
}

drone() {
	message wardragon/drones "{\"id\":\"$1\",\"seen_by\":\"$2\",\"observed_at\":${3:-1}}"
}

# flood COUNT: so many observations of the kit `loud`.
flood() {
	jq -nc --argjson count "$1" 'range($count) | {topic: "wardragon/drones",
		payload: ({id: "flood-\(.)", seen_by: "loud", observed_at: (. + 1)} | tojson)}'
}

kits_of() {
	jq -r 'select(.type == "reply" and .ok and .kit_id != null) | .kit_id' "$1" | sort -u | xargs
}

@test "a kit with source: http is not received, and logged once" {
	cat >kits.yaml <<-'END'
		kits:
		  - {id: alpha, api_url: http://127.0.0.1:1}
	END
	broker
	receive lines -c kits.yaml "$broker_url"
	{ drone d1 alpha; drone d2 alpha; drone d3 other; } | publish
	received lines
	finish lines
	[ "$(kits_of lines)" = other ]
	[ "$(grep -c 'a kit that is polled by HTTP also publishes kit=alpha hint="set source: both in kits.yaml"' lines.err)" = 1 ]
	grep -q ' unused=2' lines.err
}

@test "--known-only uses the kits of kits.yaml only" {
	cat >kits.yaml <<-'END'
		kits:
		  - {id: alpha, source: mqtt, mqtt_id: "wardragon-AB 12.3", name: Van, tags: [north]}
	END
	broker
	receive lines -c kits.yaml --known-only "$broker_url"
	{ drone d1 alpha; drone d2 'wardragon-AB 12.3'; drone d3 stranger; } | publish
	wait_for 10 grep -q '"id":"d2"' lines
	finish lines
	[ "$(kits_of lines)" = alpha ]
	[ "$(grep -o '"id":"d[0-9]"' lines)" = '"id":"d2"' ]
	[ "$(jq -c 'select(.type == "kit")' lines)" = '{"type":"kit","kit_id":"alpha","name":"Van","enabled":true,"source":"mqtt","tags":["north"]}' ]
	grep -q 'payloads of an unknown kit are not used kit=alpha hint=' lines.err
}

@test "a kit that calls itself by the id of another is not used" {
	cat >kits.yaml <<-'END'
		kits:
		  - {id: alpha, source: mqtt, mqtt_id: wardragon-1}
	END
	broker
	receive lines -c kits.yaml "$broker_url"
	{ drone d1 alpha; drone d2 wardragon-1; } | publish
	received lines
	finish lines
	[ "$(grep -o '"id":"d[0-9]"' lines)" = '"id":"d2"' ]
	grep -q 'a kit uses the id of another kit kit=alpha' lines.err
}

@test "--default-kit is the kit of payloads that name none; without it they are rejected" {
	broker
	receive named --default-kit alpha "$broker_url"
	message wardragon/drones '{"id":"d1","seen_by":null,"observed_at":1}' | publish
	message wardragon/drones '{"id":"d2","seen_by":"wardragon-unknown","observed_at":1}' | publish
	received named
	finish named
	[ "$(kits_of named)" = alpha ]
	receive rejected "$broker_url"
	message wardragon/drones '{"id":"d1","seen_by":null,"observed_at":1}' | publish
	received rejected
	finish rejected
	[ "$(jq -r 'select(.type == "reject") | .stage + " " + .reason' rejected)" = 'wd-mqtt no_kit: a payload that does not name its kit' ]
}

@test "SIGHUP reads kits.yaml again; a file that is wrong changes nothing" {
	echo 'kits: [{id: alpha, source: mqtt}]' >kits.yaml
	broker
	receive lines -c kits.yaml --known-only "$broker_url"
	drone d1 alpha | publish
	wait_for 10 grep -q '"id":"d1"' lines
	echo 'kits: [' >kits.yaml
	kill -HUP "$receiver"
	wait_for 10 grep -q 'reload failed: keeping the current kits' lines.err
	drone d2 alpha | publish
	wait_for 10 grep -q '"id":"d2"' lines
	echo 'kits: [{id: bravo, source: mqtt}]' >kits.yaml
	kill -HUP "$receiver"
	wait_for 10 grep -q 'reloaded the kits kits=1' lines.err
	{ drone d3 alpha; drone d4 bravo; } | publish
	wait_for 10 grep -q '"id":"d4"' lines
	not grep -q '"id":"d3"' lines
	grep -q '{"type":"kit","kit_id":"alpha","enabled":false,"source":"mqtt"}' lines
}

@test "SIGHUP: a kit gets another device, or a device another kit: what is not used any more is disabled, and only that" {
	echo 'kits: [{id: alpha, source: mqtt, mqtt_id: wd-1}, {id: bravo, source: mqtt, mqtt_id: wd-2}]' >kits.yaml
	broker
	receive lines -c kits.yaml "$broker_url"
	{ drone d1 wd-1; drone d2 wd-2; } | publish
	wait_for 10 grep -q '"id":"d2"' lines
	# The last word of each kit.
	enabled() {
		jq -rs 'map(select(.type == "kit")) | group_by(.kit_id)[] | "\(.[0].kit_id) \(.[-1].enabled != false)"' lines
	}
	echo 'kits: [{id: alpha, source: mqtt, mqtt_id: wd-3}, {id: charlie, source: mqtt, mqtt_id: wd-2}]' >kits.yaml
	kill -HUP "$receiver"
	wait_for 10 grep -q 'reloaded the kits kits=2' lines.err
	{ drone d3 wd-3; drone d4 wd-2; drone d5 wd-1; } | publish
	wait_for 10 grep -q '"id":"d5"' lines
	finish lines
	enabled | diff - <(printf '%s\n' 'alpha true' 'bravo false' 'charlie true' 'wd-1 true')
	jq -r 'select(.endpoint == "drones") | "\(.kit_id) \(.body.drones[].id)"' lines | diff - <(printf '%s\n' 'alpha d1' 'bravo d2' 'alpha d3' 'charlie d4' 'wd-1 d5')
}

@test "--prefix changes all topics; the environment's topics change one each" {
	broker
	receive lines --prefix site/north "$broker_url"
	{
		message site/north/drones '{"id":"d1","seen_by":"k","observed_at":1}'
		message site/north/system/k/attrs '{"id":"k","updated":1795627259}'
	} | publish
	wait_for 10 grep -q '"endpoint":"status".*"updated"' lines
	grep -q '"id":"d1"' lines
	MQTT_TOPIC_DRONES=mine/d MQTT_TOPIC_AIRCRAFT=mine/a MQTT_TOPIC_SIGNALS=mine/s \
		MQTT_TOPIC_SYSTEM=mine/sys wd-mqtt --check "$broker_url" >topics
	[ "$(sed -n 's/^topic //p' topics | head -4 | xargs)" = 'mine/d mine/a mine/s mine/sys/+/attrs' ]
	MQTT_TOPIC_DRONES=mine/# run -64 wd-mqtt --check "$broker_url"
	run -64 wd-mqtt --check --prefix 'wardragon/#' "$broker_url"
}

@test "hostile payloads: each is rejected or repaired, and the next one is taken" {
	broker
	receive lines "$broker_url"
	{
		message wardragon/drones '{"id":"nan","seen_by":"k","observed_at":1,"alt":NaN,"speed":-Infinity}'
		jq -nc '{topic: "wardragon/drones", payload: ("base64:" + ("{\"id\":\"utf-XXX\",\"seen_by\":\"k\",\"observed_at\":1}" | @base64))}' |
			python3 -c 'import sys,json,base64; m=json.load(sys.stdin); p=base64.b64decode(m["payload"][7:]).replace(b"XXX",b"\xff\xc0\xaf"); m["payload"]="base64:"+base64.b64encode(p).decode(); print(json.dumps(m))'
		message wardragon/drones ''
		message wardragon/drones 'online'
		message wardragon/drones '[1]'
		message wardragon/drones '{"id":"d'
		message wardragon/drones "{\"id\":\"deep\",\"a\":$(printf '[%.0s' {1..1000})}"
		message wardragon/drones $'{"id":"ctl","seen_by":"k\\u001b[2J","observed_at":1}'
		message wardragon/system/x/attrs '{"id":"k2","updated":1e300}'
		python3 -c 'import json; print(json.dumps({"topic":"wardragon/drones","payload":"{\"seen_by\":\"k\",\"x\":\""+"y"*65536+"\"}"}))'
		python3 -c 'import json; print(json.dumps({"topic":"wardragon/drones","payload":"{\"seen_by\":\"k\",\"x\":\""+"y"*2000000+"\"}"}))'
	} | publish
	received lines
	finish lines
	[ "$(jq -r 'select(.type == "reject") | .reason' lines | sed 's/:.*//' | sort | uniq -c | xargs)" = '1 no_kit 1 not_an_object 4 not_json 1 too_long' ]
	[ "$(jq -c 'select(.kit_id == "k" and .body) | .body.drones[] | [.id, .alt]' lines | xargs -d '\n')" = '["nan",null] ["utf-���",null]' ]
	# The escape sequence is in no message as it is.
	not grep -q $'\x1b' lines.err lines
	wd-normalize <lines | wd-store -q sqlite:stored.db
	[ "$(sqlite_value stored.db "SELECT count(*) FROM drones WHERE kit_id = 'k'")" = 2 ]
}

@test "a kit that floods the broker gets its rate, and the others all of theirs" {
	broker
	receive lines --payload-rate 5 "$broker_url"
	{
		flood 200
		drone quiet quiet
	} | publish
	received lines
	finish lines
	[ "$(grep -o '"id":"flood-' lines | wc -l)" -ge 50 ]
	[ "$(grep -o '"id":"flood-' lines | wc -l)" -lt 100 ]
	grep -q '"id":"quiet"' lines
	grep -q 'a kit publishes too much: payloads are dropped kit=loud hint=--payload-rate' lines.err
	receive unlimited --payload-rate 0 "$broker_url"
	flood 1500 | publish
	received unlimited
	finish unlimited
	[ "$(grep -o '"id":"flood-' unlimited | wc -l)" = 1500 ]
}

@test "bad rejects do not fill the disk: at most ten a second, of ten seconds" {
	broker
	receive lines "$broker_url"
	jq -nc 'range(300) | {topic: "wardragon/drones", payload: "bad \(.)"}' | publish
	received lines
	finish lines
	[ "$(grep -c '"type":"reject"' lines)" -lt 200 ]
	grep -q ' rejected=300 ' lines.err
	[ "$(grep -c 'a payload cannot be used' lines.err)" -le 6 ]
}

@test "two kits with the same topics are an error of the configuration" {
	cat >kits.yaml <<-'END'
		kits:
		  - {id: alpha, source: mqtt, mqtt_id: "kit 1"}
		  - {id: bravo, source: mqtt, mqtt_id: kit.1}
	END
	run -78 wd-mqtt --check -c kits.yaml mqtt://127.0.0.1
	[[ $output == *'two kits have the same MQTT topics kit=alpha other=bravo topic=kit_1'*'kits.yaml:3: set mqtt_id to the id that the kit publishes kit=bravo'* ]]
}

@test "kits.yaml: source and mqtt_id" {
	cat >kits.yaml <<-'END'
		kits:
		  - {id: alpha, source: mqtt, mqtt_id: wardragon-1}
		  - {id: bravo, source: both, api_url: http://127.0.0.1:1}
		  - {id: charlie, api_url: http://127.0.0.1:2, bearer_token_file: /nowhere}
		  - {api_url: http://127.0.0.1:3}
	END
	run -0 wd-mqtt --check -c kits.yaml mqtt://broker.example.org:1884
	[[ $output == *$'broker broker.example.org port=1884\n'* ]]
	[[ $output == *$'kit alpha source=mqtt mqtt_id=wardragon-1\nkit bravo source=both\nkit charlie source=http\n4 kits, 2 received by MQTT' ]]
	sed -i '/charlie/d' kits.yaml
	# wd-poll polls the others.
	run -0 wd-poll --check -c kits.yaml
	[[ $output != *alpha* && $output == *bravo* && $output == *'2 kits, 2 enabled' ]]
	echo 'kits: [{source: mqtt}]' >kits.yaml
	run -78 wd-mqtt --check -c kits.yaml mqtt://127.0.0.1
	[[ $output == *'kits.yaml:1: a kit that publishes needs an id'* ]]
	echo 'kits: [{id: a, source: carrier-pigeon}]' >kits.yaml
	run -78 wd-mqtt --check -c kits.yaml mqtt://127.0.0.1
	[[ $output == *'kits.yaml:1: expected http, mqtt or both'* ]]
	echo 'kits: [{id: a, source: mqtt}]' >kits.yaml
	run -78 wd-poll --check -c kits.yaml
	[[ $output == *'no kit to poll: all have source: mqtt'* ]]
}

@test "the clock of a kit: estimated from its statuses, kept across restarts" {
	now=$(date +%s)
	status() {
		message wardragon/system/k/attrs "{\"id\":\"k\",\"updated\":$((now + 40)),\"n\":$1}"
	}
	broker
	receive lines --spool spool "$broker_url"
	# Until two more statuses, another kit could show that our own clock is wrong.
	for i in 1 2 3 4 5 6; do status $i; done | publish
	wait_for 10 grep -qr '"n":6' spool
	not grep -qr clock_offset_s spool
	status 7 | publish
	wait_for 10 test -s spool/mqtt.clocks
	late=$(($(date +%s) - now))
	drone d1 k | publish
	wait_for 10 grep -qr '"id":"d1"' spool
	ends_within 1 "$receiver"
	offset=$(cat spool/new/* | jq -c 'select(.endpoint == "drones") | .clock_offset_s')
	# Less what the messages took on their way.
	((offset <= 41 && offset >= 39 - late))
	receive again --spool spool "$broker_url"
	drone d2 k 2 | publish
	wait_for 10 grep -qr '"id":"d2"' spool
	ends_within 1 "$receiver"
	[ "$(cat spool/new/* | jq -c 'select(.endpoint == "drones") | .clock_offset_s' | xargs)" = "$offset $offset" ]
}

@test "two kits that differ in the same way: our own clock is wrong, nothing is corrected" {
	now=$(date +%s)
	broker
	receive lines --spool spool "$broker_url"
	for n in {1..8}; do
		for kit in a b; do
			message wardragon/system/$kit/attrs "{\"id\":\"$kit\",\"updated\":$((now + 3600)),\"n\":$n}"
		done
	done | publish
	wait_for 10 grep -qr '"id":"b","updated":[0-9]*,"n":8' spool
	ends_within 1 "$receiver"
	[ "$(grep -c 'wd-mqtt: the clock of this machine is wrong: all kits differ' lines.err)" = 1 ]
	not grep -qr clock_offset_s spool
	[ ! -s spool/mqtt.clocks ]
}

@test "upstream's environment names the broker" {
	MQTT_BROKER_HOST=broker.example.org run -0 wd-mqtt --check
	[[ ${lines[0]} == 'broker broker.example.org port=1883' ]]
	MQTT_BROKER_HOST=b MQTT_USE_TLS=true run -0 wd-mqtt --check
	[[ ${lines[0]} == 'broker b port=8883 tls' ]]
	MQTT_BROKER_HOST=b MQTT_USE_TLS=true MQTT_BROKER_PORT=1999 run -0 wd-mqtt --check
	[[ ${lines[0]} == 'broker b port=1999 tls' ]]
	MQTT_BROKER_HOST=b run -0 wd-mqtt --check mqtt://other
	[[ ${lines[0]} == 'broker other port=1883' ]]
	MQTT_BROKER_HOST=b MQTT_USE_TLS=maybe run -64 wd-mqtt --check
	MQTT_BROKER_HOST=b MQTT_BROKER_PORT=many run -64 wd-mqtt --check
	MQTT_PASSWORD=x run -64 wd-mqtt --check mqtt://b
	[[ $output == *'a password needs a user name'* ]]
}

@test "wrong usage is status 64, with the remedy" {
	run -64 wd-mqtt
	[[ $output == *'no broker: give its URL, such as mqtt://localhost'* ]]
	run -64 wd-mqtt http://127.0.0.1
	[[ $output == *'expected mqtt:// or mqtts://'* ]]
	run -64 wd-mqtt mqtt://u:secret@127.0.0.1
	[[ $output == *--password-file* && $output != *secret* ]]
	run -64 wd-mqtt mqtt://127.0.0.1 mqtt://127.0.0.2
	[[ $output == *'unexpected argument argument=mqtt://127.0.0.2'* ]]
	run -64 wd-mqtt --known-only mqtt://127.0.0.1
	run -64 wd-mqtt --ca-file x mqtt://127.0.0.1
	[[ $output == *'certificates are for mqtts://'* ]]
	run -64 wd-mqtt --client-cert x mqtts://127.0.0.1
	run -64 wd-mqtt --default-kit '' mqtt://127.0.0.1
	run -78 wd-mqtt --username u --password-file /nowhere mqtt://127.0.0.1
	[[ $output == *'cannot read the password file=/nowhere'* ]]
	run -78 wd-mqtt --ca-file /nowhere mqtts://127.0.0.1
	[[ $output == *'cannot use the certificates ca-file=/nowhere'* ]]
}
