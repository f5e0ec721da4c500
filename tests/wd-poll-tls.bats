#!/usr/bin/env bats
# wd-poll and a real nginx: certificates and credentials.

load lib

# certificate NAME END SUBJECT-ALTERNATIVE-NAME: NAME.crt and NAME.key, by the throw-away CA, valid from
# 2020 to END as date(1) reads it. (openssl-x509(1) of 3.5 refuses to sign an expired certificate.)
certificate() {
	openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$1" 2>/dev/null
	openssl ca -batch -notext -config ca.conf -in "$1.csr" -out "$1.crt" -startdate 20200101000000Z \
		-enddate "$(date -ud "$2" +%Y%m%d%H%M%SZ)" -extfile <(echo "subjectAltName=$3")
}

# ca: makes ca.crt, ca.key and the configuration with which `openssl ca` signs.
ca() {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 2 \
		-subj '/CN=throw-away CA' 2>/dev/null
	: >index.txt
	cat >ca.conf <<-CONF
		[ca]
		default_ca = throw_away
		[throw_away]
		certificate = $PWD/ca.crt
		private_key = $PWD/ca.key
		database = $PWD/index.txt
		new_certs_dir = $PWD
		rand_serial = yes
		default_md = sha256
		policy = any
		[any]
		commonName = supplied
	CONF
}

server() {
	cat <<-CONF
		server {
			listen 127.0.0.1:$1 ssl;
			ssl_certificate $TLS_DIR/$2.crt;
			ssl_certificate_key $TLS_DIR/$2.key;
			$3
			default_type application/json;
			location = /drones { return 200 '{"drones": []}'; }
			location = /signals { return 404; }
			location = /status { return 200 '{"uid": "behind-nginx"}'; }
		}
	CONF
}

# guarded PORT CONDITION: a kit that answers 401 unless the condition holds.
guarded() {
	cat <<-CONF
		server {
			listen 127.0.0.1:$1;
			default_type application/json;
			if ($2) { return 401 '{"error": "who are you?"}'; }
			location = /drones { return 200 '{"drones": []}'; }
			location = /signals { return 200 '{"signals": []}'; }
			location = /status { return 200 '{"uid": "guarded"}'; }
		}
	CONF
}

setup_file() {
	TLS_DIR=$(mktemp -d /tmp/wd-tls.XXXXXX)
	export TLS_DIR
	cd "$TLS_DIR"
	ca
	certificate good '2 days' IP:127.0.0.1
	certificate elsewhere '2 days' DNS:kit.example.org
	certificate expired '-1 day' IP:127.0.0.1
	certificate client '2 days' DNS:collector
	read -r GOOD ELSEWHERE EXPIRED CLIENT BEARER BASIC HEADER <<<"$(free_ports 7)"
	export GOOD ELSEWHERE EXPIRED CLIENT BEARER BASIC HEADER
	{
		echo "daemon off; pid $TLS_DIR/pid; error_log $TLS_DIR/log; worker_processes 1;"
		echo "events {} http { access_log off; client_body_temp_path $TLS_DIR/1;"
		echo "proxy_temp_path $TLS_DIR/2; fastcgi_temp_path $TLS_DIR/3;"
		echo "uwsgi_temp_path $TLS_DIR/4; scgi_temp_path $TLS_DIR/5;"
		server "$GOOD" good
		server "$ELSEWHERE" elsewhere
		server "$EXPIRED" expired
		server "$CLIENT" good "ssl_client_certificate $TLS_DIR/ca.crt; ssl_verify_client on;"
		guarded "$BEARER" '$http_authorization != "Bearer tok-3f9a"'
		# user:pass-71c4
		guarded "$BASIC" '$http_authorization != "Basic dXNlcjpwYXNzLTcxYzQ="'
		guarded "$HEADER" '$http_x_kit_key != "key-55d0"'
		echo "}"
	} >nginx.conf
	nginx -p "$TLS_DIR" -c "$TLS_DIR/nginx.conf" >"$TLS_DIR/out" 2>&1 3>&- &
	NGINX=$!
	export NGINX
	wait_for 5 curl -sk "https://127.0.0.1:$GOOD/status"
}

teardown_file() {
	kill "$NGINX"
	wait_for 5 not kill -0 "$NGINX"
	rm -rf "$TLS_DIR"
}

teardown() {
	stop_started
}

# kit KEY: VALUE…: a kits file $kits with one kit.
kit() {
	kits=$BATS_TEST_TMPDIR/kits.yaml
	{
		echo 'kits:'
		echo '- id: alpha'
		printf '  %s\n' "$@"
	} >"$kits"
}

# The result of /drones in one run: true, or the error.
outcome() {
	wd-poll --once -c "$kits" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || true
	jq -r 'select(.endpoint == "drones") | .error // .ok' "$BATS_TEST_TMPDIR/out"
}

@test "a valid chain is accepted, but not without its CA" {
	kit "api_url: https://127.0.0.1:$GOOD" "ca_file: $TLS_DIR/ca.crt"
	[ "$(outcome)" = true ]
	kit "api_url: https://127.0.0.1:$GOOD"
	[ "$(outcome)" = tls ]
}

@test "a disabled endpoint fails alone" {
	kit "api_url: https://127.0.0.1:$GOOD" "ca_file: $TLS_DIR/ca.crt"
	run -0 wd-poll -q -q --once -c "$kits"
	jq -se 'map(select(.type == "reply" and .endpoint != "config") | {(.endpoint): [.error, .http_status, .failures]}) | add
		== {drones: [null, 200, 0], signals: ["http", 404, 0], status: [null, 200, 0]}' <<<"$output"
}

@test "wrong host and expired certificates are refused" {
	kit "api_url: https://127.0.0.1:$ELSEWHERE" "ca_file: $TLS_DIR/ca.crt"
	[ "$(outcome)" = tls ]
	kit "api_url: https://127.0.0.1:$EXPIRED" "ca_file: $TLS_DIR/ca.crt"
	[ "$(outcome)" = tls ]
	jq -se 'map(select(.endpoint == "drones"))[0].message | contains("expired")' \
		"$BATS_TEST_TMPDIR/out"
}

@test "a missing CA file is a failure of the kit, not of wd-poll" {
	kit "api_url: https://127.0.0.1:$GOOD" "ca_file: nowhere.crt"
	[ "$(outcome)" = tls ]
}

@test "a client certificate is presented; paths are relative to the file" {
	kit "api_url: https://127.0.0.1:$CLIENT" "ca_file: $TLS_DIR/ca.crt"
	[ "$(outcome)" = http ]
	cp "$TLS_DIR"/client.* "$BATS_TEST_TMPDIR"
	kit "api_url: https://127.0.0.1:$CLIENT" "ca_file: $TLS_DIR/ca.crt" \
		"client_cert: client.crt" "client_key: client.key"
	[ "$(outcome)" = true ]
}

@test "bearer token, user name and password, and headers are sent" {
	printf 'tok-3f9a\n' >"$BATS_TEST_TMPDIR/token"
	printf 'pass-71c4\n' >"$BATS_TEST_TMPDIR/password"
	kit "api_url: http://127.0.0.1:$BEARER"
	[ "$(outcome)" = http ]
	kit "api_url: http://127.0.0.1:$BEARER" "bearer_token_file: token"
	[ "$(outcome)" = true ]
	kit "api_url: http://127.0.0.1:$BASIC" "username: user" "password_file: password"
	[ "$(outcome)" = true ]
	kit "api_url: http://user:pass-71c4@127.0.0.1:$BASIC"
	[ "$(outcome)" = true ]
	kit "api_url: http://127.0.0.1:$HEADER" "headers: {X-Kit-Key: key-55d0}"
	[ "$(outcome)" = true ]
}

@test "credentials of one kit are not sent to another" {
	printf 'tok-3f9a\n' >"$BATS_TEST_TMPDIR/token"
	cat >"$BATS_TEST_TMPDIR/kits.yaml" <<-YAML
		kits:
		- {id: alpha, api_url: "http://127.0.0.1:$BEARER", bearer_token_file: token}
		- {id: beta, api_url: "http://localhost:$BEARER"}
	YAML
	run -1 wd-poll -q -q --once -c "$BATS_TEST_TMPDIR/kits.yaml"
	jq -se 'map(select(.kit_id == "beta" and .type == "reply")) | length == 4 and all(.http_status == 401)' \
		<<<"$output"
}

@test "no secret is in the command line, the log or the output" {
	printf 'tok-3f9a\n' >"$BATS_TEST_TMPDIR/token"
	cat >"$BATS_TEST_TMPDIR/kits.yaml" <<-YAML
		kits:
		- {id: a, api_url: "http://user:wrong-8812@127.0.0.1:$BASIC", poll_interval: 1, rate_limit: 0}
		- {id: b, api_url: "http://127.0.0.1:$BEARER", bearer_token_file: token, timeout: 1}
		- {id: c, api_url: "http://user:wrong-8812@127.0.0.1:1", headers: {X-Key: "key-55d0"}}
		- {id: d, api_url: "ftp://user:wrong-8812@127.0.0.1:1"}
	YAML
	run -78 wd-poll -v -c "$BATS_TEST_TMPDIR/kits.yaml"
	not grep -E 'wrong-8812|tok-3f9a|key-55d0' <<<"$output"
	sed -i '/id: d/d' "$BATS_TEST_TMPDIR/kits.yaml"
	start "$BATS_TEST_TMPDIR/out" wd-poll -v -v -c "$BATS_TEST_TMPDIR/kits.yaml"
	wait_for 10 grep -q '"kit_id":"b".*"ok":true' "$BATS_TEST_TMPDIR/out"
	wait_for 10 grep -q '"kit_id":"a".*"http_status":401' "$BATS_TEST_TMPDIR/out"
	wait_for 10 grep -q '"kit_id":"c".*"error":"connect"' "$BATS_TEST_TMPDIR/out"
	kill -HUP "$started"
	wait_for 5 grep -q 'kits reloaded' "$BATS_TEST_TMPDIR/out.err"
	not grep -aE 'wrong-8812|tok-3f9a|key-55d0' "/proc/$started/cmdline" \
		"$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/out.err"
	run -0 wd-poll --check -c "$BATS_TEST_TMPDIR/kits.yaml"
	not grep -E 'wrong-8812|tok-3f9a|key-55d0' <<<"$output"
}

@test "a password on the command line is refused, and not repeated" {
	run -64 wd-poll --once --url "http://user:wrong-8812@127.0.0.1:$BASIC"
	[[ "$output" != *wrong-8812* ]]
	[[ "$output" == *password_file* ]]
}
