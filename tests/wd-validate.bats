# wd-validate: each check, with its result and its remedy.
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

# has PATTERN: whether a line of the last output matches.
has() {
	grep -qE "$1" <<<"$output" || {
		echo "no line like: $1"
		echo "$output"
		return 1
	}
}

@test "nothing wrong: one line per check, the verdict, status 0" {
	sim --kits 2
	kits one "$sim_url/kit-1" two "$sim_url/kit-2"
	run -0 --separate-stderr wd-validate kits.yaml sqlite:here.db
	has '^ok       program wd-poll: [0-9.]+ in /'
	has '^ok       library libcurl: [0-9.]+$'
	has '^ok       configuration kits.yaml: 2 kits, 2 enabled$'
	has '^ok       request budget: at most 26.02 of 100 requests per minute and kit$'
	for id in one two; do
		has "^ok       kit $id: answers /(drones|signals|status) in [0-9]+ ms, .*, .* ms\$"
		has "^ok       kit $id: clock is right to within 5 s\$"
		has "^ok       kit $id: reports its position\$"
	done
	has '^ok       kit two: reports the id wardragon-SIM1-0002$'
	has '^ok       database sqlite:here.db: does not exist yet: wd-store will create it$'
	[[ ${lines[-1]} =~ ^"verdict  ok (ok: "[0-9]+", warnings: 0, failed: 0)"$ ]]
	[ ! -e here.db ]
	[ -z "$stderr" ]
}

@test "the operands, else the environment, else the defaults are checked" {
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
	[[ $output == *"unexpected argument argument=c"* ]]
	run -0 wd-validate -c other.yaml sqlite:e.db
	has ' configuration other.yaml:'
	has ' database sqlite:e.db:'
	run -64 wd-validate -c other.yaml sqlite:e.db more
	[[ ${lines[0]} == "wd-validate: unexpected argument argument=more" ]]
	run -64 wd-validate --timeout 0
	[[ ${lines[0]} == 'wd-validate: invalid value --timeout=0 expected="a number from 1 to 300"' ]]
	run -64 wd-validate --spool
}

@test "--json prints the same results, one JSON object per line" {
	sim
	kits k "$sim_url" gone http://127.0.0.1:1
	run -1 --separate-stderr wd-validate
	has '^FAILED   kit gone: connect: .*; is the kit switched on.*systemctl status dragonsync$'
	jq -cR 'split(":")[0]' <<<"$output" | wc -l >plain
	run -1 --separate-stderr wd-validate --json
	jq -c . <<<"$output" | wc -l | diff - plain
	jq -se '[.[] | select(.result == "FAILED")] | length == 1 and .[0].subject == "kit gone"' <<<"$output"
	jq -se '.[-1] | .verdict == "FAILED" and .failed == 1' <<<"$output"
}

@test "-q omits what is ok; -v shows the log of the tools" {
	kits gone http://127.0.0.1:1
	run -1 --separate-stderr wd-validate -q --timeout 1
	[ "${#lines[@]}" = 2 ]
	[[ ${lines[0]} == "FAILED   kit gone: "* ]]
	run -1 --separate-stderr wd-validate --verbose
	[[ $stderr == *"wd-poll: poll failed kit=gone"* ]]
}

@test "a wrong or missing kits.yaml" {
	run -1 wd-validate
	has '^FAILED   configuration kits.yaml: cannot open file=kits.yaml reason="No such file'
	printf 'kits:\n- id: a\n  api_url: http://127.0.0.1:1\n  colour: red\n' >kits.yaml
	run -1 wd-validate
	has '^warning  configuration kits.yaml: kits.yaml:4: unknown key key=colour'
	printf 'kits:\n- id: a\n  api_url: http://127.0.0.1:1\n  poll_interval: 0.5\n' >kits.yaml
	run -1 wd-validate
	has '^FAILED   configuration kits.yaml: .*requests'
}

@test "a kit's clock, position and id" {
	sim --clock-skew 90
	kits k "$sim_url"
	# The simulated kit has a GPS fix.
	run -0 wd-validate
	has '^warning  kit k: differs from the clock of this machine by (8[0-9]|9[01]) s, as all kits do: this machine is wrong.*; here: timedatectl'
	stop_started
	sim --clock-skew 90
	skew_url=$sim_url
	kit_says '{"uid":"wardragon-1","gps_fix":true}'
	kits k "$skew_url" right "$sim_url"
	run -0 wd-validate
	has '^warning  kit k: clock is (8[0-9]|9[01])(\.[0-9])? s ahead: wd-poll corrects it; on the kit: timedatectl'
	stop_started
	kit_says '{"uid":"wardragon-unknown","gps_fix":false}'
	run -0 wd-validate
	has '^warning  kit k: has no GPS fix; '
	has '^warning  kit k: reports no id of its own: its data are stored under its address; '
	stop_started
	kit_says '{"uid":"w","lat":0,"lon":0}' '' ''
	run -0 wd-validate
	has '^warning  kit k: reports no position; '
	has '^warning  kit k: sends no Date header: '
}

@test "one kit under two ids; a disabled endpoint" {
	sim
	kits a "$sim_url" b "$sim_url/kit-1"
	run -0 wd-validate
	has '^warning  kit a: reports the id wardragon-[^ ]*, like another kit; '
	stop_started
	kit_says '{"uid":"w","lat":1,"lon":1}' '404 Not Found'
	run -0 wd-validate
	has '^warning  kit k /signals: http: HTTP 404; the endpoint may be disabled on the kit$'
	has '^ok       kit k: answers /'
}

@test "a wd-poll that dies is a failure, not silence" {
	sim
	kits k "$sim_url"
	mkdir fake
	printf '#!/bin/sh\ncase "$*" in *--once*) echo "wd-poll: out of memory" >&2; exit 71 ;; esac\nexec "%s/wd-poll" "$@"\n' \
		"$BIN" >fake/wd-poll
	chmod +x fake/wd-poll
	PATH=$PWD/fake:$PATH run -1 wd-validate
	has '^FAILED   kits: wd-poll ended with status 71: out of memory; try: wd-poll --once -c kits.yaml$'
}

@test "text from a kit can affect neither a terminal nor JSON" {
	kit_says '{"uid":"w\u001b[2J\u202e\"\\\n","lat":1,"lon":1}'
	run -0 wd-validate
	has '^ok       kit k: reports the id w\?\[2J\?"\\\?$'
	run -1 grep -P '[^ -~]' <<<"$output"
	stop_started
	sim --replay replies
	kits k "$sim_url"
	run -0 wd-validate --json
	jq -se 'any(.message == "reports the id w?[2J?\"\\?")' <<<"$output"
}

@test "a library release with a known defect; a missing program" {
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

@test "PostgreSQL: unavailable, empty, ready, no privileges; its password is never printed" {
	sim
	kits k "$sim_url"
	run -1 wd-validate kits.yaml postgresql://127.0.0.1:1/x
	has '^FAILED   database postgresql://127.0.0.1:1/x: the database is unavailable reason='
	pg_database validate
	run -1 wd-validate kits.yaml "$pg_url"
	has '^FAILED   database .*hint="wd-store --migrate"'
	wd-store -q --migrate "$pg_url"
	run -0 wd-validate kits.yaml "postgresql+psycopg2://wardragon:s%65cret@/validate?host=$PG_DIR"
	has '^ok       database postgresql://wardragon@/validate.*: wrote a row and rolled it back in [0-9.]+ ms$'
	has '^ok       database .*: PostgreSQL [0-9.]+ without TimescaleDB'
	[[ $output != *cret* ]]
	[ "$(pg_value validate "SELECT count(*) FROM drones")" = 0 ]
	psql -qd validate -c 'CREATE ROLE onlooker LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO onlooker'
	run -1 wd-validate kits.yaml "postgresql://onlooker@/validate?host=$PG_DIR"
	has '^FAILED   database .*lacks a privilege that storing needs table=.* wd_writer'
	psql -qd validate -c 'ALTER DATABASE validate SET default_transaction_read_only = on'
	run -1 wd-validate kits.yaml "$pg_url"
	has '^FAILED   database .* reason="25006 cannot execute [A-Z ]+ in a read-only transaction"; '
}

@test "passwords of any driver and of the query string are moved to PGPASSWORD" {
	sim
	kits k "$sim_url"
	mkdir fake
	printf '#!/bin/sh\n[ "$1" = --version ] || printf "%%s|%%s|\\n" "$DATABASE_URL" "$PGPASSWORD" >>seen\necho "wd-store (wd-tools) 0.1.0"\n' >fake/wd-store
	printf '#!/bin/sh\nprintf "psql %%s|%%s|\\n" "$1" "$PGPASSWORD" >>seen\n' >fake/psql
	chmod +x fake/*
	PATH=$PWD/fake:$PATH
	while read -r url password bare; do
		rm -f seen
		run wd-validate kits.yaml "$url"
		[[ $output == *"ok       database $bare: ready"* ]]
		[[ $output != *s%65* && $output != *secret* ]]
		grep -qxF "$bare|$password|" seen
		grep -qxF "psql $bare|$password|" seen
	done <<-'X'
	postgresql+asyncpg://u:s%65cret@h/db secret postgresql://u@h/db
	postgres://h/db?user=u&password=s%65cret secret postgresql://h/db?user=u
	postgresql://h/db?password=s%65cret\n&user=u secret\n postgresql://h/db?user=u
	X
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

@test "SQLite: not a database; a missing folder" {
	sim
	kits k "$sim_url"
	yes garbage | head -c 9000 >bad.db || true
	run -1 wd-validate kits.yaml sqlite:bad.db
	has '^FAILED   database sqlite:bad.db: the database is damaged'
	run -1 wd-validate kits.yaml sqlite:nowhere/x.db
	has '^FAILED   database sqlite:nowhere/x.db: .*; mkdir -p nowhere$'
	wd-store -q --migrate sqlite:good.db
	run -0 wd-validate kits.yaml sqlite:good.db
	has '^ok       database sqlite:good.db: ready$'
}

@test "the database is the one that wd-store uses, however it is written" {
	sim
	kits k "$sim_url"
	wd-store -q --migrate sqlite:good.db
	for target in sqlite:///good.db ' "sqlite:good.db" ' sqlite+pysqlite:///good.db; do
		run -0 wd-validate kits.yaml "$target"
		has '^ok       database sqlite:good.db: ready$'
	done
	for target in sqlite: sqlite::memory:; do
		run -1 wd-validate kits.yaml "$target"
		has "^FAILED   database $target: .*expected=sqlite:FILE; see wd-store"
	done
	run -1 wd-validate kits.yaml sqlite://good.db
	has '^FAILED   database sqlite://good.db: not a database expected='
	run -1 wd-validate kits.yaml mysql://u:secret@h/d
	has '^FAILED   database .*: not a database expected='
	[[ $output != *secret* ]]
}

@test "output that cannot be written is status 74" {
	sim
	kits k "$sim_url"
	for options in '' --json -q; do
		# shellcheck disable=SC2016
		run -74 bash -c 'wd-validate $1 >/dev/full' validate "$options"
		[[ $output == *'wd-validate: cannot write file=stdout' ]]
	done
}

@test "--spool: space, waiting segments, bad segments" {
	sim
	kits k "$sim_url"
	mkdir -p spool/new spool/bad
	run -0 wd-validate --spool spool
	has '^ok       spool spool: no segment is older than 5 minutes$'
	has '^ok       spool spool: [0-9]+ GiB free on its disk$'
	touch spool/new/1700000000000000-12345678
	run -0 wd-validate --spool spool
	has '^warning  spool spool: segments wait and no wd-drain is running; systemctl start wd-drain$'
	exec {lock}<spool/new
	flock "$lock"
	run -0 wd-validate --spool spool
	has '^ok       spool spool: no segment is older than 5 minutes$'
	exec {lock}<&-
	touch -d '10 minutes ago' spool/new/1700000000000000-12345678
	touch spool/bad/1700000000000000-12345678
	run -0 wd-validate --spool=spool
	has '^warning  spool spool: 1 segments are older than 5 minutes; is wd-drain running'
	has '^warning  spool spool: 1 segments could not be stored; see spool/bad'
}

@test "it works when installed" {
	sim
	kits k "$sim_url"
	make -s -C "$ROOT" BUILD="$(dirname "$BIN")" DESTDIR="$PWD/root" PREFIX=/usr install
	PATH=$PWD/root/usr/bin:/usr/bin:/bin run -0 wd-validate
	has "^ok       program wd-poll: [0-9.]+ in $PWD/root/usr/bin\$"
	has '^ok       kit k: reports its position$'
}

@test "the remedies of failed polls are the hints that wd-poll logs" {
	local code hint count=0
	while IFS=$'\t' read -r code hint; do
		case $code in
			http | not_json) continue ;; # with the status and the URL
		esac
		grep -qF "$code: \"$hint\"" "$ROOT/scripts/validate.jq"
		count=$((count + 1))
	done < <(tr -d '\n\t' <"$ROOT/common/record/reply_error.c" | grep -oE '\{"[a-z_]+"[^}]*\.hint = "[^}]*"\}' |
		sed -E 's/^\{"([a-z_]+)".*\.hint = "(.*)"\}$/\1\t\2/; s/" *"//g')
	[ "$count" = 7 ]
}
