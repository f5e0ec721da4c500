# wd-sim: simulated kits, recordings, faults.
load lib

CAPTURES=$DATA/captures

teardown() {
	stop_started
}

# shape FILTER: print the keys of the record at FILTER and the type of each value, one per line.
shape() {
	jq -r "$1"' | to_entries[] | "\(.key) \(.value | type)"' | sort
}

captured() {
	sed '1,/^\r$/d' "$CAPTURES/dragonsync/$1"
}

# same_shape ENDPOINT OURS THEIRS: compare the record at jq path OURS with the captured one at THEIRS.
same_shape() {
	diff <(curl -s "$sim_url/$1" | shape "$2") <(captured "poll00-$1.http" | shape "$3")
}

@test "each kind of record has the keys and types of a real kit" {
	sim --drones 6 --aircraft 1 --signals 3
	for i in 0 3 4 5 6; do
		same_shape drones ".drones[$i]" ".drones[$i]"
	done
	same_shape signals '.signals[0]' '.signals[0]'
	same_shape signals '.signals[2]' '.signals[2]'
	same_shape status . .
	diff <(curl -s "$sim_url/drones" | shape '.drones[0].rid') \
		<(captured poll00-drones.http | shape '.drones[0].rid')
}

@test "a single kit is at the root and at /kit-1, several are at /kit-K only" {
	sim
	curl -sf "$sim_url/status" -o "$BATS_TEST_TMPDIR/status"
	[ "$(jq -r .uid "$BATS_TEST_TMPDIR/status")" = wardragon-SIM1-0001 ]
	curl -sf "$sim_url/kit-1/status"
	sim --kits 3
	[ "$(curl -sf "$sim_url/kit-3/status" | jq -r .uid)" = wardragon-SIM1-0003 ]
	for path in /status /kit-0/status /kit-4/status /kit-01/status /kit-1/nothing /kit-1 /; do
		[ "$(curl -s -o "$BATS_TEST_TMPDIR/body" -w '%{http_code}' "$sim_url$path")" = 404 ]
	done
}

@test "--drones --aircraft --signals set the numbers per kit" {
	sim --kits 2 --drones 7 --aircraft 2 --signals 5
	curl -s "$sim_url/kit-2/drones" >"$BATS_TEST_TMPDIR/drones"
	[ "$(jq '[.drones[] | select(.track_type == "drone")] | length' "$BATS_TEST_TMPDIR/drones")" = 7 ]
	[ "$(jq '[.drones[] | select(.track_type == "aircraft")] | length' "$BATS_TEST_TMPDIR/drones")" = 2 ]
	[ "$(curl -s "$sim_url/kit-2/signals" | jq '.signals | length')" = 5 ]
	sim --drones 0 --aircraft 0 --signals 0
	[ "$(curl -s "$sim_url/drones")" = '{"drones":[]}' ]
	[ "$(curl -s "$sim_url/signals")" = '{"signals":[]}' ]
}

names() {
	curl -s "$1/drones" | jq -c '[.drones[].id]'
}

@test "--seed determines names and paths" {
	sim --seed 5
	first=$sim_url
	sim --seed 5
	second=$sim_url
	sim --seed 6
	[ "$(names "$first")" = "$(names "$second")" ]
	[ "$(names "$first")" != "$(names "$sim_url")" ]
}

moved() {
	[ "$(curl -s "$sim_url/drones" | jq '.drones[0].observed_at')" != "$1" ]
}

@test "observations advance" {
	sim
	began=$EPOCHREALTIME
	before=$(curl -s "$sim_url/drones" | jq '.drones[0].observed_at')
	wait_for 3 moved "$before"
	after=$(curl -s "$sim_url/drones" | jq '.drones[0].observed_at')
	jq -en "$after - $before | . > 0 and . < $EPOCHREALTIME - $began + 1.5 and (. - round | fabs) < 0.001"
}

# connections: print the HTTP version and the number of new connections of two requests in a row.
connections() {
	curl -s -w '%{http_version} %{num_connects}\n' -o a -o b "$sim_url/status" "$sim_url/status"
}

@test "replies are HTTP/1.0 and close; --keep-alive keeps the connection" {
	cd "$BATS_TEST_TMPDIR"
	sim
	[ "$(connections)" = $'1 1\n1 1' ]
	run -0 curl -si "$sim_url/status"
	[[ $output == "HTTP/1.0 200 OK"*"Server: BaseHTTP/"* ]]
	sim --keep-alive
	[ "$(connections)" = $'1.1 1\n1.1 0' ]
}

@test "--clock-skew shifts Date and documents" {
	sim --clock-skew -86400
	date=$(curl -si "$sim_url/status" | tr -d '\r' | sed -n 's/^Date: //p')
	age=$(($(date +%s) - $(date -d "$date" +%s)))
	((age >= 86400 && age <= 86430))
	jq -en "$(curl -s "$sim_url/drones" | jq '.drones[0].observed_at') - now + 86400 | fabs < 30"
}

@test "--print-config prints a kits.yaml" {
	run -0 wd-sim --kits 3 --port 8123 --print-config
	python3 - "$output" <<'PYTHON'
import sys, yaml
kits = yaml.safe_load(sys.argv[1])["kits"]
assert [k["id"] for k in kits] == ["sim-1", "sim-2", "sim-3"]
assert kits[2]["api_url"] == "http://127.0.0.1:8123/kit-3"
PYTHON
	run -64 wd-sim --port 0 --print-config
	[[ $output == *"--print-config requires a --port"* ]]
}

@test "it listens on 127.0.0.1 only" {
	sim
	listening=$(ss -Hltn "sport = :${sim_url##*:}" | awk '{print $4}')
	[ "$listening" = "127.0.0.1:${sim_url##*:}" ]
}

@test "a port in use is status 69, with the port" {
	sim
	run -69 wd-sim --port "${sim_url##*:}"
	[[ $output == *"cannot listen"*"port=${sim_url##*:}"* ]]
}

@test "SIGTERM ends it with 0 and logs the number of replies" {
	sim
	curl -s "$sim_url/drones" "$sim_url/drones" "$sim_url/status" >"$BATS_TEST_TMPDIR/body"
	kill -TERM "$started"
	wait "$started"
	grep -qx 'wd-sim: done endpoint=drones served=2' "$BATS_TEST_TMPDIR/sim.err"
	grep -qx 'wd-sim: done endpoint=signals served=0' "$BATS_TEST_TMPDIR/sim.err"
	grep -qx 'wd-sim: done endpoint=status served=1' "$BATS_TEST_TMPDIR/sim.err"
}

@test "--replay serves recorded replies byte for byte, each endpoint in order" {
	sim --replay "$CAPTURES/dragonsync"
	for file in "$CAPTURES"/dragonsync/poll*-drones.http; do
		curl -si --raw "$sim_url/drones" | cmp - "$file"
	done
	curl -si --raw "$sim_url/kit-1/status" | cmp - "$CAPTURES/dragonsync/poll00-status.http"
	curl -si --raw "$sim_url/status" | cmp - "$CAPTURES/dragonsync/poll06-status.http"
	run -0 curl -si "$sim_url/status"
	[[ $output == "HTTP/1.0 503 "*"Retry-After: 300"* ]]
	[[ "$(<"$BATS_TEST_TMPDIR/sim.err")" != *"recording finished"* ]]
	for file in "$CAPTURES"/dragonsync/poll*-signals.http; do
		curl -si --raw "$sim_url/signals" | cmp - "$file"
	done
	curl -s "$sim_url/signals" "$sim_url/drones" >"$BATS_TEST_TMPDIR/body"
	[ "$(grep -c 'recording finished' "$BATS_TEST_TMPDIR/sim.err")" = 1 ]
	[ "$(curl -s -o "$BATS_TEST_TMPDIR/body" -w '%{http_code}' "$sim_url/other")" = 404 ]
}

@test "--replay does not expand patterns in the folder name" {
	mkdir "$BATS_TEST_TMPDIR/[a]*"
	cp "$CAPTURES/dragonsync/poll00-status.http" "$BATS_TEST_TMPDIR/[a]*/"
	sim --replay "$BATS_TEST_TMPDIR/[a]*"
	curl -si --raw "$sim_url/status" | cmp - "$CAPTURES/dragonsync/poll00-status.http"
}

@test "--replay of a folder without recordings is status 66, with the folder" {
	run -66 wd-sim --port 0 --replay "$BATS_TEST_TMPDIR"
	[[ $output == *"no recorded replies folder=$BATS_TEST_TMPDIR"* ]]
}

# faulty CASE: request /drones; set $code and write the files body and head.
faulty() {
	sim --fault "$1"
	code=$(curl -s -o "$BATS_TEST_TMPDIR/body" -D "$BATS_TEST_TMPDIR/head" -w '%{http_code}' "$sim_url/drones") || true
}

@test "--fault: statuses and headers" {
	faulty http-404
	[ "$code" = 404 ]
	faulty http-500
	[ "$code" = 500 ]
	faulty http-503
	[ "$code" = 503 ]
	run -1 grep -i '^retry-after' "$BATS_TEST_TMPDIR/head"
	faulty busy
	[ "$code" = 503 ]
	grep -qi '^retry-after: 7' "$BATS_TEST_TMPDIR/head"
	faulty rate-limited
	[ "$code" = 429 ]
	grep -qi '^retry-after: 60' "$BATS_TEST_TMPDIR/head"
	faulty redirect
	[ "$code" = 302 ]
	grep -qi '^location: http' "$BATS_TEST_TMPDIR/head"
	faulty close
	[ "$code" = 000 ]
}

# broken_body CASE: fail if the body of the case is a JSON object.
broken_body() {
	faulty "$1"
	[ "$code" = 200 ]
	not python3 -c 'import json, sys; assert type(json.load(sys.stdin)) == dict' \
		<"$BATS_TEST_TMPDIR/body" 2>/dev/null
}

@test "--fault: invalid bodies" {
	for case in empty not-json wrong-type cut; do
		broken_body "$case"
	done
	faulty deep
	[ "$(tr -dc '[{' <"$BATS_TEST_TMPDIR/body" | wc -c)" = 2000 ]
	faulty large
	[ "$code" = 200 ]
	(($(stat -c %s "$BATS_TEST_TMPDIR/body") > 10485760))
}

@test "--fault: invalid values" {
	for case in nan:NaN infinity:-Infinity huge-number:1e999 long-number:1234567890123456789012345678901234567890 \
		'duplicate-keys:1,"lat":2' 'surrogate:"\ud800"' 'nul:"a\u0000b"' $'bad-utf8:"\xff\xc3("' \
		'control:"\u001b[2J'; do
		faulty "${case%%:*}"
	[ "$code" = 200 ]
		LC_ALL=C grep -qF -- ":${case#*:}" "$BATS_TEST_TMPDIR/body"
	done
}

@test "--fault with a probability affects some replies" {
	sim --fault http-500:0.5
	run -0 curl -s -o "$BATS_TEST_TMPDIR/body" -w '%{http_code}\n' "$sim_url/status?[1-40]"
	[[ $output == *200* && $output == *500* ]]
}

@test "an unknown fault is status 64, with its name" {
	run -64 wd-sim --port 0 --fault gremlins
	[[ $output == *"unknown fault"*gremlins* ]]
	run -64 wd-sim --port 0 --fault nan:2
	run -64 wd-sim --port 0 --fault nan --replay "$CAPTURES/dragonsync"
}

@test "wd-normalize rejects no simulated record" {
	sim --drones 24 --aircraft 16 --signals 9
	run -0 --separate-stderr bash -c "wd-poll --once --url '$sim_url' --id s | wd-normalize"
	[ "$(jq -r 'select(.type == "reject")' <<<"$output" | wc -l)" = 0 ]
	[ "$(jq -c 'select(.type == "drone")' <<<"$output" | wc -l)" = 40 ]
	[ "$(jq -c 'select(.type == "signal")' <<<"$output" | wc -l)" = 9 ]
	[ "$(jq -c 'select(.type == "system_health")' <<<"$output" | wc -l)" = 1 ]
}
