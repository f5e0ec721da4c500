#!/usr/bin/env bats
# wd-poll: the name of a kit, its clock and ours.

load lib

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_started
}

# file_kits NAME…: a folder for each, with empty lists of drones and signals, served at $files_url/NAME.
file_kits() {
	local name
	for name; do
		mkdir -p "files/$name"
		echo '{"drones": []}' >"files/$name/drones"
		echo '{"signals": []}' >"files/$name/signals"
	done
	start files.out python3 "$BATS_TEST_DIRNAME/kit/files.py" files
	wait_for 10 grep -q '^listening on ' files.out
	files_url=$(sed -n 's/^listening on //p' files.out)
}

# status KIT JSON: what the kit reports from now on.
status() {
	echo "$2" >"files/$1/status.new"
	mv "files/$1/status.new" "files/$1/status"
}

# polls COUNT KIT ENDPOINT: whether there are that many good replies in ./out.
polls() {
	[ "$(grep -c "^{\"type\":\"reply\",\"kit_id\":\"$2\",\"endpoint\":\"$3\".*\"ok\":true" out)" -ge "$1" ]
}

# logged COUNT TEXT: whether ./out.err has that many lines with it.
logged() {
	[ "$(grep -cF "$2" out.err)" = "$1" ]
}

# kit_lines: "ID ENABLED" of each kit line in ./out.
kit_lines() {
	jq -r 'select(.type == "kit") | "\(.kit_id) \(.enabled)"' out
}

# poll_first_and_bravo JSON: poll the kits a, which reports JSON with the id first, and b, whose id in kits.yaml is
# bravo and which reports hardware-1.
poll_first_and_bravo() {
	file_kits a b
	status a "$1"
	status b '{"kit_id": "hardware-1"}'
	printf '%s\n' kits: "- api_url: $files_url/a" "- {id: bravo, api_url: $files_url/b}" >kits.yaml
	start out wd-poll -c kits.yaml "${fast[@]}"
	wait_for 10 polls 2 first status
	wait_for 10 polls 2 bravo status
}

fast=(--poll-interval 0.3 --status-interval 0.6 --rate-limit 0)

@test "a kit that reports no id is polled under its address, with one warning, until it reports one" {
	file_kits a
	status a '{"kit_id": "wardragon-unknown", "uid": ""}'
	address=${files_url#http://}
	start out wd-poll --url "$files_url/a" "${fast[@]}"
	wait_for 10 polls 3 "$address" drones
	wait_for 10 polls 3 "$address" signals
	wait_for 10 polls 3 "$address" status
	logged 1 "wd-poll: kit id unknown: its data are stored under its address kit=$address reason=\"no id in /status\" hint=\"set its id in kits.yaml\""
	[ "$(kit_lines)" = "$address true" ]
	status a '{"kit_id": "wardragon-1"}'
	wait_for 10 polls 3 wardragon-1 drones
	logged 1 "wd-poll: kit id known: its data continue under it kit=wardragon-1 previous=$address"
	[ "$(kit_lines)" = "$(printf '%s\n' "$address true" "$address false" "wardragon-1 true")" ]
	stop_started
	# The report has both.
	wd-normalize out | wd-health -q --state state >/dev/null
	[ "$(wd-health --state state --report=json | jq -r '"\(.kit_id) \(.status)"' | sort)" = \
		"$(printf '%s\n' "$address removed" 'wardragon-1 online' | sort)" ]
	# Nothing was stored under the address after that.
	run -0 jq -rn '[inputs | select(.type == "kit" or .type == "reply") | .kit_id] | . as $ids
		| ($ids | index("wardragon-1")) as $at | $ids[$at:] | unique | join(" ")' out
	[ "$output" = wardragon-1 ]
}

@test "a kit without /status is polled under its address" {
	file_kits a
	start out wd-poll --url "$files_url/a" "${fast[@]}"
	wait_for 10 polls 3 "${files_url#http://}" drones
	logged 1 'kit id unknown: its data are stored under its address'
	grep -q 'reason=http hint=' out.err
}

@test "a kit whose /status hangs is polled under its address after the first attempt" {
	file_kits a
	status a '{"kit_id": "known too late"}'
	touch files/a/status.hold
	start out wd-poll --url "$files_url/a" "${fast[@]}" --timeout 1 --max-retries 100
	wait_for 20 polls 3 "${files_url#http://}" drones
	grep -q 'reason=timeout hint=' out.err
	run ! grep '"endpoint":"status"' out
}

@test "ids with control or invisible characters do not count" {
	file_kits a b
	status a '{"kit_id": "a\u001b[31m", "uid": "wardragon-2"}'
	status b '{"kit_id": "b\nforged", "uid": "\u202eb"}'
	wd-poll --once --url "$files_url/a" >a.out
	[ "$(jq -r .kit_id a.out | sort -u)" = wardragon-2 ]
	wd-poll --once --url "$files_url/b" >b.out
	[ "$(jq -r .kit_id b.out | sort -u)" = "${files_url#http://}" ]
}

@test "a changed id is logged once; the data keep the name until a reload" {
	poll_first_and_bravo '{"kit_id": "first"}'
	status a '{"kit_id": "second"}'
	status b '{"kit_id": "hardware-2"}'
	wait_for 10 logged 1 'kit reports another id: its data keep the name kit=first id=second previous=first hint="reload (SIGHUP) to use it"'
	# A configured id stays, of course, but another device may be in its place.
	wait_for 10 logged 1 'kit reports another id: its data keep the name kit=bravo id=hardware-2 previous=hardware-1'
	seen=$(grep -c '"kit_id":"first"' out)
	wait_for 10 polls $((seen / 3 + 3)) first drones
	logged 2 'kit reports another id'
	[ "$(jq -r 'select(.reported_id) | "\(.kit_id) \(.reported_id)"' out | sort -u)" = $'bravo hardware-2\nfirst second' ]
	wd-normalize out | wd-health -q --state state >/dev/null
	wd-health --state state --report | grep -qE '^first +online .* reports the id second$'
	kill -HUP "$started"
	wait_for 10 polls 2 second drones
	logged 1 'kit id known: its data continue under it kit=second previous=first'
	kit_lines | grep -qx 'first false'
	[ "$(jq -r .kit_id out | sort -u | tr '\n' ' ')" = 'bravo first second ' ]
}

@test "a kit that reports its first id again no longer reports another" {
	poll_first_and_bravo '{"kit_id": "first", "uid": "hardware"}'
	status a '{"uid": "hardware"}'
	status b '{"kit_id": "hardware-2"}'
	wait_for 10 logged 2 'kit reports another id'
	status a '{"kit_id": "first", "uid": "hardware"}'
	status b '{"kit_id": "hardware-1"}'
	wait_for 10 logged 1 'kit reports its first id again kit=first id=first'
	wait_for 10 logged 1 'kit reports its first id again kit=bravo id=hardware-1'
	logged 2 'kit reports another id'
	for kit in first bravo; do
		wait_for 10 polls $(($(grep -c "\"$kit\",\"endpoint\":\"status\"" out) + 2)) $kit status
	done
	stop_started
	[ "$(jq -r 'select(.endpoint == "status") | "\(.kit_id) \(.reported_id)"' out | sort | uniq | xargs)" = \
		'bravo hardware-2 bravo null first hardware first null' ]
	wd-normalize out | wd-health -q --state state >/dev/null
	run ! grep -F 'reports the id' <(wd-health --state state --report)
}

@test "one id, two kits: the second is not polled" {
	sim
	printf '%s\n' kits: "- api_url: $sim_url" "- api_url: $sim_url/kit-1" >kits.yaml
	start out wd-poll -c kits.yaml --poll-interval 0.5 --rate-limit 0
	wait_for 10 logged 1 'duplicate kit id: not polled'
	id=$(curl -s "$sim_url/status" | jq -r .uid)
	wait_for 10 polls 3 "$id" drones
	[ "$(kit_lines)" = "$id true" ]
	# A configured id has precedence over a reported one.
	printf '%s\n' kits: "- api_url: $sim_url" "- {id: $id, api_url: http://127.0.0.1:1}" >kits.yaml
	kill -HUP "$started"
	wait_for 10 grep -q "\"kit_id\":\"$id\".*\"error\":\"connect\"" out
	wait_for 10 logged 2 'duplicate kit id: not polled'
	[ "$(jq -r 'select(.type == "reply").endpoint' out | head -n 1)" = status ]
}

# from KIT: how many replies of /drones in ./out have the drone KIT.
from() {
	grep -c "^{\"type\":\"reply\".*\"endpoint\":\"drones\".*\"id\":\"$1\"" out || true
}

# more_from COUNT KIT SEEN: whether COUNT more than SEEN have it.
more_from() {
	(($(from "$2") >= $1 + $3))
}

# twins: kits a and b, whose only drones are a and b; a reports the id x.
twins() {
	file_kits a b
	echo '{"drones": [{"id": "a"}]}' >files/a/drones
	echo '{"drones": [{"id": "b"}]}' >files/b/drones
	status a '{"kit_id": "x"}'
}

@test "a duplicate is polled after a reload that removes the other kit" {
	twins
	status b '{"kit_id": "x"}'
	printf '%s\n' kits: "- {id: x, api_url: $files_url/a}" "- api_url: $files_url/b" >kits.yaml
	start out wd-poll -c kits.yaml "${fast[@]}"
	wait_for 10 logged 1 'duplicate kit id: not polled'
	wait_for 10 more_from 3 a "$(from a)"
	# The reply that showed the duplicate is not stored under an address without a kit line.
	[ "$(jq -r .kit_id out | sort -u)" = x ]
	# The other kit is still there.
	kill -HUP "$started"
	wait_for 10 logged 2 'duplicate kit id: not polled'
	[ "$(from b)" = 0 ]
	printf '%s\n' kits: "- api_url: $files_url/b" >kits.yaml
	kill -HUP "$started"
	wait_for 10 more_from 3 b 0
	logged 2 'duplicate kit id: not polled'
	[ "$(kit_lines)" = "$(printf '%s\n' 'x true' 'x true' 'x false' 'x true')" ]
}

@test "a kit that reports the id of another later is removed under its previous name" {
	twins
	status b '{}'
	address=${files_url#http://}
	printf '%s\n' kits: "- {id: x, api_url: $files_url/a}" "- api_url: $files_url/b" >kits.yaml
	start out wd-poll -c kits.yaml "${fast[@]}"
	wait_for 10 more_from 2 b 0
	status b '{"kit_id": "x"}'
	wait_for 10 logged 1 'duplicate kit id: not polled'
	wait_for 10 more_from 3 a "$(from a)"
	[ "$(kit_lines)" = "$(printf '%s\n' 'x true' "$address true" "$address false")" ]
	run -0 jq -rn '[inputs | select(.type == "kit" or .type == "reply")]
		| (map(.enabled == false) | index(true)) as $at | .[$at + 1:] | map(.kit_id) | unique | join(" ")' out
	[ "$output" = x ]
}

@test "a reload configures the id of a polled kit for another one: only that one is stored" {
	twins
	status b '{}'
	printf '%s\n' kits: "- {id: bravo, api_url: $files_url/b}" "- api_url: $files_url/a" >kits.yaml
	start out wd-poll -c kits.yaml "${fast[@]}"
	wait_for 10 more_from 2 a 0
	# Some requests are in flight during the reload.
	touch files/a/hold
	wait_for 10 more_from 4 b "$(from b)"
	seen=$(from a)
	printf '%s\n' kits: "- {id: x, api_url: $files_url/b}" "- api_url: $files_url/a" >kits.yaml
	kill -HUP "$started"
	wait_for 10 logged 1 'duplicate kit id: not polled'
	rm files/a/hold
	wait_for 10 more_from 5 b "$(from b)"
	[ "$(from a)" = "$seen" ]
	[ "$(jq -r 'select(.type == "kit" and .kit_id == "x") | "\(.enabled) \(.api_url)"' out)" = \
		"$(printf '%s\n' "true $files_url/a" "true $files_url/b")" ]
	# The name is the other's when the duplicate is removed.
	printf '%s\n' kits: "- {id: x, api_url: $files_url/b}" >kits.yaml
	kill -HUP "$started"
	wait_for 10 logged 2 'kits reloaded'
	wait_for 10 eval '[ "$(grep -c "^{\"type\":\"kit\",\"kit_id\":\"x\"" out)" = 3 ]'
	run ! grep '"kit_id":"x".*"enabled":false' out
}

@test "two kits that exchange their ids: the name of the one that is disabled is free" {
	twins
	status b '{"kit_id": "y"}'
	printf '%s\n' kits: "- api_url: $files_url/a" "- api_url: $files_url/b" >kits.yaml
	start out wd-poll -c kits.yaml "${fast[@]}"
	wait_for 10 polls 2 x status
	wait_for 10 polls 2 y status
	status a '{"kit_id": "y"}'
	status b '{"kit_id": "x"}'
	wait_for 10 logged 2 'kit reports another id'
	kill -HUP "$started"
	wait_for 10 logged 1 'kits reloaded'
	kill -HUP "$started"
	wait_for 10 more_from 3 a "$(from a)"
	logged 1 'duplicate kit id: not polled'
	[ "$(grep '"endpoint":"drones"' out | tail -n 4 | jq -r '"\(.kit_id) \(.body.drones[0].id)"' | sort -u | xargs)" = 'x b y a' ]
}

@test "enabled: false removes a kit without a configured id" {
	twins
	printf '%s\n' kits: "- api_url: $files_url/a" >kits.yaml
	start out wd-poll -c kits.yaml "${fast[@]}"
	wait_for 10 polls 2 x drones
	printf '%s\n' kits: "- {api_url: $files_url/a, enabled: false}" >kits.yaml
	kill -HUP "$started"
	wait_for 10 logged 1 'kits reloaded'
	wait_for 10 eval '[ "$(kit_lines)" = "$(printf "%s\n" "x true" "x false")" ]'
	printf '%s\n' kits: "- api_url: $files_url/a" >kits.yaml
	kill -HUP "$started"
	wait_for 10 eval '[ "$(kit_lines)" = "$(printf "%s\n" "x true" "x false" "x true")" ]'
}

# offsets KIT: the different clock_offset_s in its replies (null if absent), on one line.
offsets() {
	jq -nr --arg kit "$1" '[inputs | select(.type == "reply" and .kit_id == $kit) | .clock_offset_s]
		| unique | map(tostring) | join(" ")' out
}

# offset_near SECONDS KIT: whether all its replies have one offset, within a second.
offset_near() {
	local all
	all=$(offsets "$2")
	echo "offsets of $2: $all"
	[[ $all =~ ^-?[0-9]+$ ]] && ((all >= $1 - 1 && all <= $1 + 1))
}

@test "a kit's clock that is off is one stable offset; below 5 s it is ignored" {
	file_kits late right near
	status late '{"kit_id": "late", "gps_fix": false}'
	status right '{"kit_id": "right"}'
	status near '{"kit_id": "near"}'
	echo -3600 >files/late/ahead
	echo 3 >files/near/ahead
	printf '%s\n' kits: "- {id: late, api_url: $files_url/late}" "- {id: right, api_url: $files_url/right}" \
		"- {id: near, api_url: $files_url/near}" >kits.yaml
	start out wd-poll -c kits.yaml --poll-interval 0.1 --rate-limit 0
	wait_for 10 polls 40 late drones
	stop_started
	offset_near -3600 late
	[ "$(offsets right)" = null ]
	[ "$(offsets near)" = null ]
	run ! grep 'clock of this machine' out.err
}

@test "all kits differ by the same amount: our own clock is wrong, nothing is corrected" {
	file_kits a b c
	for kit in a b c; do
		echo 7200 >"files/$kit/ahead"
		status $kit "{\"kit_id\": \"$kit\", \"gps_fix\": false}"
	done
	printf '%s\n' kits: "- {id: a, api_url: $files_url/a}" "- {id: b, api_url: $files_url/b}" \
		"- {id: c, api_url: $files_url/c}" >kits.yaml
	start out wd-poll -c kits.yaml "${fast[@]}"
	for kit in a b c; do
		wait_for 10 polls 5 $kit drones
	done
	logged 1 'wd-poll: the clock of this machine is wrong: all kits differ from it by the same amount'
	grep 'clock of this machine' out.err | grep -qE 'offset=(7199|7200|7201)s hint="set the clock, see timedatectl"'
	# The first kit alone could have been the one that is wrong: nothing is polled before that is known.
	jq -ne '[inputs | select(.type == "reply")] | length >= 15 and all(has("clock_offset_s") | not)' out
	# A kit that agrees with us clears our clock.
	echo 0 >files/b/ahead
	wait_for 10 logged 1 'the clock of this machine agrees with kits again'
	echo 7200 >files/b/ahead
	wait_for 10 logged 2 'the clock of this machine is wrong'
}

@test "a kit whose clock differs is polled once it is known whose clock is wrong, within 10 s" {
	file_kits a
	echo 7200 >files/a/ahead
	status a '{"kit_id": "a"}'
	# A kit that accepts the connection and sends nothing.
	start hang.out python3 "$BATS_TEST_DIRNAME/kit/hang.py"
	wait_for 10 grep -q '^listening on ' hang.out
	printf '%s\n' kits: "- {id: a, api_url: $files_url/a}" \
		"- {id: hangs, api_url: $(sed -n 's/^listening on //p' hang.out), timeout: 60}" >kits.yaml
	start out wd-poll -c kits.yaml "${fast[@]}"
	wait_for 20 polls 2 a drones
	logged 0 'the clock of this machine'
	offset_near 7200 a
	# The attempts before that are no replies.
	[ "$(jq -r 'select(.type == "reply") | .attempts' out | sort -u)" = 1 ]
}

@test "one kit with a GPS fix is enough to suspect our own clock, from the first reply" {
	file_kits a
	echo -86400 >files/a/ahead
	status a '{"kit_id": "a", "gps_fix": true}'
	wd-poll --once --url "$files_url/a" >out 2>out.err
	logged 1 'the clock of this machine is wrong'
	[ "$(offsets a)" = null ]
	status a '{"kit_id": "a", "gps_fix": false}'
	wd-poll --once --url "$files_url/a" >out 2>out.err
	logged 0 'the clock of this machine is wrong'
	offset_near -86400 a
}

@test "a Date in the trailers of an answer is not the kit's clock" {
	file_kits a
	status a '{"kit_id": "a"}'
	echo 'Mon, 23 Nov 2020 17:59:29 GMT' >files/a/trailer
	wd-poll --once --url "$files_url/a" >out
	jq -se 'map(select(.type == "reply" and .endpoint != "config")) | length == 3 and all(.ok and (.kit_date > "2021"))' out
	[ "$(offsets a)" = null ]
}

@test "a tick line every 15 s, with the time and the poller's name, even if no kit answers" {
	start out wd-poll --url http://127.0.0.1:1 --id away --poller north --initial-backoff 300
	wait_for 40 grep -q '"type":"tick"' out
	jq -se 'map(select(.type == "tick")) | .[0] | (keys_unsorted == ["type", "time", "poller"])
		and .poller == "north" and (.time | test("^20..-..-..T"))' out
	jq -se 'map(select(.type == "reply")) | all(.poller == "north")' out
	stop_started
	wd-poll --once --url http://127.0.0.1:1 --id away >out 2>/dev/null || [ $? = 1 ]
	[ "$(jq -r .poller out | sort -u)" = "$(printf '%s\n' "$(hostname)" null | sort)" ]
	run ! grep '"type":"tick"' out
	run -64 wd-poll --url http://127.0.0.1:1 --poller ''
}
