# Shared by the bats files: `load lib`.
# shellcheck shell=bash disable=SC2034 # variables for the tests

bats_require_minimum_version 1.5.0

ROOT=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
BIN=${WD_BIN:-$ROOT/build/bin}
DATA=$ROOT/tests/data
PATH=$BIN:$ROOT/scripts:$PATH
export LC_ALL=C.UTF-8
# The environment of the caller must not affect a tool under test.
unset DATABASE_URL KITS_CONFIG POLL_INTERVAL STATUS_POLL_INTERVAL REQUEST_TIMEOUT MAX_RETRIES \
	INITIAL_BACKOFF MAX_BACKOFF STALE_THRESHOLD LOG_LEVEL POLL_INTERVAL_DRONES \
	POLL_INTERVAL_STATUS HEALTH_FILE http_proxy https_proxy all_proxy

# Deadlines are multiplied by this: the machine may be shared and busy.
patience=4

# wait_for SECONDS COMMAND…: wait until it succeeds; fail after $patience times that time.
wait_for() {
	local deadline=$(($(date +%s%N) + $1 * patience * 1000000000))
	shift
	until "$@" >/dev/null 2>&1; do
		if (($(date +%s%N) > deadline)); then
			echo "timeout: $*" >&2
			return 1
		fi
		sleep 0.05
	done
}

# start OUTPUT-FILE COMMAND…: run it in the background and set $started to its pid; stderr goes to
# OUTPUT-FILE.err. stop_started, in teardown, stops all of them, the newest first.
start() {
	local output=$1
	shift
	# Truncated here, not when the program starts: the output of an earlier one must not remain.
	[ -p "$output" ] || : >"$output"
	: >"$output.err"
	"$@" >"$output" 2>"$output.err" 3>&- &
	started=$!
	stop_later "$started"
}

# birth PID: set $birth to the time when it was started (proc(5)), or fail.
birth() {
	local stat='' fields
	birth=''
	read -r stat <"/proc/$1/stat" || return
	read -ra fields <<<"${stat##*) }"
	birth=${fields[19]}
} 2>/dev/null

# stop_later PID: stop_started is to stop it. By then another process may have its number.
stop_later() {
	local birth
	birth "$1" || true
	echo "$1 $birth" >>"$BATS_TEST_TMPDIR/started"
}

stop_started() {
	local pid born birth
	[ -f "$BATS_TEST_TMPDIR/started" ] || return 0
	tac "$BATS_TEST_TMPDIR/started" >"$BATS_TEST_TMPDIR/stopping"
	while read -r pid born; do
		if ! birth "$pid" || [ "$birth" != "$born" ] || ! kill "$pid" 2>/dev/null; then
			continue
		fi
		wait_for 5 not kill -0 "$pid" || kill -9 "$pid" 2>/dev/null
	done <"$BATS_TEST_TMPDIR/stopping"
	rm -f "$BATS_TEST_TMPDIR/started"
}

not() {
	! "$@"
}

# ends_within SECONDS PID [STATUS]: whether SIGTERM ends a program of `start` within that time with that
# status (default 0). Time in which the test, the program or its children waited for a processor is not counted.
ends_within() {
	python3 - "$1" "$2" <<-'X' || return
		import os, select, signal, sys, time
		limit, pid = float(sys.argv[1]), int(sys.argv[2])
		def tree(pid):
		    yield pid
		    try:
		        children = open(f"/proc/{pid}/task/{pid}/children").read().split()
		    except OSError:
		        return
		    for child in children:
		        yield from tree(int(child))
		def waited(process):  # seconds in the queue of a processor
		    try:
		        return int(open(f"/proc/{process}/schedstat").read().split()[1]) / 1e9
		    except (OSError, IndexError, ValueError):
		        return 0
		end = select.poll()
		end.register(os.pidfd_open(pid), select.POLLIN)
		took, before, first = 0, {}, time.monotonic()
		os.kill(pid, signal.SIGTERM)
		while True:
		    began = time.monotonic()
		    if end.poll(20):
		        break
		    now = {process: waited(process) for process in tree(pid)}
		    late = sum(max(0, now[process] - before.get(process, now[process])) for process in now)
		    took += max(0, min(time.monotonic() - began, 0.02) - late)
		    before = now
		    if took >= limit or time.monotonic() - first > 30 * limit:
		        sys.exit(f"runs {limit} s after SIGTERM")
	X
	ended_with "${3:-0}" "$2"
}

# ended_with STATUS PID: wait for a program of `start`; fail if it ended with another status.
ended_with() {
	local status=0
	wait "$2" || status=$?
	[ "$status" = "$1" ] || {
		echo "status $status instead of $1" >&2
		return 1
	}
}

# kill_now PID…: kill -9 programs of `start`, and wait until they have released what they held.
kill_now() {
	local pid
	kill -9 "$@"
	for pid; do
		wait "$pid" || true
	done
}

# handles_signals NAME PID: whether the process has become this program, and has installed its handlers.
handles_signals() {
	grep -qx "$1" "/proc/$2/comm" && grep -q '^SigCgt:.*[13579bdf]$' "/proc/$2/status"
}

# waited_share PID BEGAN: print the share of the time since BEGAN, of $EPOCHREALTIME, in which it waited for a processor.
waited_share() {
	awk -v began="$2" -v now="$EPOCHREALTIME" '{share = $2 / 1e9 / (now - began)}
		END {print share + 0}' "/proc/$1/schedstat" || echo 0
}

# free_ports NUMBER: print unused ports outside the range from which the kernel assigns them.
free_ports() {
	python3 - "$1" <<-'X'
		import random, socket, sys
		found = {}
		while len(found) < int(sys.argv[1]):
		    port = random.randrange(10000, 32768)
		    try:
		        found[port] = socket.create_server(("127.0.0.1", port))
		    except OSError:
		        pass
		print(*found)
	X
}

# sim OPTIONS…: start wd-sim on a free port; set $sim_url to http://127.0.0.1:PORT.
sim() {
	start "$BATS_TEST_TMPDIR/sim" wd-sim --port 0 "$@"
	wait_for 5 grep -q '^listening on ' "$BATS_TEST_TMPDIR/sim"
	sim_url=$(sed -n 's/^listening on //p' "$BATS_TEST_TMPDIR/sim")
}

# service_manager: receive the messages of sd_notify(3) on the socket ./notify into the file ./notified.
service_manager() {
	python3 - >notified 3>&- <<-'X' &
		import socket
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind("notify")
		while True:
		    print(s.recv(4096).decode(), flush=True)
	X
	stop_later $!
	wait_for 5 test -S notify
}

# A temporary PostgreSQL for the whole file: call pg_start in setup_file, pg_stop in teardown_file. It listens
# only on a UNIX socket. Exports PGHOST (the folder of the socket), PGUSER and PG_LOG.
pg_start() {
	local bin
	bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin | sort -V | tail -1)
	[ -x "$bin/initdb" ] || {
		echo "no PostgreSQL server is installed" >&2
		return 1
	}
	PG_BIN=$bin
	PG_DIR=$(mktemp -d /tmp/wd-pg.XXXXXX)
	PGHOST=$PG_DIR PGUSER=wardragon PG_LOG=$PG_DIR/log
	export PG_BIN PG_DIR PGHOST PGUSER PG_LOG PGCTLTIMEOUT=240
	[ "$(id -u)" != 0 ] || chown postgres "$PG_DIR"
	pg_as "$bin/initdb" -D "$PG_DIR/data" -U wardragon -A trust -E UTF8 --locale=C.UTF-8 \
		--no-sync >/dev/null
	pg_up
}

pg_as() {
	if [ "$(id -u)" = 0 ]; then
		(cd / && exec runuser -u postgres -- "$@")
	else
		"$@"
	fi
}

pg_up() {
	pg_as "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -l "$PG_LOG" -w \
		-o "-k $PG_DIR -c listen_addresses= -c fsync=off" start >/dev/null 3>&-
}

pg_down() {
	pg_as "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -m "${1:-fast}" -w stop >/dev/null 3>&-
}

pg_stop() {
	[ -n "${PG_DIR:-}" ] || return 0
	pg_down immediate || true
	rm -rf "$PG_DIR"
}

# pg_database NAME: create an empty database and set $pg_url. FORCE: a killed program may still have a backend.
pg_database() {
	psql -qd postgres -c "DROP DATABASE IF EXISTS $1 WITH (FORCE)" -c "CREATE DATABASE $1"
	pg_url="postgresql://wardragon@/$1?host=$PG_DIR"
}

# pg_value DATABASE SQL, sqlite_value FILE SQL: print the value that it selects.
pg_value() {
	psql -qAtXd "$1" -c "$2"
}

sqlite_value() {
	# The last closer briefly holds an exclusive lock.
	sqlite3 -batch -cmd '.timeout 20000' "$1" "$2"
}
