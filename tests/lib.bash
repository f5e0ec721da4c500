# What the bats files share. `load lib` at their top.
# shellcheck shell=bash disable=SC2034 # what it sets, they use

bats_require_minimum_version 1.5.0

ROOT=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
BIN=${WD_BIN:-$ROOT/build/bin}
DATA=$ROOT/tests/data
PATH=$BIN:$ROOT/scripts:$PATH
export LC_ALL=C.UTF-8
# Nothing from the caller's environment may steer a tool under test.
unset DATABASE_URL KITS_CONFIG POLL_INTERVAL STATUS_POLL_INTERVAL REQUEST_TIMEOUT MAX_RETRIES \
	INITIAL_BACKOFF MAX_BACKOFF STALE_THRESHOLD LOG_LEVEL POLL_INTERVAL_DRONES \
	POLL_INTERVAL_STATUS HEALTH_FILE http_proxy https_proxy all_proxy

# wait_for SECONDS COMMAND…: until it succeeds; fails, naming it, when the time is up.
wait_for() {
	local deadline=$(($(date +%s%N) + $1 * 1000000000))
	shift
	until "$@" >/dev/null 2>&1; do
		if (($(date +%s%N) > deadline)); then
			echo "waited in vain for: $*" >&2
			return 1
		fi
		sleep 0.05
	done
}

# Programs in the background are ended by pid in teardown, the newest first.
# start OUTPUT-FILE COMMAND…: sets $started to its pid; stderr goes to OUTPUT-FILE.err.
start() {
	local output=$1
	shift
	"$@" >"$output" 2>"$output.err" 3>&- &
	started=$!
	echo "$started" >>"$BATS_TEST_TMPDIR/started"
}

stop_started() {
	local pid
	[ -f "$BATS_TEST_TMPDIR/started" ] || return 0
	for pid in $(tac "$BATS_TEST_TMPDIR/started"); do
		kill "$pid" 2>/dev/null || continue
		wait_for 5 not kill -0 "$pid" || kill -9 "$pid" 2>/dev/null
	done
	rm -f "$BATS_TEST_TMPDIR/started"
}

not() {
	! "$@"
}

# sim OPTIONS…: starts wd-sim on a free port; sets $sim_url to http://127.0.0.1:PORT.
sim() {
	start "$BATS_TEST_TMPDIR/sim" wd-sim --port 0 "$@"
	wait_for 5 grep -q '^listening on ' "$BATS_TEST_TMPDIR/sim"
	sim_url=$(sed -n 's/^listening on //p' "$BATS_TEST_TMPDIR/sim")
}

# service_manager: listens as one does, on the socket ./notify; what it is told goes to ./heard.
service_manager() {
	python3 - >heard 3>&- <<-'X' &
		import socket
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind("notify")
		while True:
		    print(s.recv(4096).decode(), flush=True)
	X
	echo $! >>"$BATS_TEST_TMPDIR/started"
	wait_for 5 test -S notify
}

# A throw-away PostgreSQL for the whole file: call pg_start in setup_file, pg_stop in teardown_file.
# It listens on a UNIX socket only. Exports PGHOST (the socket's folder), PGUSER and PG_LOG.
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
	export PG_BIN PG_DIR PGHOST PGUSER PG_LOG
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

# pg_database NAME: a new, empty database; sets $pg_url.
pg_database() {
	psql -qd postgres -c "DROP DATABASE IF EXISTS $1" -c "CREATE DATABASE $1"
	pg_url="postgresql://wardragon@/$1?host=$PG_DIR"
}

# pg_value DATABASE SQL, sqlite_value FILE SQL: the one value that it selects.
pg_value() {
	psql -qAtXd "$1" -c "$2"
}

sqlite_value() {
	sqlite3 -batch "$1" "$2"
}
