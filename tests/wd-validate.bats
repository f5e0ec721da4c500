# wd-validate: what is wrong, and what to do about it, before it is started.
load lib
load postgresql

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_started
}

# kits ID URL…: writes kits.yaml.
kits() {
	echo 'kits:' >kits.yaml
	while [ $# -gt 0 ]; do
		printf '  - id: %s\n    api_url: %s\n' "$1" "$2" >>kits.yaml
		shift 2
	done
}

# kit_says STATUS-DOCUMENT [SIGNALS-STATUS-LINE [HEADER]]: a kit at $sim_url whose /status is that.
kit_says() {
	mkdir -p replies
	{
		printf 'HTTP/1.0 200 OK\r\n%bContent-Type: application/json\r\n\r\n' "${3-$(date -u +'Date: %a, %d %b %Y %T GMT\\r\\n')}"
		printf '%s' "$1"
	} >replies/poll00-status.http
	printf 'HTTP/1.0 200 OK\r\n%b\r\n{"drones":[]}' "${3-}" >replies/poll00-drones.http
	printf 'HTTP/1.0 %s\r\n%b\r\n{"signals":[]}' "${2:-200 OK}" "${3-}" >replies/poll00-signals.http
	sim --replay replies
	kits k "$sim_url"
}

# has LINE-PATTERN: whether the output of the last run has such a line.
has() {
	grep -qE "$1" <<<"$output" || {
		echo "no line like: $1"
		echo "$output"
		return 1
	}
}

@test "all is well: a line a check, the verdict, 0" {
	sim --kits 2
	kits one "$sim_url/kit-1" two "$sim_url/kit-2"
	run -0 --separate-stderr wd-validate kits.yaml sqlite:here.db
	has '^ok       program wd-poll: [0-9.]+ in /'
	has '^ok       library libcurl: [0-9.]+$'
	has '^ok       configuration kits.yaml: 2 kits, 2 enabled$'
	has '^ok       request budget: at most 26 of 100 requests a minute and kit$'
	for id in one two; do
		has "^ok       kit $id: answers /(drones|signals|status) in [0-9]+ ms, .*, .* ms\$"
		has "^ok       kit $id: its clock is right to within 5 s\$"
		has "^ok       kit $id: knows its position\$"
	done
	has '^ok       kit two: calls itself wardragon-SIM1-0002$'
	has '^ok       database sqlite:here.db: does not exist; wd-store will make it$'
	[[ ${lines[-1]} =~ ^"verdict  ok (ok: "[0-9]+", warnings: 0, failed: 0)"$ ]]
	[ ! -e here.db ]
	[ -z "$stderr" ]
}

@test "operands, environment and defaults say what is looked at" {
	sim
	kits k "$sim_url"
	run -0 wd-validate
	has ' configuration kits.yaml:'
	has ' database sqlite:wardragon.db:'
	mv kits.yaml other.yaml
	KITS_CONFIG=other.yaml DATABASE_URL=sqlite:e.db run -0 wd-validate
	has ' configuration other.yaml:'
	has ' database sqlite:e.db:'
	run -64 wd-validate a b c
	[[ $output == *"operand=c"* ]]
	run -64 wd-validate --timeout 0
	run -64 wd-validate --spool
}

@test "--json says the same, a JSON object a line" {
	sim
	kits k "$sim_url" gone http://127.0.0.1:1
	run -1 --separate-stderr wd-validate
	has '^FAILED   kit gone: connect: .*; is the kit on, .*systemctl status dragonsync$'
	jq -cR 'split(":")[0]' <<<"$output" | wc -l >plain
	run -1 --separate-stderr wd-validate --json
	jq -c . <<<"$output" | wc -l | diff - plain
	jq -se '[.[] | select(.result == "FAILED")] | length == 1 and .[0].subject == "kit gone"' <<<"$output"
	jq -se '.[-1] | .verdict == "FAILED" and .failed == 1' <<<"$output"
}

@test "-q leaves out what is ok; -v shows what the tools say" {
	kits gone http://127.0.0.1:1
	run -1 --separate-stderr wd-validate -q --timeout 1
	[ "${#lines[@]}" = 2 ]
	[[ ${lines[0]} == "FAILED   kit gone: "* ]]
	run -1 --separate-stderr wd-validate --verbose
	[[ $stderr == *"wd-poll: poll failed kit=gone"* ]]
}

@test "a kits.yaml that is wrong or missing" {
	run -1 wd-validate
	has '^FAILED   configuration kits.yaml: cannot open file=kits.yaml reason="No such file'
	printf 'kits:\n- id: a\n  api_url: http://127.0.0.1:1\n  colour: red\n' >kits.yaml
	run -1 wd-validate
	has '^warning  configuration kits.yaml: kits.yaml:4: unknown key key=colour'
	printf 'kits:\n- id: a\n  api_url: http://127.0.0.1:1\n  poll_interval: 0.5\n' >kits.yaml
	run -1 wd-validate
	has '^FAILED   configuration kits.yaml: .*requests'
}

@test "a kit's clock, position and name" {
	sim --clock-skew 90
	kits k "$sim_url"
	run -0 wd-validate
	has '^warning  kit k: its clock is (8[0-9]|9[01])(\.[0-9])? s ahead, which is put right; on the kit: timedatectl'
	stop_started
	kit_says '{"uid":"wardragon-unknown","gps_fix":false}'
	run -0 wd-validate
	has '^warning  kit k: has no GPS fix; '
	has '^warning  kit k: does not say who it is; '
	stop_started
	kit_says '{"uid":"w","lat":0,"lon":0}' '' ''
	run -0 wd-validate
	has '^warning  kit k: does not know its position; '
	has '^warning  kit k: sends no Date: '
}

@test "one kit under two names; an endpoint that is switched off" {
	sim
	kits a "$sim_url" b "$sim_url/kit-1"
	run -0 wd-validate
	has '^warning  kit a: calls itself wardragon-[^ ]*, and so does another kit; '
	stop_started
	kit_says '{"uid":"w","lat":1,"lon":1}' '404 Not Found'
	run -0 wd-validate
	has '^warning  kit k /signals: http: HTTP 404; it may be switched off on the kit$'
	has '^ok       kit k: answers /'
}

@test "what a kit says does nothing to a terminal, nor to JSON" {
	kit_says '{"uid":"w\u001b[2J\u202e\"\\\n","lat":1,"lon":1}'
	run -0 wd-validate
	has '^ok       kit k: calls itself w\?\[2J\?"\\\?$'
	run -1 grep -P '[^ -~]' <<<"$output"
	stop_started
	sim --replay replies
	kits k "$sim_url"
	run -0 wd-validate --json
	jq -se 'any(.message == "calls itself w?[2J?\"\\?")' <<<"$output"
}

@test "a library's release with a known fault, and a program that is missing" {
	sim
	kits k "$sim_url"
	mkdir fake
	printf '#!/bin/sh\necho "wd-poll (wd-tools) 0.1.0"; echo with libcurl/8.9.0\n' >fake/wd-poll
	chmod +x fake/wd-poll
	PATH=$PWD/fake:$PATH run -1 wd-validate
	has '^FAILED   library libcurl: 8.9.0 crashes in .*; install a later release$'
	mkdir without
	find /usr/bin /bin -maxdepth 1 ! -name jq -exec ln -sf -t without {} +
	PATH=$PWD/without:$BIN:$ROOT/scripts run -1 wd-validate
	has '^FAILED   program jq: not installed'
}

@test "PostgreSQL: away, empty, ready, without rights; its password is not shown" {
	sim
	kits k "$sim_url"
	run -1 wd-validate kits.yaml postgresql://127.0.0.1:1/x
	has '^FAILED   database postgresql://127.0.0.1:1/x: the database is away reason='
	pg_database validate
	run -1 wd-validate kits.yaml "$pg_url"
	has '^FAILED   database .*hint="wd-store --migrate"'
	wd-store -q --migrate "$pg_url"
	run -0 wd-validate kits.yaml "postgresql+psycopg2://wardragon:s%65cret@/validate?host=$PG_DIR"
	has '^ok       database postgresql://wardragon@/validate.*: a row and back in [0-9.]+ ms$'
	has '^ok       database .*: PostgreSQL [0-9.]+ without TimescaleDB'
	[[ $output != *cret* ]]
	[ "$(pg_value validate "SELECT count(*) FROM drones")" = 0 ]
	psql -qd validate -c 'CREATE ROLE onlooker LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO onlooker'
	run -1 wd-validate kits.yaml "postgresql://onlooker@/validate?host=$PG_DIR"
	has '^FAILED   database .*does not let this user store table=.* wd_writer'
	psql -qd validate -c 'ALTER DATABASE validate SET default_transaction_read_only = on'
	run -1 wd-validate kits.yaml "$pg_url"
	has '^FAILED   database .*: a row cannot be stored: cannot execute INSERT in a read-only transaction; '
}

@test "a kit whose address the database knows under another id" {
	sim --kits 1
	kits new "$sim_url/kit-1"
	wd-store -q sqlite:t.db <<<"{\"type\":\"kit\",\"kit_id\":\"old\",\"api_url\":\"$sim_url/kit-1\"}"
	run -0 wd-validate kits.yaml sqlite:t.db
	has '^warning  kit new: the database knows its address as kit old; id: old in kits.yaml keeps one history; else .*'
	kits old "$sim_url/kit-1"
	run -0 wd-validate kits.yaml sqlite:t.db
	! has 'knows its address'
}

@test "SQLite: not a database; a folder that is not there" {
	sim
	kits k "$sim_url"
	yes garbage | head -c 9000 >bad.db || true
	run -1 wd-validate kits.yaml sqlite:bad.db
	has '^FAILED   database sqlite:bad.db: not a sound database'
	run -1 wd-validate kits.yaml sqlite:nowhere/x.db
	has '^FAILED   database sqlite:nowhere/x.db: .*; mkdir -p nowhere$'
	wd-store -q --migrate sqlite:good.db
	run -0 wd-validate kits.yaml sqlite:good.db
	has '^ok       database sqlite:good.db: can be stored into$'
}

@test "what cannot be written is status 74, not a good verdict" {
	sim
	kits k "$sim_url"
	for options in '' --json -q; do
		# shellcheck disable=SC2016
		run -74 bash -c 'wd-validate $1 >/dev/full' validate "$options"
		[[ $output == *'wd-validate: cannot write file=stdout' ]]
	done
}

@test "--spool: space, what waits, what was set aside" {
	sim
	kits k "$sim_url"
	mkdir -p spool/new spool/bad
	run -0 wd-validate --spool spool
	has '^ok       spool spool: nothing has waited for long$'
	has '^ok       spool spool: [0-9]+ GiB are free on its disk$'
	touch -d '10 minutes ago' spool/new/1700000000000000-12345678
	touch spool/bad/1700000000000000-12345678
	run -0 wd-validate --spool=spool
	has '^warning  spool spool: 1 segments have waited for more than 5 minutes; is wd-drain running'
	has '^warning  spool spool: 1 segments could not be stored; look into spool/bad'
}

@test "it works where it is installed, too" {
	sim
	kits k "$sim_url"
	make -s -C "$ROOT" BUILD="$(dirname "$BIN")" DESTDIR="$PWD/root" PREFIX=/usr install
	PATH=$PWD/root/usr/bin:/usr/bin:/bin run -0 wd-validate
	has "^ok       program wd-poll: [0-9.]+ in $PWD/root/usr/bin\$"
	has '^ok       kit k: knows its position$'
}
