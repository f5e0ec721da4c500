#!/usr/bin/env bats
# wd-poll: thousands of kits that hang do not delay those that answer.

load lib

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_started
}

# good_polls COUNT: whether each of the 100 good kits has that many polls of /drones in ./out.
good_polls() {
	[ "$(jq -r 'select(.endpoint == "drones" and .ok) | .kit_id' out | sort | uniq -c |
		awk -v count="$1" '$1 >= count' | wc -l)" = 100 ]
}

# gaps FILE: the share of the good kits' polls of /drones that came more than 1.5 intervals (2 s) after
# the one before: between them, a slot was missed.
gaps() {
	jq -nr 'def seconds: (.[:19] + "Z" | fromdate) + (.[19:26] | tonumber);
		[inputs | select(.type == "reply" and .endpoint == "drones" and (.kit_id | startswith("good")))
			| {kit_id, asked: ((.time | seconds) - .elapsed_ms / 1000)}]
		| group_by(.kit_id) | map(map(.asked) | [.[1:], .[:-1]] | transpose | .[] | .[0] - .[1])
		| (map(select(. > 3)) | length) / length' "$1"
}

@test "2,000 kits that hang: 100 good ones keep their slots" {
	(($(ulimit -Hn) > 10000)) || skip "6,000 connections need more descriptors (ulimit -Hn)"
	ulimit -n "$(ulimit -Hn)"
	start hang python3 "$BATS_TEST_DIRNAME/kit/hang.py"
	sim --kits 101
	wait_for 10 grep -q '^listening on ' hang
	port=$(sed -n 's/^listening on .*://p' hang)
	{
		echo kits:
		for k in {1..2000}; do
			# Each at an address of its own, as real kits are.
			echo "- {id: bad-$k, api_url: 'http://127.1.$((k / 200)).$((k % 200 + 1)):$port'}"
			((k % 20)) || echo "- {id: good-$((k / 20)), api_url: '$sim_url/kit-$((k / 20))'}"
		done
	} >kits.yaml
	options=(--poll-interval 2 --status-interval 4 --rate-limit 0 --timeout 8 --max-retries 0
		--initial-backoff 1 --max-backoff 1)
	start out wd-poll -c kits.yaml "${options[@]}"
	poll=$started began=$EPOCHREALTIME
	# How late the machine makes a poller whose kits all answer.
	start alone wd-poll --url "$sim_url/kit-101" --id good-101 "${options[@]}"
	wait_for 60 grep -q 'too many requests in flight: kits that do not answer have to wait' out.err
	# The 6,000 requests of the bad kits now compete for slots.
	: >before
	cp out before
	count=$(($(jq -r 'select(.kit_id == "good-1" and .endpoint == "drones") | 1' before | wc -l) + 6))
	wait_for 60 good_polls "$count"
	waited=$(waited_share "$poll" "$began")
	kill "$poll" "$started"
	wait "$poll"
	late=$(gaps out) late_alone=$(gaps alone)
	echo "good kits missed a slot before $late of their polls, without bad kits $late_alone;" \
		"waited for a processor $waited of the time"
	jq -en "$late < 0.1 + $late_alone + 2 * $waited"
	run ! jq -e 'select(.type == "reply" and (.kit_id | startswith("good")) and .ok == false)' out
}
