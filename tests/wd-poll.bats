#!/usr/bin/env bats
# wd-poll: what is polled, when, and what is written.

load lib

teardown() {
	stop_started
}

# kits TEXT: writes the kits file $kits.
kits() {
	kits=$BATS_TEST_TMPDIR/kits.yaml
	printf '%s\n' "$@" >"$kits"
}

# lines COUNT FILE: whether it has that many lines.
lines() {
	[ "$(wc -l <"$2")" -ge "$1" ]
}

@test "--once --url polls each endpoint once; /status, which has the id, comes first" {
	sim
	wd-poll --once --url "$sim_url/" >"$BATS_TEST_TMPDIR/out"
	run -0 jq -r '[.type, .endpoint, .kit_id, .ok] | map(tostring) | join(" ")' "$BATS_TEST_TMPDIR/out"
	[ "${#lines[@]}" = 5 ]
	id=$(curl -s "$sim_url/status" | jq -r .uid)
	[ "${lines[0]}" = "kit null $id null" ]
	[ "${lines[1]}" = "reply status $id true" ]
	[[ "$output" == *"reply drones $id true"* ]]
	[[ "$output" == *"reply signals $id true"* ]]
	[[ "$output" == *"reply config $id true"* ]]
}

@test "of /config only the receivers that are on are written" {
	sim --aircraft 0
	wd-poll --once --url "$sim_url" >"$BATS_TEST_TMPDIR/out"
	jq -se 'map(select(.endpoint == "config")) | length == 1 and (.[0] | .receivers == ["fpv"] and .ok and (has("body") or has("raw") | not))' \
		"$BATS_TEST_TMPDIR/out"
	run ! grep -q '239.2.3.1' "$BATS_TEST_TMPDIR/out"
}

# config_reply CONFIG: what becomes of a kit's reply to /config; a kit without one if it is absent.
config_reply() {
	mkdir -p files
	rm -f files/config
	[ $# = 0 ] || printf '%s' "$1" >files/config
	wd-poll --once --url "$files_url" 2>config.err | jq -c 'select(.endpoint == "config") | [.ok, .error, .receivers, .body, .raw]'
}

@test "receivers that are not known; an old kit without /config is not reported" {
	cd "$BATS_TEST_TMPDIR"
	mkdir files
	start files.out python3 "$BATS_TEST_DIRNAME/kit/files.py" files
	wait_for 10 grep -q '^listening on ' files.out
	files_url=$(sed -n 's/^listening on //p' files.out)
	echo '{"kit_id": "k"}' >files/status
	echo '[]' | tee files/drones >files/signals
	[ "$(config_reply)" = '[false,"http",null,null,null]' ]
	[ ! -s config.err ]
	[ "$(config_reply '{"adsb":{"enabled":false},"fpv":{"enabled":true,"password":"secret"}}')" = '[true,null,["fpv"],null,null]' ]
	[ "$(config_reply '{"adsb":{"enabled":false}}')" = '[true,null,[],null,null]' ]
	for config in '{"error":"secret"}' '[]' '{"adsb":true,"fpv":{"enabled":"yes"}}' '{"adsb":{}}'; do
		[ "$(config_reply "$config")" = '[true,null,null,null,null]' ]
	done
	[ "$(config_reply '{"mqtt":{"password":"secret"')" = '[false,"not_json",null,null,null]' ]
}

@test "a reply has the members of wd-record(5), in that order, on one compact line" {
	sim
	wd-poll --once --url "$sim_url" --id alpha >"$BATS_TEST_TMPDIR/out"
	run -0 jq -sr '.[1] | keys_unsorted | join(" ")' "$BATS_TEST_TMPDIR/out"
	[ "$output" = "type kit_id endpoint time ok elapsed_ms attempts poller http_status kit_date body failures" ]
	jq -ce . "$BATS_TEST_TMPDIR/out" >"$BATS_TEST_TMPDIR/compact"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/out")" = 5 ]
}

@test "a kit that is down: failure lines under its address, exit 1" {
	run -1 --separate-stderr wd-poll --once --url http://127.0.0.1:1
	[ "$(jq -r .type <<<"${lines[0]}")" = kit ]
	jq -se '.[1:] | length == 4 and all(.error == "connect" and .kit_id == "127.0.0.1:1" and .ok == false)' \
		<<<"$output"
	[[ "$stderr" == *"wd-poll: poll failed kit=127.0.0.1:1 endpoint=status error=connect"* ]]
}

@test "polling continues until SIGTERM, which ends it within a second" {
	sim
	kits 'kits:' '- id: alpha' "  api_url: $sim_url" '  poll_interval: 0.2' '  rate_limit: 0'
	start "$BATS_TEST_TMPDIR/out" wd-poll -c "$kits"
	wait_for 5 lines 12 "$BATS_TEST_TMPDIR/out"
	ends_within 1 "$started"
	head -n 1 "$BATS_TEST_TMPDIR/out" |
		jq -e '.type == "kit" and .kit_id == "alpha" and .enabled and .tags == []'
	jq -e . "$BATS_TEST_TMPDIR/out" >"$BATS_TEST_TMPDIR/parsed"
}


# replies KIT ENDPOINT FILE: their number.
replies() {
	grep -c "^{\"type\":\"reply\",\"kit_id\":\"$1\",\"endpoint\":\"$2\"" "$3"
}

at_least() {
	[ "$("${@:2}")" -ge "$1" ]
}

@test "a timeout is retried after a second; elapsed_ms covers all attempts" {
	python3 -c '
import socket, time
s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1], flush=True); time.sleep(60)' \
		>"$BATS_TEST_TMPDIR/port" 3>&- &
	stop_later $!
	wait_for 5 test -s "$BATS_TEST_TMPDIR/port"
	run -1 --separate-stderr wd-poll --once --url "http://127.0.0.1:$(<"$BATS_TEST_TMPDIR/port")" \
		--id silent --timeout 300ms --max-retries 1
	jq -se 'map(select(.type == "reply")) | length == 4
		and all(.error == "timeout" and .attempts == 2 and .elapsed_ms >= 1600 and .elapsed_ms < 60000)' <<<"$output"
}

@test "a kit that is down is left alone longer each time; this is logged once per endpoint" {
	start "$BATS_TEST_TMPDIR/out" wd-poll --url http://127.0.0.1:1 --id away \
		--initial-backoff 0.2 --max-backoff 1
	wait_for 10 at_least 6 grep -c '"retry_in_s"' "$BATS_TEST_TMPDIR/out"
	stop_started
	run -0 jq -c 'select(.retry_in_s) | [.failures, .retry_in_s]' "$BATS_TEST_TMPDIR/out"
	[ "${lines[0]}" = '[1,0.2]' ]
	[ "${lines[1]}" = '[2,0.4]' ]
	[ "${lines[2]}" = '[3,1]' ]
	[ "${lines[3]}" = '[4,1]' ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/out.err")" = 3 ]
}

@test "a rate limit is waited for and does not count as a failure" {
	sim --fault rate-limited
	run -1 --separate-stderr wd-poll --once --url "$sim_url" --id busy
	jq -se 'map(select(.type == "reply")) | length == 4
		and all(.error == "rate_limited" and .http_status == 429 and .failures == 0 and .retry_in_s == 60)' \
		<<<"$output"
}

# late_share FILE: how many of the polls of /drones of the kit `same` come more than half an interval of 0.6 s too early
# or too late after the one before; a share of 1.
late_share() {
	jq -s 'map(select(.kit_id == "same" and .endpoint == "drones") | (.time[17:26] | tonumber) - .elapsed_ms / 1000)
		| [.[:-1], .[1:]] | transpose | map(.[1] - .[0] | if . < 0 then . + 60 else . end)
		| (map(select(. < 0.3 or . > 0.9)) | length) / length' "$1"
}

@test "SIGHUP adds, removes and changes kits without affecting others; an invalid file changes nothing" {
	sim --kits 4
	kit_line() {
		echo "- {id: $1, api_url: \"$sim_url/kit-$2\", poll_interval: 0.6, rate_limit: 0 $3}"
	}
	kits 'kits:' "$(kit_line same 1)" "$(kit_line goes 2)" "$(kit_line changes 3)"
	# How late the machine makes a poller that is not reloaded.
	start "$BATS_TEST_TMPDIR/alone" wd-poll --url "$sim_url/kit-1" --id same --poll-interval 0.6 --rate-limit 0
	start "$BATS_TEST_TMPDIR/out" wd-poll -c "$kits"
	wait_for 5 at_least 2 replies changes drones "$BATS_TEST_TMPDIR/out"
	kits 'kits:' "$(kit_line same 1)" "$(kit_line changes 3 ', name: New')" "$(kit_line comes 4)"
	kill -HUP "$started"
	wait_for 5 at_least 2 replies comes drones "$BATS_TEST_TMPDIR/out"
	wait_for 5 grep -q 'kits reloaded kits=3' "$BATS_TEST_TMPDIR/out.err"
	[ "$(grep '^{"type":"kit","kit_id":"changes"' "$BATS_TEST_TMPDIR/out" | tail -n 1 | jq -r .name)" = New ]
	sed -n '/"kit_id":"comes"/,$p' "$BATS_TEST_TMPDIR/out" >"$BATS_TEST_TMPDIR/after"
	[ "$(replies goes drones "$BATS_TEST_TMPDIR/after")" = 0 ]
	# A last line disables the kit that is gone, but not the one that was changed.
	[ "$(grep '^{"type":"kit"' "$BATS_TEST_TMPDIR/out" | jq -r 'select(.enabled | not).kit_id')" = goes ]

	kits 'kits: ['
	kill -HUP "$started"
	wait_for 5 grep -q 'reload failed: keeping the current kits' "$BATS_TEST_TMPDIR/out.err"
	seen=$(replies comes drones "$BATS_TEST_TMPDIR/out")
	wait_for 5 at_least $((seen + 2)) replies comes drones "$BATS_TEST_TMPDIR/out"

	stop_started

	# The unchanged kit was polled in its slots all the while.
	late=$(late_share "$BATS_TEST_TMPDIR/out") late_alone=$(late_share "$BATS_TEST_TMPDIR/alone")
	echo "late: $late of the polls, without reloads $late_alone"
	jq -en "$late < 0.3 + $late_alone"
}

@test "SIGHUP right after the start is not fatal" {
	sim
	for _ in 1 2 3 4 5 6 7 8; do
		start "$BATS_TEST_TMPDIR/hup" wd-poll --url "$sim_url" --id a
		# Wait until the program has installed its handlers; before exec, the shell has others.
		wait_for 5 handles_signals wd-poll "$started"
		kill -HUP "$started"
		wait_for 5 at_least 1 replies a status "$BATS_TEST_TMPDIR/hup"
		kill "$started"
		wait "$started"
	done
}

@test "out of descriptors: requests fail, wd-poll does not" {
	local limit
	sim
	# The lowest limit with which wd-poll starts; it depends on libcurl. bats has descriptors of its own.
	for limit in {7..12}; do
		run bash -c 'exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
			ulimit -n "$3"; exec wd-poll --once --url "$1" --id a 2>"$2"' _ "$sim_url" \
			"$BATS_TEST_TMPDIR/err" "$limit"
		[ "$status" = 71 ] || break
	done
	[ "$status" = 1 ]
	grep -q 'too few descriptors' "$BATS_TEST_TMPDIR/err"
	jq -se 'map(select(.type == "reply")) | length == 4' <<<"$output"
}

@test "a name server that does not answer delays neither other kits nor the end" {
	cat >"$BATS_TEST_TMPDIR/silent.c" <<-'C'
		#include <netdb.h>
		#include <unistd.h>
		int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
			struct addrinfo **found)
		{
			(void)node, (void)service, (void)hints, (void)found;
			sleep(20);
			return EAI_AGAIN;
		}
	C
	cc -shared -fPIC -o "$BATS_TEST_TMPDIR/silent.so" "$BATS_TEST_TMPDIR/silent.c"
	kits 'kits:' '- {id: named, api_url: "http://kit.example.org:1", timeout: 1}' \
		'- {id: away, api_url: "http://127.0.0.1:1"}'
	LD_PRELOAD=$BATS_TEST_TMPDIR/silent.so ASAN_OPTIONS=verify_asan_link_order=0 \
		start "$BATS_TEST_TMPDIR/out" wd-poll -c "$kits" --initial-backoff 0.1 --max-backoff 0.1 \
		--poll-interval 0.5 --rate-limit 0
	wait_for 10 grep -q '"kit_id":"named","endpoint":"drones".*"error":"resolve"' "$BATS_TEST_TMPDIR/out"
	# Long before the name server answers.
	wait_for 1 at_least 3 replies away drones "$BATS_TEST_TMPDIR/out"
	ends_within 1 "$started"
}
