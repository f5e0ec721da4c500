#!/usr/bin/env bats
# wd-poll: kits.yaml, options, and what --check prints.

load lib

# kits TEXT…: writes the file $kits.
kits() {
	kits=$BATS_TEST_TMPDIR/kits.yaml
	printf '%s\n' "$@" >"$kits"
}

@test "an address without http:// is refused with one that has it" {
	run -64 wd-poll --once --url 10.0.0.7:8088
	[[ $output == *"not a URL like http://"*" url="*" expected=http://HOST:PORT" ]]
}

@test "the example configuration is valid, also with everything that is commented out" {
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
		sed -nE 's/^\t\{"([a-z_]+)", KIND_.*/\1/p' "$ROOT/common/kits/kits_yaml.c" | sort
	}
	manual() {
		sed -nE 's/^\.It Ic //p' "$ROOT/man/wd-kits.5" | tr -d ' ' | tr , '\n' | sort
	}
	[ -n "$(keys)" ]
	diff <(keys) <(manual)
}

# refused TEXT: kits.yaml is invalid (78), and the message has file and line.
refused() {
	run -78 --separate-stderr wd-poll -c "$kits" --check
	[[ "$stderr" == *"wd-poll: $kits:"$1* ]] || {
		echo "said: $stderr"
		false
	}
}

@test "the name of a file cannot forge a message or control a terminal" {
	cd "$BATS_TEST_TMPDIR"
	printf 'kits: [' >$'a\n\e[31m'
	run -78 --separate-stderr wd-poll --check -c $'a\n\e[31m'
	[[ "$stderr" == 'wd-poll: "a\n\x1b[31m":2: invalid YAML '* ]]
	[ "${#stderr_lines[@]}" = 1 ]
}

@test "errors in kits.yaml are reported with file and line" {
	kits 'kits:' '- id: a' '  api_url: http://127.0.0.1:1' '- id: a' '  api_url: http://127.0.0.1:2'
	refused "4: duplicate id kit=a first=$kits:2 hint="
	kits 'kits:' '- {id: a, api_url: "http://127.0.0.1:1"}' '- {id: b, api_url: "http://127.0.0.1:1/"}'
	refused "3: duplicate URL kit=b first=$kits:2 hint="
	kits 'kits:' '- id: a' '  api_url: [http://127.0.0.1:1' '- b'
	refused '5: invalid YAML reason='
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
	refused '3: invalid header key="X Y"'
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
	refused '3: duplicate key key=id'
	kits 'kits:' '- {id: a, api_url: "http://127.0.0.1:1"}' '---' 'kits: []'
	refused '4: a second document'
	kits 'kits:' '- {id: a, api_url: "http://127.0.0.1:1"}' '---' '{'
	refused '5: invalid YAML reason='
	kits 'kits:' '- just text'
	refused '2: expected keys and values key=kits'
	kits 'kits: []'
	run -78 wd-poll -c "$kits"
	[[ $output == "wd-poll: no kits file=$kits hint="* ]]
	run -78 wd-poll -c "$BATS_TEST_TMPDIR/nowhere.yaml"
	[[ "$output" == "wd-poll: cannot open file="*"No such file or directory"* ]]
}

@test "unknown keys and kits without an api_url are skipped with a warning" {
	kits 'kits:' '- id: a' '  api_url: http://127.0.0.1:1' '  colour: red' '- id: b' 'color: blue'
	run -0 --separate-stderr wd-poll -c "$kits" --check
	[ "${stderr_lines[0]}" = "wd-poll: $kits:4: unknown key key=colour" ]
	[ "${stderr_lines[1]}" = "wd-poll: $kits:5: kit without an api_url skipped key=b" ]
	[ "${stderr_lines[2]}" = "wd-poll: $kits:6: unknown key key=color" ]
	[ "${lines[1]}" = "1 kits, 1 enabled" ]
}

@test "--check prints what would be polled: options override kits.yaml, which overrides the environment" {
	kits 'kits:' '- id: a' '  api_url: http://127.0.0.1:1/' '- id: b' '  api_url: http://127.0.0.1:2' \
		'  poll_interval: 10' '  status_interval: 1m' '  timeout: 20' '  tags: [x, y z]' \
		'- {id: c, enabled: no, api_url: "http://127.0.0.1:3"}' '- {api_url: "http://127.0.0.1:4"}'
	run -0 wd-poll -c "$kits" --check
	[ "${lines[0]}" = "a http://127.0.0.1:1 every 5s, status every 30s, timeout 10s, 26.02 requests a minute of 100" ]
	[ "${lines[1]}" = 'b http://127.0.0.1:2 every 10s, status every 60s, timeout 20s, 13.02 requests a minute of 100, tags x,"y z"' ]
	[ "${lines[2]}" = "c http://127.0.0.1:3 disabled" ]
	[[ "${lines[3]}" == '"(id from /status)" http://127.0.0.1:4 every 5s'* ]]
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

@test "a rate above the kit's limit is refused with the calculation" {
	kits 'kits:' '- id: a' '  api_url: http://127.0.0.1:1' '  poll_interval: 1'
	refused '2: 60/1 + 60/1 + 60/30 + 60/3600 = 122 requests a minute, more than 90% of 100 kit=a'
	run -0 wd-poll -c "$kits" --check --rate-limit 136
	run -78 wd-poll -c "$kits" --check --rate-limit 135
	run -0 wd-poll -c "$kits" --check --rate-limit 0
	run -0 wd-poll -c "$kits" --check --poll-interval 5
}

@test "--kit and --tag select kits; each kit belongs to one shard" {
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
	[ "$output" = 'wd-poll: no kit has this id kit=d hint="list it in kits.yaml, or check its spelling there"' ]
	run -78 wd-poll -c "$kits" --check --tag z
	run -64 wd-poll -c "$kits" --check --shard 4/3
	[[ "${lines[0]}" == "wd-poll: not a shard I/N argument=4/3" ]]
}

@test "invalid command lines have status 64" {
	run -64 wd-poll
	[[ "${lines[0]}" == "wd-poll: nothing to poll: give --config FILE or --url URL" ]]
	run -64 wd-poll --url http://127.0.0.1:1 -c x
	run -64 wd-poll --id a -c x
	run -64 wd-poll --url http://127.0.0.1:1 --id ''
	run -64 wd-poll --url http://127.0.0.1:1 operand
	run -64 wd-poll --url http://127.0.0.1:1 --initial-backoff 10 --max-backoff 5
	run -64 wd-poll --url http://127.0.0.1:1 --max-retries -1
	run -64 wd-poll --url file:///etc/passwd
	[[ $output == "wd-poll: neither an http nor an https URL url="*" expected=http://HOST:PORT" ]]
}

@test "--check=json prints one object per kit and a summary" {
	kits 'kits:' '- {id: a, api_url: "http://127.0.0.1:1/"}' '- {api_url: "http://127.0.0.1:2", enabled: no, rate_limit: 0}'
	run -0 wd-poll -c "$kits" --check=json
	jq -se '.[0] == {type: "kit", id: "a", address: "127.0.0.1:1", api_url: "http://127.0.0.1:1",
			enabled: true, poll_interval_s: 5, status_interval_s: 30, timeout_s: 10,
			requests_per_minute: (24 + 2 + 60 / 3600), rate_limit: 100}
		and (.[1] | has("id") | not) and .[1].enabled == false and .[1].rate_limit == 0
		and .[2] == {type: "summary", kits: 2, enabled: 1} and length == 3' <<<"$output"
	run -64 wd-poll -c "$kits" --check=xml
	[[ ${lines[0]} == "wd-poll: unknown format of --check argument=xml" ]]
}

@test "a folder: its *.yaml are read by name, earlier files override it, and it may be empty" {
	cd "$BATS_TEST_TMPDIR"
	mkdir folder
	kits 'kits: []'
	run -0 --separate-stderr wd-poll -c "$kits" -c folder --check
	[ "$output" = "0 kits, 0 enabled" ]
	kits 'kits:' '- {id: a, name: ours, api_url: "http://127.0.0.1:1"}' '- {api_url: "http://127.0.0.1:2"}'
	# The kit at :2 has no id in the first file: the table of kits has the one that it reported.
	printf '%s\n' 'kits:' '- {id: z, api_url: "http://127.0.0.1:9"}' >folder/2.yaml
	printf '%s\n' 'kits:' '- {id: a, api_url: "http://127.0.0.1:1/"}' \
		'- {id: reported, api_url: "http://127.0.0.1:2"}' '- {id: b, api_url: "http://127.0.0.1:3"}' \
		>folder/1.yaml
	echo 'kits: [' | tee folder/.new.yaml folder/notes.txt >folder/1.yaml.orig
	mkfifo folder/fifo.yaml
	run -0 --separate-stderr wd-poll -c "$kits" -c folder/ --check
	[ "$(cut -d' ' -f1-2 <<<"$output")" = "$(printf '%s\n' 'a http://127.0.0.1:1' '"(id from' \
		'b http://127.0.0.1:3' 'z http://127.0.0.1:9' '4 kits,')" ]
	[ "$stderr" = 'wd-poll: not a regular file: skipped file=folder//fifo.yaml' ]
	rm folder/fifo.yaml
	printf '%s\n' 'kits:' '- {id: b, api_url: "http://127.0.0.1:3"}' >folder/1.yaml
	printf '%s\n' 'kits:' '- {id: a, api_url: "http://127.0.0.1:4"}' >folder/3.yaml
	run -0 --separate-stderr wd-poll -c "$kits" -c folder --check
	[[ $stderr == *'another URL by an earlier --config: skipped kit=a file=folder/3.yaml' ]]
	# Within the folder, and in each of its files, the rules of kits.yaml hold.
	printf '%s\n' 'kits:' '- {id: b, api_url: "http://127.0.0.1:5"}' >folder/4.yaml
	run -78 wd-poll -c folder --check
	[[ $output == 'wd-poll: folder/4.yaml:2: duplicate id kit=b first=folder/1.yaml:2 '* ]]
	echo 'kits: [' >folder/4.yaml
	run -78 wd-poll -c folder --check
	[[ $output == 'wd-poll: folder/4.yaml:2: invalid YAML '* ]]
}

@test "--config replaces KITS_CONFIG; given twice, both files are read" {
	cd "$BATS_TEST_TMPDIR"
	printf '%s\n' 'kits:' '- {id: a, api_url: "http://127.0.0.1:1"}' >a.yaml
	printf '%s\n' 'kits:' '- {id: b, api_url: "http://127.0.0.1:2"}' >b.yaml
	export KITS_CONFIG=nowhere.yaml
	run -0 wd-poll -c a.yaml -c b.yaml --check
	[ "${lines[2]}" = "2 kits, 2 enabled" ]
}

@test "secrets are read from regular files only, without waiting" {
	kits 'kits:' '- {id: a, api_url: "http://127.0.0.1:1"}' '- id: b' '  bearer_token_file: token'
	mkfifo "$BATS_TEST_TMPDIR/token"
	run -78 --separate-stderr timeout 120 wd-poll -c "$kits" --check
	[[ $stderr == "wd-poll: $kits:4: cannot use a file key=bearer_token_file file=$BATS_TEST_TMPDIR/token reason=\"not a regular file\" hint=\"it must exist and be readable for the user of this process\"" ]]
	rm "$BATS_TEST_TMPDIR/token"
	ln -s /dev/zero "$BATS_TEST_TMPDIR/token"
	refused '4: cannot use a file key=bearer_token_file'
}

@test "nesting in kits.yaml is limited: a hostile file takes no time" {
	python3 -c 'print("kits: " + "[" * 100000)' >"$BATS_TEST_TMPDIR/kits.yaml"
	kits=$BATS_TEST_TMPDIR/kits.yaml
	# libyaml alone takes a minute.
	run -78 timeout 20 wd-poll -c "$kits" --check
	[ "$output" = "wd-poll: $kits:1: lists and mappings nested too deeply max=64" ]
	python3 -c 'print("kits: " + "[" * 63 + "]" * 63)' >"$kits"
	refused '1: expected keys and values key=kits'
}

@test "out of memory is status 71, not an error of the configuration" {
	! grep -q __asan_init "$BIN/wd-poll" || skip "sanitizers need more address space than the limit allows"
	kits=$BATS_TEST_TMPDIR/kits.yaml
	{
		echo '- {id: a, api_url: "http://127.0.0.1:1"}'
		head -c 60000000 /dev/zero | tr '\0' '#'
	} >"$kits"
	run -71 bash -c 'ulimit -v 80000; exec wd-poll --check -c "$1"' _ "$kits"
	[ "$output" = "wd-poll: out of memory file=$kits" ]
}

@test "kits with source: mqtt are not polled and need no api_url" {
	kits 'kits:' '- {id: a, source: mqtt, mqtt_id: wardragon-1}' '- {id: b, source: both, api_url: "http://127.0.0.1:1"}' \
		'- {id: c, source: mqtt}'
	run -0 wd-poll -c "$kits" --check
	[[ $output != *a* || ${lines[0]} == b* ]]
	[[ $output == *'1 kits, 1 enabled' ]]
	kits 'kits:' '- {id: a, source: mqtt}'
	run -78 wd-poll -c "$kits" --check
	[ "$output" = 'wd-poll: no kit to poll: all have source: mqtt hint="wd-mqtt receives them"' ]
	kits 'kits:' '- {source: mqtt}'
	refused '2: a kit that publishes needs an id key=id'
	kits 'kits:' '- {id: a, source: pigeon}'
	refused '2: expected http, mqtt or both key=source'
}

@test "the kit line has the kit's source" {
	kits 'kits:' '- {id: b, source: both, api_url: "http://127.0.0.1:1"}' '- {id: c, api_url: "http://127.0.0.1:2"}'
	wd-poll -q -c "$kits" --once >"$BATS_TEST_TMPDIR/lines" || [ $? = 1 ]
	[ "$(jq -r 'select(.type == "kit") | "\(.kit_id) \(.source)"' "$BATS_TEST_TMPDIR/lines")" = $'b both\nc http' ]
}

@test "--kit with a kit that is received by MQTT, and an option that contradicts kits.yaml: the cause is named" {
	cd "$BATS_TEST_TMPDIR"
	printf 'kits: [{id: a, api_url: "http://127.0.0.1:1"}, {id: b, source: mqtt}]\n' >kits.yaml
	run -78 wd-poll -c kits.yaml --kit b
	[ "$output" = 'wd-poll: the kit is not polled: it has source: mqtt kit=b hint="wd-mqtt receives it"' ]
	run -78 wd-poll -c kits.yaml --tag north
	[[ $output == *'no kit has the tag tag=north'* ]]
	printf 'kits: [{id: a, api_url: "http://127.0.0.1:1", retry_policy: {base_delay: 10, max_delay: 600}}]\n' >kits.yaml
	run -78 wd-poll --check -c kits.yaml --max-backoff 8
	[[ $output == *'the longest pause (max_delay, --max-backoff) is shorter than the first (base_delay, --initial-backoff)'* ]]
}
