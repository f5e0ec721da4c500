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

@test "an address without http:// is refused with one that has it" {
	run -64 wd-poll --once --url 10.0.0.7:8088
	[[ $output == *"not a URL like http://"*" option=--url" ]]
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
	ends_within 1 "$started"
	head -n 1 "$BATS_TEST_TMPDIR/out" |
		jq -e '.type == "kit" and .kit_id == "alpha" and .enabled and .tags == []'
	jq -e . "$BATS_TEST_TMPDIR/out" >"$BATS_TEST_TMPDIR/parsed"
}


# replies KIT ENDPOINT FILE: how many there are.
replies() {
	grep -c "^{\"type\":\"reply\",\"kit_id\":\"$1\",\"endpoint\":\"$2\"" "$3"
}

at_least() {
	[ "$("${@:2}")" -ge "$1" ]
}

@test "the examples of the configuration are right" {
	run -0 --separate-stderr wd-poll --check -c "$ROOT/config/kits.yaml.example"
	[ -z "$stderr" ]
	[ "${lines[3]}" = "3 kits, 3 enabled" ]
	# With what is commented out there, too.
	touch "$BATS_TEST_TMPDIR"/{ca.crt,collector.crt,collector.key}
	echo secret | tee "$BATS_TEST_TMPDIR/remote-002.token" >"$BATS_TEST_TMPDIR/remote-002.password"
	sed 's/^    # \([a-z_]*: \)/    \1/' "$ROOT/config/kits.yaml.example" >"$BATS_TEST_TMPDIR/kits.yaml"
	grep -q '^    client_key:' "$BATS_TEST_TMPDIR/kits.yaml"
	run -0 --separate-stderr wd-poll --check -c "$BATS_TEST_TMPDIR/kits.yaml"
	[ -z "$stderr" ]
	# What the environment file sets is known to the manual.
	for name in $(sed -n 's/^\([A-Z_]*\)=.*/\1/p' "$ROOT/config/wd.env.example"); do
		grep -qE "^\\.(It )?Ev $name( |$)" "$ROOT/man/wd.7"
	done
}

@test "wd-kits(5) has every key, and no other" {
	keys() {
		sed -nE 's/^\t\{"([a-z_]+)", KIND_.*/\1/p' "$ROOT/tools/wd-poll/config/kits_yaml.c" | sort
	}
	manual() {
		sed -nE 's/^\.It Ic //p' "$ROOT/man/wd-kits.5" | tr -d ' ' | tr , '\n' | sort
	}
	[ -n "$(keys)" ]
	diff <(keys) <(manual)
}

# refused TEXT: kits.yaml as it stands is status 78, and that is said with its line.
refused() {
	run -78 --separate-stderr wd-poll -c "$kits" --check
	[[ "$stderr" == *"wd-poll: $kits:"$1* ]] || {
		echo "said: $stderr"
		false
	}
}

@test "a name of kits.yaml cannot end a message, nor drive a terminal" {
	cd "$BATS_TEST_TMPDIR"
	printf 'kits: [' >$'a\n\e[31m'
	run -78 --separate-stderr wd-poll --check -c $'a\n\e[31m'
	[[ "$stderr" == 'wd-poll: "a\n\x1b[31m":2: no YAML '* ]]
	[ "${#stderr_lines[@]}" = 1 ]
}

@test "what is wrong with kits.yaml is said with file and line" {
	kits 'kits:' '- id: a' '  api_url: http://127.0.0.1:1' '- id: a' '  api_url: http://127.0.0.1:2'
	refused '?: two kits have this id kit=a'
	kits 'kits:' '- {id: a, api_url: "http://127.0.0.1:1"}' '- {id: b, api_url: "http://127.0.0.1:1/"}'
	refused '?: two kits have this URL kit='
	kits 'kits:' '- id: a' '  api_url: [http://127.0.0.1:1' '- b'
	refused '5: no YAML reason='
	kits 'kits:' '- id: a' '  api_url: file:///etc/passwd'
	refused '3: neither an http nor an https URL key=api_url'
	kits 'kits:' '- id: a' '  poll_interval: often'
	refused '3: expected seconds key=poll_interval'
	kits 'kits:' '- id: a' '  timeout: -1'
	refused '3: expected seconds key=timeout'
	kits 'kits:' '- id: a' '  enabled: maybe'
	refused '3: expected true or false key=enabled'
	kits 'kits:' '- id: a' '  retry_policy:' '    max_retries: 2.5'
	refused '4: expected a whole number key=max_retries'
	kits 'kits:' '- id: a' '  headers: {"X Y": z}'
	refused '3: not a header key="X Y"'
	kits 'kits:' '- id: a' '  bearer_token_file: nowhere'
	refused "3: cannot use a file key=bearer_token_file file=$BATS_TEST_TMPDIR/nowhere reason=\"No such file or directory\""
	kits 'kits:' '- id: a' '  username: u' '  password_file: /nonexistent/p'
	refused '4: cannot use a file key=password_file file=/nonexistent/p reason="No such file or directory"'
	kits 'kits:' '- id: a' '  password_file: [a, b]'
	refused '3: expected one value key=password_file'
	kits 'kits:' '- {id: a, api_url: "http://127.0.0.1:1"}' '- id: b' '  api_url: https://127.0.0.1:1' '  ca_file: /nonexistent/ca'
	run -0 --separate-stderr wd-poll -c "$kits" --check
	[[ $stderr == *"$kits:5: cannot use a file key=ca_file file=/nonexistent/ca reason="* ]]
	kits 'kits:' '- id: a' '  id: b'
	refused '3: key is there twice key=id'
	kits 'kits:' '- {id: a, api_url: "http://127.0.0.1:1"}' '---' 'kits: []'
	refused '4: a second document'
	kits 'kits:' '- {id: a, api_url: "http://127.0.0.1:1"}' '---' '{'
	refused '5: no YAML reason='
	kits 'kits:' '- just text'
	refused '2: expected keys and values key=kits'
	kits 'kits: []'
	run -78 wd-poll -c "$kits"
	[ "$output" = "wd-poll: no kits file=$kits" ]
	run -78 wd-poll -c "$BATS_TEST_TMPDIR/nowhere.yaml"
	[[ "$output" == "wd-poll: cannot open file="*"No such file or directory"* ]]
	run -78 wd-poll -c "$BATS_TEST_TMPDIR"
	[ "$output" = "wd-poll: cannot read file=$BATS_TEST_TMPDIR reason=\"Is a directory\"" ]
}

@test "unknown keys and kits without an api_url are left out, with a warning" {
	kits 'kits:' '- id: a' '  api_url: http://127.0.0.1:1' '  colour: red' '- id: b' 'color: blue'
	run -0 --separate-stderr wd-poll -c "$kits" --check
	[ "${stderr_lines[0]}" = "wd-poll: $kits:4: unknown key key=colour" ]
	[ "${stderr_lines[1]}" = "wd-poll: $kits:5: a kit without an api_url is left out key=b" ]
	[ "${stderr_lines[2]}" = "wd-poll: $kits:6: unknown key key=color" ]
	[ "${lines[1]}" = "1 kits, 1 enabled" ]
}

@test "--check says what would be polled: defaults, environment, kits.yaml, options" {
	kits 'kits:' '- id: a' '  api_url: http://127.0.0.1:1/' '- id: b' '  api_url: http://127.0.0.1:2' \
		'  poll_interval: 10' '  status_interval: 1m' '  timeout: 20' '  tags: [x, y z]' \
		'- {id: c, enabled: no, api_url: "http://127.0.0.1:3"}' '- {api_url: "http://127.0.0.1:4"}'
	run -0 wd-poll -c "$kits" --check
	[ "${lines[0]}" = "a http://127.0.0.1:1 every 5s, status every 30s, timeout 10s, 26 requests a minute of 100" ]
	[ "${lines[1]}" = 'b http://127.0.0.1:2 every 10s, status every 60s, timeout 20s, 13 requests a minute of 100, tags x,"y z"' ]
	[ "${lines[2]}" = "c http://127.0.0.1:3 disabled" ]
	[[ "${lines[3]}" == '"(told by /status)" http://127.0.0.1:4 every 5s'* ]]
	[ "${lines[4]}" = "4 kits, 3 enabled" ]

	export KITS_CONFIG=$kits POLL_INTERVAL_DRONES=6 POLL_INTERVAL_STATUS=40 REQUEST_TIMEOUT=7
	run -0 wd-poll --check
	[[ "${lines[0]}" == *"every 6s, status every 40s, timeout 7s"* ]]
	[[ "${lines[1]}" == *"every 10s, status every 60s, timeout 20s"* ]]
	export POLL_INTERVAL=8 STATUS_POLL_INTERVAL=50
	run -0 wd-poll --check
	[[ "${lines[0]}" == *"every 8s, status every 50s"* ]]
	run -0 wd-poll --check --poll-interval 9 --status-interval 55 --timeout 5 --rate-limit 0
	[[ "${lines[0]}" == *"every 9s, status every 55s, timeout 5s, "*"requests a minute" ]]
	[[ "${lines[1]}" == *"every 9s, status every 55s, timeout 5s, "*"requests a minute, tags"* ]]
}

@test "a rate that a kit would not answer is refused with the arithmetic" {
	kits 'kits:' '- id: a' '  api_url: http://127.0.0.1:1' '  poll_interval: 1'
	refused '2: 60/1 + 60/1 + 60/30 = 122 requests a minute, more than 90% of 100 kit=a'
	run -0 wd-poll -c "$kits" --check --rate-limit 136
	run -78 wd-poll -c "$kits" --check --rate-limit 135
	run -0 wd-poll -c "$kits" --check --rate-limit 0
	run -0 wd-poll -c "$kits" --check --poll-interval 5
}

@test "--kit and --tag choose; shards share all kits among them" {
	kits 'kits:' '- {id: a, api_url: "http://127.0.0.1:1", tags: [x]}' \
		'- {id: b, api_url: "http://127.0.0.1:2", tags: [x, y]}' \
		'- {id: c, api_url: "http://127.0.0.1:3", tags: y}'
	chosen() {
		wd-poll -q -c "$kits" --check "$@" | awk '/^[abc] / {printf "%s", $1}'
	}
	[ "$(chosen)" = abc ]
	[ "$(chosen --kit c --kit a)" = ac ]
	[ "$(chosen --tag x)" = ab ]
	[ "$(chosen --tag x --tag y --kit b)" = b ]
	[ "$({ chosen --shard 1/3 && chosen --shard 2/3 && chosen --shard 3/3; } | fold -w1 | sort | tr -d '\n')" = abc ]
	run -78 wd-poll -c "$kits" --check --kit d
	[ "$output" = "wd-poll: no kit has this id kit=d" ]
	run -78 wd-poll -c "$kits" --check --tag z
	run -64 wd-poll -c "$kits" --check --shard 4/3
	[[ "${lines[0]}" == "wd-poll: not a shard I/N argument=4/3" ]]
}

@test "what makes no sense on the command line is status 64" {
	run -64 wd-poll
	[[ "${lines[0]}" == "wd-poll: nothing to poll: give --config FILE or --url URL" ]]
	run -64 wd-poll --url http://127.0.0.1:1 -c x
	run -64 wd-poll --id a -c x
	run -64 wd-poll --url http://127.0.0.1:1 --id ''
	run -64 wd-poll --url http://127.0.0.1:1 operand
	run -64 wd-poll --url http://127.0.0.1:1 --initial-backoff 10 --max-backoff 5
	run -64 wd-poll --url http://127.0.0.1:1 --max-retries -1
	run -64 wd-poll --url file:///etc/passwd
	[ "$output" = "wd-poll: neither an http nor an https URL option=--url" ]
}

# elapsed_ms is of the last attempt: of both, with the second between them, it would be 1600 at least.
@test "a timeout is tried again after a second; the reply says how often" {
	python3 -c '
import socket, time
s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1], flush=True); time.sleep(60)' \
		>"$BATS_TEST_TMPDIR/port" 3>&- &
	echo $! >"$BATS_TEST_TMPDIR/started"
	wait_for 5 test -s "$BATS_TEST_TMPDIR/port"
	run -1 --separate-stderr wd-poll --once --url "http://127.0.0.1:$(<"$BATS_TEST_TMPDIR/port")" \
		--id silent --timeout 300ms --max-retries 1
	jq -se 'map(select(.type == "reply")) | length == 3
		and all(.error == "timeout" and .attempts == 2 and .elapsed_ms < 1600)' <<<"$output"
}

@test "a kit that is away is left alone longer each time, and asked again when it is back" {
	start "$BATS_TEST_TMPDIR/out" wd-poll --url http://127.0.0.1:1 --id away \
		--initial-backoff 0.2 --max-backoff 1
	wait_for 10 at_least 6 grep -c '"retry_in_s"' "$BATS_TEST_TMPDIR/out"
	stop_started
	run -0 jq -c 'select(.retry_in_s) | [.failures, .retry_in_s]' "$BATS_TEST_TMPDIR/out"
	[ "${lines[0]}" = '[1,0.2]' ]
	[ "${lines[1]}" = '[2,0.4]' ]
	[ "${lines[2]}" = '[3,1]' ]
	[ "${lines[3]}" = '[4,1]' ]
	# Said when it began, and not again.
	[ "$(wc -l <"$BATS_TEST_TMPDIR/out.err")" = 3 ]
}

@test "a rate-limited kit waits, and is no failing kit" {
	sim --fault rate-limited
	run -1 --separate-stderr wd-poll --once --url "$sim_url" --id busy
	jq -se 'map(select(.type == "reply")) | length == 3
		and all(.error == "rate_limited" and .http_status == 429 and .failures == 0 and .retry_in_s == 60)' \
		<<<"$output"
}

@test "a kit's clock that is off is one steady offset; five seconds are let pass" {
	sim --clock-skew -3600
	start "$BATS_TEST_TMPDIR/out" wd-poll --url "$sim_url" --id late --poll-interval 0.1 --rate-limit 0
	wait_for 10 at_least 40 replies late drones "$BATS_TEST_TMPDIR/out"
	stop_started
	run -0 jq -s 'map(select(.type == "reply") | .clock_offset_s) | unique | length, .[0]' \
		"$BATS_TEST_TMPDIR/out"
	[ "${lines[0]}" = 1 ]
	((lines[1] >= -3601 && lines[1] <= -3599))
	sim --clock-skew 3
	run -0 wd-poll --once --url "$sim_url"
	jq -se 'all(has("clock_offset_s") | not)' <<<"$output"
}

@test "kits whose name nobody configured: /status tells; two of one name are not polled as one" {
	sim
	kits 'kits:' "- api_url: $sim_url" "- api_url: $sim_url/kit-1"
	start "$BATS_TEST_TMPDIR/out" wd-poll -c "$kits" --poll-interval 0.5 --rate-limit 0
	wait_for 5 grep -q 'tells the id of another' "$BATS_TEST_TMPDIR/out.err"
	id=$(curl -s "$sim_url/status" | jq -r .uid)
	wait_for 5 at_least 3 replies "$id" drones "$BATS_TEST_TMPDIR/out"
	[ "$(grep -c '^{"type":"kit"' "$BATS_TEST_TMPDIR/out")" = 1 ]
	# A name that is configured wins over one that was told.
	kits 'kits:' "- api_url: $sim_url" "- {id: $id, api_url: http://127.0.0.1:1}"
	kill -HUP "$started"
	wait_for 5 grep -q "\"kit_id\":\"$id\".*\"error\":\"connect\"" "$BATS_TEST_TMPDIR/out"
	wait_for 5 at_least 2 grep -c 'tells the id of another' "$BATS_TEST_TMPDIR/out.err"
	[ "$(grep -c 'tells the id of another' "$BATS_TEST_TMPDIR/out.err")" = 2 ]
	[ "$(jq -r 'select(.type == "reply").endpoint' "$BATS_TEST_TMPDIR/out" | head -n 1)" = status ]
}

@test "SIGHUP: kits come, go and change; the others do not notice; a broken file changes nothing" {
	sim --kits 4
	kit_line() {
		echo "- {id: $1, api_url: \"$sim_url/kit-$2\", poll_interval: 0.6, rate_limit: 0 $3}"
	}
	kits 'kits:' "$(kit_line same 1)" "$(kit_line goes 2)" "$(kit_line changes 3)"
	start "$BATS_TEST_TMPDIR/out" wd-poll -c "$kits"
	wait_for 5 at_least 2 replies changes drones "$BATS_TEST_TMPDIR/out"
	kits 'kits:' "$(kit_line same 1)" "$(kit_line changes 3 ', name: New')" "$(kit_line comes 4)"
	kill -HUP "$started"
	wait_for 5 at_least 2 replies comes drones "$BATS_TEST_TMPDIR/out"
	wait_for 5 grep -q 'kits loaded anew kits=3' "$BATS_TEST_TMPDIR/out.err"
	[ "$(grep '^{"type":"kit","kit_id":"changes"' "$BATS_TEST_TMPDIR/out" | tail -n 1 | jq -r .name)" = New ]
	sed -n '/"kit_id":"comes"/,$p' "$BATS_TEST_TMPDIR/out" >"$BATS_TEST_TMPDIR/after"
	[ "$(replies goes drones "$BATS_TEST_TMPDIR/after")" = 0 ]
	# It says goodbye, so that nobody waits for it; who only changed does not.
	[ "$(grep '^{"type":"kit"' "$BATS_TEST_TMPDIR/out" | jq -r 'select(.enabled | not).kit_id')" = goes ]

	kits 'kits: ['
	kill -HUP "$started"
	wait_for 5 grep -q 'the kits stay as they were' "$BATS_TEST_TMPDIR/out.err"
	seen=$(replies comes drones "$BATS_TEST_TMPDIR/out")
	wait_for 5 at_least $((seen + 2)) replies comes drones "$BATS_TEST_TMPDIR/out"

	stop_started

	# The one that stayed was asked in its slots all the while (a busy machine may be late for some).
	jq -se 'map(select(.kit_id == "same" and .endpoint == "drones")
			| (.time[17:26] | tonumber) - .elapsed_ms / 1000)
		| [.[:-1], .[1:]] | transpose | map(.[1] - .[0] | if . < 0 then . + 60 else . end)
		| (map(select(. > 0.3 and . < 0.9)) | length) > 0.7 * length' "$BATS_TEST_TMPDIR/out"
}

@test "a SIGHUP before anything else is open does no harm" {
	sim
	for _ in 1 2 3 4 5 6 7 8; do
		start "$BATS_TEST_TMPDIR/hup" wd-poll --url "$sim_url" --id a
		# Until the program is loaded, nothing of it can catch a signal; what the shell catches is its own.
		wait_for 5 grep -qx wd-poll "/proc/$started/comm"
		wait_for 5 grep -q '^SigCgt:.*[13579bdf]$' "/proc/$started/status"
		kill -HUP "$started"
		wait_for 5 at_least 1 replies a status "$BATS_TEST_TMPDIR/hup"
		kill "$started"
		wait "$started"
	done
}

@test "no more descriptors: requests fail, wd-poll does not" {
	sim
	run -1 bash -c 'ulimit -n 8; exec wd-poll --once --url "$1" --id a 2>"$2"' _ "$sim_url" \
		"$BATS_TEST_TMPDIR/err"
	grep -q 'too few descriptors' "$BATS_TEST_TMPDIR/err"
	jq -se 'map(select(.type == "reply")) | length == 3' <<<"$output"
}

@test "a name server that says nothing holds up neither other kits nor the end" {
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
	# Long before the name server would have said something.
	wait_for 1 at_least 3 replies away drones "$BATS_TEST_TMPDIR/out"
	ends_within 1 "$started"
}
