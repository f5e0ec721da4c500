# wd-store through PgBouncer, which gives each transaction, or each statement, to another backend.
load lib
load store
load postgresql
load store_postgresql

# pool MODE: start a pgbouncer with two backends; set $url.
pool() {
	command -v pgbouncer >/dev/null || skip "pgbouncer is not installed"
	rm -rf "${PG_DIR:?}/pool"
	mkdir "$PG_DIR/pool"
	cat >"$PG_DIR/pool/ini" <<-INI
		[databases]
		wd = host=$PG_DIR dbname=wd user=wardragon
		[pgbouncer]
		pool_mode = $1
		default_pool_size = 2
		server_login_retry = 0
		auth_type = any
		listen_addr =
		unix_socket_dir = $PG_DIR/pool
	INI
	as=()
	if [ "$(id -u)" = 0 ]; then
		chown -R postgres "$PG_DIR/pool"
		as=(setpriv --reuid postgres --regid postgres --init-groups)
	fi
	# Without a process in between that would end instead of it.
	start bouncer "${as[@]}" pgbouncer "$PG_DIR/pool/ini"
	wait_for 10 test -S "$PG_DIR/pool/.s.PGSQL.6432"
	url="postgresql://wardragon@/wd?host=$PG_DIR/pool&port=6432"
}

# clients NUMBER: so many at once, each with lines of its own and lines of its neighbour.
clients() {
	local n pids=()
	for n in $(seq "$1"); do
		{ drones 1 500 "kit$n" && drones 1 500 "kit$((n % $1 + 1))"; } >"lines.$n"
		wd-store --batch 100 "$url" "lines.$n" 2>"log.$n" 3>&- &
		pids+=($!)
	done
	for n in "${pids[@]}"; do
		wait "$n" || return
	done
}

@test "12 clients, --jobs 4 and repeats in transaction and statement mode" {
	for mode in transaction statement; do
		pg_database wd 2>/dev/null
		migrate
		pool $mode
		run -0 wd-store --check "$url"
		clients 12
		has_rows 6000
		[ "$(pg_value wd 'SELECT count(DISTINCT (kit_id, drone_id)) FROM drones')" = 6000 ]
		[ "$(cat log.* | grep -c 'rejected=0 ignored=0$')" = 12 ]
		run -0 wd-store --batch 100 --jobs 4 "$url" lines.*
		[ "${lines[-1]}" = 'wd-store: read=12000 stored=0 unchanged=12000 rejected=0 ignored=0' ]
		# Rows that go straight into the table, then do not.
		drones 1 3000 straight >lines
		run -0 wd-store --batch 1500 "$url" lines
		[[ ${lines[-1]} == *' stored=3000 '* ]]
		run -0 wd-store --batch 1500 "$url" lines
		[[ ${lines[-1]} == *' unchanged=3000 '* ]]
		stop_started
	done
}

# kill_backends: as often as there are any, until the clients have ended.
kill_backends() {
	while kill -0 "$1" 2>/dev/null; do
		pg_value wd "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'wd'
			AND pid <> pg_backend_pid()" >killed 2>&1
		grep -q t killed && echo >>rounds
		[ ! -s rounds ] || sleep 0.3
	done
}

@test "killed backends: nothing is lost, nothing is stored twice" {
	for mode in transaction statement; do
		pg_database wd 2>/dev/null
		migrate
		pool $mode
		start out clients 4
		kill_backends "$started"
		ended_with 0 "$started"
		test -s rounds
		has_rows 2000
		[ "$(cat log.[1-4] | grep -c 'rejected=0 ignored=0$')" = 4 ]
		stop_started
	done
}
