# wd-mqtt: the connection to the broker, and what is written when it, or a kit, is lost.
load lib
load wd-mqtt

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_started
}

# failures FILE: KIT ERROR of each failure reply.
failures() {
	jq -r 'select(.type == "reply" and (.ok | not)) | "\(.kit_id) \(.error)"' "$1"
}

# online ID: a message of this kit.
online() {
	message "wardragon/system/$1/attrs" "{\"id\":\"$1\",\"updated\":1795627259}"
}

# bad_broker MODE: writes its port to the file `port`.
bad_broker() {
	start port python3 "$ROOT/tests/mqtt.py" bad-broker "$1"
	wait_for 5 test -s port
}

# last_will SLUG: a client with DragonSync's last will is there until it is killed; sets $client.
last_will() {
	start client mosquitto_sub -p "$broker_port" -i client -t nothing --will-topic "wardragon/service/$1/availability" \
		--will-payload offline --will-retain
	client=$started
	wait_for 10 grep -q ' as client ' broker.err
}

@test "the last will is a failure reply within a second, and the next payload ends it" {
	broker
	echo 'kits: [{id: alpha, source: mqtt, mqtt_id: "wardragon-AB 12.3"}]' >kits.yaml
	receive lines -c kits.yaml "$broker_url"
	last_will wardragon-AB_12_3
	kill -9 "$client"
	wait_for 1 grep -q '"kit_id":"alpha".*"ok":false.*"error":"connect"' lines
	[ "$(failures lines)" = 'alpha connect' ]
	message wardragon/aircraft '{"seen_by":"wardragon-AB 12.3","icao":"A1"}' | publish
	wait_for 1 grep -q '"kit_id":"alpha","endpoint":"status".*"ok":true' lines
}

@test "a retained last will counts unless the kit has published since" {
	broker
	echo 'kits: [{id: alpha, source: mqtt}, {id: bravo, source: mqtt}]' >kits.yaml
	for kit in alpha bravo; do
		message wardragon/service/$kit/availability offline true
	done | publish
	receive lines -c kits.yaml "$broker_url"
	wait_for 5 grep -q '"kit_id":"bravo".*"error":"connect"' lines
	[ "$(failures lines | sort)" = $'alpha connect\nbravo connect' ]
	finish lines
	# It is repeated with each subscription; live data overrides it.
	not grep -q '"ok":true' lines
}

@test "the availability of a kit that has published nothing is ignored" {
	broker
	receive lines "$broker_url"
	message wardragon/service/stranger/availability offline | publish
	received lines
	finish lines
	[ "$(failures lines)" = '' ]
	not grep -q stranger lines
}

@test "with source: both, the last will is reported, a lost broker is not" {
	broker
	echo 'kits: [{id: alpha, source: both, api_url: "http://127.0.0.1:1"}, {id: bravo, source: mqtt}]' >kits.yaml
	receive lines -c kits.yaml "$broker_url"
	message wardragon/service/alpha/availability offline | publish
	wait_for 5 grep -q '"kit_id":"alpha".*"error":"connect"' lines
	kill -9 "$broker_pid"
	wait_for 5 grep -q '"error":"broker"' lines
	[ "$(failures lines)" = $'alpha connect\nbravo broker' ]
}

@test "a broker that is killed is reported for each kit at once, and received from when it is back" {
	broker
	receive lines "$broker_url"
	{ online k1; online k2; } | publish
	received lines
	kill -9 "$broker_pid"
	wait_for 2 grep -q '"kit_id":"k2".*"error":"broker"' lines
	wait_for 2 grep -q '"kit_id":"k1".*"error":"broker"' lines
	[ "$(failures lines | grep -v end | sort)" = $'k1 broker\nk2 broker' ]
	grep -q 'no connection to the broker host=127.0.0.1 reason=".*" retry_in=1s' lines.err
	broker
	wait_for 20 eval '[ "$(grep -c "connected to the broker" lines.err)" = 2 ]'
	message wardragon/drones '{"id":"d1","seen_by":"k1","observed_at":1}' | publish
	wait_for 5 grep -q '"id":"d1"' lines
	# What was not heard again is still lost; the other kit is back.
	[ "$(jq -r 'select(.kit_id == "k1" and .type == "reply") | .ok' lines | tail -1)" = true ]
	[ "$(jq -r 'select(.kit_id == "k2" and .type == "reply") | .ok' lines | tail -1)" = false ]
}

@test "a broker that is not there yet is waited for, and its kits are reported" {
	broker_port=$(free_ports 1)
	echo 'kits: [{id: alpha, source: mqtt}]' >kits.yaml
	start lines wd-mqtt -c kits.yaml "mqtt://127.0.0.1:$broker_port"
	receiver=$started
	wait_for 5 grep -q '"kit_id":"alpha".*"error":"broker"' lines
	grep -q 'no connection to the broker host=127.0.0.1 reason="Connection refused" retry_in=1s' lines.err
	broker
	wait_for 20 grep -q 'connected to the broker' lines.err
	# One reason is logged once.
	[ "$(grep -c 'no connection' lines.err)" = 1 ]
	ends_within 1 "$receiver"
}

@test "SIGTERM ends it within a second, also while it connects to an address that does not answer" {
	bad_broker unreachable
	start lines wd-mqtt -v "mqtt://127.0.0.1:$(<port)"
	wait_for 5 grep -q '"type":"tick"' lines
	ends_within 1 "$started"
}

@test "a broker of MQTT 3.1.1 is spoken to in its version" {
	broker
	for mode in connack close; do
		start port.$mode python3 "$ROOT/tests/mqtt.py" refuse-v5 "$broker_port" $mode
		wait_for 5 test -s port.$mode
		receive lines.$mode "mqtt://127.0.0.1:$(<port.$mode)"
		grep -q 'connected to the broker host=127.0.0.1 protocol="MQTT 3.1.1"' lines.$mode.err
		message wardragon/drones '{"id":"d1","seen_by":"k","observed_at":1}' | publish
		wait_for 5 grep -q '"id":"d1"' lines.$mode
		# Retained payloads are recognized in this version, too.
		message wardragon/drones '{"id":"d2","seen_by":"k","observed_at":1}' true | publish
		wait_for 5 grep -q '"id":"d2"' lines.$mode
	done
	[ "$(grep -c '"id":"d2"' lines.close)" = 1 ]
	# An answer is not a failure that has to wait.
	not grep -q 'no connection' lines.connack.err
}

@test "a user name, and a password from a file; the wrong one is logged" {
	mosquitto_passwd -b -c passwords wardragon 'p w:1'
	echo 'p w:1' >password
	echo 'other' >wrong
	broker 'allow_anonymous false' "password_file $PWD/passwords"
	receive lines --username wardragon --password-file password "$broker_url"
	MQTT_PASSWORD='p w:1' receive from-url "mqtt://wardragon@127.0.0.1:$broker_port"
	MQTT_USERNAME=wardragon MQTT_PASSWORD='p w:1' receive from-env "$broker_url"
	start refused wd-mqtt --username wardragon --password-file wrong "$broker_url"
	wait_for 10 grep -qi 'no connection to the broker.*not authori[sz]ed' refused.err
	not grep -rq 'p w:1' lines lines.err from-url.err from-env.err
	not grep -q 'p w:1' <(tr '\0' ' ' </proc/"$receiver"/cmdline)
}

# certificate NAME SUBJECT-ALTERNATIVE-NAME: NAME.crt and NAME.key, by the throw-away CA.
certificate() {
	openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$1" 2>/dev/null
	openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -out "$1.crt" -days 2 \
		-extfile <(echo "subjectAltName=$2") 2>/dev/null
}

@test "TLS: the broker's certificate is checked, and ours presented" {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 2 -subj '/CN=CA' 2>/dev/null
	certificate server IP:127.0.0.1
	certificate elsewhere DNS:broker.example.org
	certificate client DNS:collector
	broker "cafile $PWD/ca.crt" "certfile $PWD/server.crt" "keyfile $PWD/server.key" \
		'require_certificate true' 'allow_anonymous true'
	receive lines --ca-file ca.crt --client-cert client.crt --client-key client.key \
		"mqtts://127.0.0.1:$broker_port"
	wait_for 5 grep -q '"type":"tick"' lines
	# Many payloads at once, of which TLS has more than poll(2) knows.
	mosquitto_pub -h 127.0.0.1 -p "$broker_port" --cafile ca.crt --cert client.crt --key client.key -t wardragon/drones -l \
		< <(jq -nc 'range(200) | {id: "d\(.)", seen_by: "k", observed_at: (. + 1)}')
	all_there() { [ "$(grep -o '"id":"d[0-9]*"' lines | wc -l)" = 200 ]; }
	wait_for 5 all_there
	start anonymous wd-mqtt --ca-file ca.crt "mqtts://127.0.0.1:$broker_port"
	wait_for 10 grep -q 'no connection to the broker' anonymous.err
	start unknown wd-mqtt "mqtts://127.0.0.1:$broker_port"
	wait_for 10 grep -q 'no connection to the broker.*certificate verify failed' unknown.err

	broker_port=$(free_ports 1)
	broker "cafile $PWD/ca.crt" "certfile $PWD/elsewhere.crt" "keyfile $PWD/elsewhere.key" 'allow_anonymous true'
	start wrong wd-mqtt --ca-file ca.crt "mqtts://127.0.0.1:$broker_port"
	wait_for 10 grep -q 'no connection to the broker' wrong.err
	not grep -q 'connected to the broker host' wrong.err
}

@test "a subscription that the broker refuses is logged" {
	bad_broker refuse
	start lines wd-mqtt "mqtt://127.0.0.1:$(<port)"
	wait_for 10 grep -q 'no connection to the broker.*reason="the broker refuses the subscription"' lines.err
}

@test "a silent broker is abandoned after its deadline" {
	bad_broker silent
	start lines wd-mqtt "mqtt://127.0.0.1:$(<port)"
	wait_for 25 grep -q 'no connection to the broker.*reason="the broker does not answer"' lines.err
}
