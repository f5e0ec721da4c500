# wd-store --acknowledge: marks in the input, acks and busy lines in the output.

load lib
load store
load postgresql
load store_postgresql

nonce=0123456789abcdef

mark() {
	printf '{"type":"mark","mark":"%s.%s"}\n' $nonce "$1"
}

# ack N READ STORED UNCHANGED REJECTED IGNORED
ack() {
	printf '{"type":"ack","mark":"%s.%s","read":%s,"stored":%s,"unchanged":%s,"rejected":%s,"ignored":%s}\n' \
		$nonce "$@"
}

# acknowledge OUTPUT OPTION…: a wd-store that reads what is written to descriptor 8.
acknowledge() {
	local output=$1
	shift
	rm -f pipe
	mkfifo pipe
	start "$output" bash -c 'exec wd-store --acknowledge "$@" <pipe' -- "$@"
	exec 8>pipe
}

@test "a mark is acknowledged with the counts since the previous ack" {
	{
		mark 1
		drone 1
		drone 1
		echo '{"type":"reply"}'
		echo nonsense
		mark 2
	} >first
	{ drone 2 && mark 3; } >second
	cat first second <(mark 4) >lines
	run -0 --separate-stderr wd-store --acknowledge --batch 4 sqlite:t.db <lines
	diff - <(echo "$output") <<-END
		$(ack 1 0 0 0 0 0)
		$(ack 2 4 1 1 1 1)
		$(ack 3 1 1 0 0 0)
		$(ack 4 0 0 0 0 0)
	END
	[ "$stderr" = 'wd-store: read=5 stored=2 unchanged=1 rejected=1 ignored=1' ]
}

@test "a mark neither ends its batch nor is acknowledged before it" {
	for target in sqlite:t.db "$pg_url"; do
		wd-store -q --migrate "$target"
		acknowledge out --delay 1h --batch 3 "$target"
		mark 1 >&8
		wait_for 5 grep -qxF "$(ack 1 0 0 0 0 0)" out
		{ drone 1 && mark 2 && drone 2; } >&8
		wait_for 5 usr1_logs 'read=2 stored=0 .* waiting=2'
		[ "$(wc -l <out)" = 1 ]
		{ drone 3 && drone 4 && mark 3; } >&8
		wait_for 5 grep -qxF "$(ack 2 3 3 0 0 0)" out
		wait_for 5 usr1_logs 'read=4 stored=3 .* waiting=1'
		[ "$(wc -l <out)" = 2 ]
		exec 8>&-
		ended_with 0 "$started"
		[ "$(tail -n 1 out)" = "$(ack 3 1 1 0 0 0)" ]
	done
}

@test "a mark with flush ends its batch, unless more input is waiting" {
	for target in sqlite:t.db "$pg_url"; do
		wd-store -q --migrate "$target"
		acknowledge out --delay 1h "$target"
		{ drone 1 && mark 1 | sed 's/}/,"flush":true}/'; } >&8
		wait_for 5 grep -qxF "$(ack 1 1 1 0 0 0)" out
		{ drone 2 && mark 2; } >&8
		wait_for 5 usr1_logs 'read=2 stored=1 .* waiting=1'
		mark 3 | sed 's/}/,"flush":true}/' >&8
		wait_for 5 grep -qxF "$(ack 3 0 0 0 0 0)" out
		exec 8>&-
		ended_with 0 "$started"
	done
}

@test "more marks than one batch can hold are all acknowledged, in their order" {
	drone 1 >lines
	for n in $(seq 2500); do mark "$n"; done >>lines
	run -0 --separate-stderr wd-store --acknowledge --delay 1h sqlite:t.db <lines
	[ "${lines[0]}" = "$(ack 1 1 1 0 0 0)" ]
	diff <(jq -r .mark <<<"$output") <(seq -f "$nonce.%g" 2500)
}

@test "marks, acks and busy lines are never records, and invalid marks are never acknowledged" {
	{
		mark 1
		ack 1 1 1 0 0 0
		echo '{"type":"busy","reason":"statement","since":"2026-11-23T18:00:00Z"}'
	} >control
	run -0 wd-store sqlite:t.db control
	[ "$output" = 'wd-store: read=0 stored=0 unchanged=0 rejected=0 ignored=0' ]
	echo '{"type":"mark","mark":"ABC.1"}' >invalid
	run -0 wd-store --acknowledge sqlite:t.db <invalid
	[ "$output" = 'wd-store: read=1 stored=0 unchanged=0 rejected=0 ignored=1' ]
}

@test "an incomplete last line is dropped, the lines before it are committed and acknowledged" {
	{ drone 1 && mark 1 && printf '{"type":"dro'; } >torn
	run -0 --separate-stderr wd-store --acknowledge --fail-fast sqlite:t.db <torn
	[ "$output" = "$(ack 1 1 1 0 0 0)" ]
	[ "${stderr_lines[0]}" = 'wd-store: incomplete last line dropped bytes=12' ]
	[ "$(sqlite_value t.db 'SELECT count(*) FROM rejects')" = 0 ]
}

@test "--acknowledge reads standard input through one connection: anything else is 64" {
	drone 1 >lines
	for arguments in 'lines' '-' '--jobs 2' '--check' '--migrate'; do
		# shellcheck disable=SC2086 # several words
		run -64 wd-store --acknowledge "$pg_url" $arguments </dev/null
		[[ $output == *argument=--acknowledge* ]]
	done
}

@test "acks that cannot be written are 74" {
	{ drone 1 && mark 1; } >lines
	run -74 bash -c 'wd-store --acknowledge sqlite:t.db <lines >/dev/full'
}

@test "no connection, a lock: busy lines until the database answers, then the ack" {
	migrate
	psql -qd wd -c BEGIN -c 'LOCK TABLE drones' \
		-c '\! timeout 120 sh -c "until grep -q busy out; do sleep 0.1; done"' \
		-c COMMIT >locked 2>&1 3>&- &
	wait_for 5 has_lock
	acknowledge out "$pg_url"
	{ drone 1 && mark 1; } >&8
	wait_for 15 grep -qxF "$(ack 1 1 1 0 0 0)" out
	head -n 1 out | grep -qE '^\{"type":"busy","reason":"statement","since":"20[0-9T:.-]*Z"}$'
	pg_down immediate
	{ drone 2 && mark 2; } >&8
	wait_for 15 grep -q '"busy","reason":"database"' out
	pg_up 8>&-
	wait_for 15 grep -qxF "$(ack 2 1 1 0 0 0)" out
	exec 8>&-
	ended_with 0 "$started"
}

@test "SQLite locked by another writer: a busy line, then the ack" {
	drone 0 | wd-store -q sqlite:t.db
	lock_sqlite
	acknowledge out sqlite:t.db
	{ drone 1 && mark 1; } >&8
	wait_for 15 grep -q '"type":"busy"' out
	: >unlock
	wait_for 15 grep -qxF "$(ack 1 1 1 0 0 0)" out
	exec 8>&-
	ended_with 0 "$started"
}

@test "kill -9 at any moment: what was acknowledged is stored" {
	migrate
	for n in $(seq 200); do drone "$n" && mark "$n"; done >lines
	for moment in 1 2 3 4 5 6; do
		start out bash -c 'exec wd-store --acknowledge --batch 7 "$1" <lines' -- "$pg_url"
		wait_for 5 test -s out
		kill -9 "$started" 2>/dev/null || true
		wait "$started" || true
		acknowledged=$(sed -n 's/.*"mark":"[0-9a-f]*\.\([0-9]*\)".*}$/\1/p' out | tail -n 1)
		[ "$(pg_value wd 'SELECT count(*) FROM drones')" -ge "${acknowledged:-0}" ]
		psql -qd wd -c 'TRUNCATE drones'
	done
}
