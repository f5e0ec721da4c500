#!/usr/bin/env bats
# wd-poll: what is asked, when, and what is written.

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

@test "--once --url asks each endpoint once; the kit tells who it is" {
	sim
	wd-poll --once --url "$sim_url/" >"$BATS_TEST_TMPDIR/out"
	run -0 jq -r '[.type, .endpoint, .kit_id, .ok] | map(tostring) | join(" ")' "$BATS_TEST_TMPDIR/out"
	[ "${#lines[@]}" = 4 ]
	id=$(curl -s "$sim_url/status" | jq -r .uid)
	[ "${lines[0]}" = "kit null $id null" ]
	[ "${lines[1]}" = "reply status $id true" ]
	[[ "$output" == *"reply drones $id true"* ]]
	[[ "$output" == *"reply signals $id true"* ]]
}

@test "a reply's members are those of the design, in that order, on one compact line" {
	sim
	wd-poll --once --url "$sim_url" --id alpha >"$BATS_TEST_TMPDIR/out"
	run -0 jq -sr '.[1] | keys_unsorted | join(" ")' "$BATS_TEST_TMPDIR/out"
	[ "$output" = "type kit_id endpoint time ok elapsed_ms attempts http_status kit_date body failures" ]
	jq -ce . "$BATS_TEST_TMPDIR/out" >"$BATS_TEST_TMPDIR/compact"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/out")" = 4 ]
}

@test "a kit that is not there: a failure line, the address as its name, exit 1" {
	run -1 --separate-stderr wd-poll --once --url http://127.0.0.1:1
	[ "$(jq -r .error <<<"${lines[0]}")" = connect ]
	[ "$(jq -r .kit_id <<<"${lines[0]}")" = 127.0.0.1:1 ]
	[ "$(jq -r .ok <<<"${lines[0]}")" = false ]
	[[ "$stderr" == *"wd-poll: poll failed kit=127.0.0.1:1 endpoint=status error=connect"* ]]
}

@test "polls go on at their rate until SIGTERM, which ends them within a second" {
	sim
	kits 'kits:' '- id: alpha' "  api_url: $sim_url" '  poll_interval: 0.2' '  rate_limit: 0'
	start "$BATS_TEST_TMPDIR/out" wd-poll -c "$kits"
	wait_for 5 lines 12 "$BATS_TEST_TMPDIR/out"
	from=$(date +%s%N)
	kill "$started"
	wait "$started"
	(($(date +%s%N) - from < 1000000000))
	head -n 1 "$BATS_TEST_TMPDIR/out" |
		jq -e '.type == "kit" and .kit_id == "alpha" and .enabled and .tags == []'
	jq -e . "$BATS_TEST_TMPDIR/out" >"$BATS_TEST_TMPDIR/parsed"
}

@test "what is wrong with kits.yaml is said with file and line; unknown keys are left out" {
	kits 'kits:' '- id: a' '  api_url: http://127.0.0.1:1' '  colour: red'
	run -0 --separate-stderr wd-poll -c "$kits" --check
	[ "$stderr" = "wd-poll: $kits:4: unknown key key=colour" ]
	kits 'kits:' '- id: a' '  api_url: http://127.0.0.1:1' '- id: a' '  api_url: http://127.0.0.1:2'
	run -78 --separate-stderr wd-poll -c "$kits" --check
	[[ "$stderr" == "wd-poll: $kits:"?": two kits have this id kit=a" ]]
	kits 'kits:' '- id: a' '  api_url: [http://127.0.0.1:1' '- b'
	run -78 --separate-stderr wd-poll -c "$kits"
	[[ "$stderr" == "wd-poll: $kits:"?": no YAML "* ]]
}
