# A throw-away PostgreSQL for the subjects: its own cluster in $WORK, on a UNIX socket, with the
# durability that PostgreSQL has by default, and memory as a server for it has. Exports PGHOST, PGUSER.
# shellcheck shell=bash

postgres_start() {
	local bin settings as=()
	bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin | sort -V | tail -1)
	[ -x "$bin/initdb" ] || {
		echo "bench: no PostgreSQL server is installed" >&2
		return 1
	}
	export PGHOST=$WORK/pg PGUSER=wardragon
	mkdir "$PGHOST"
	# initdb and postgres refuse to be root.
	if [ "$(id -u)" = 0 ]; then
		chmod 711 "$WORK"
		chown postgres "$PGHOST"
		as=(runuser -u postgres --)
	fi
	(cd / && "${as[@]}" "$bin/initdb" -D "$PGHOST/data" -U "$PGUSER" -A trust -E UTF8 --locale=C.UTF-8 >/dev/null)
	settings="-c track_commit_timestamp=on -c max_wal_size=8GB -c shared_buffers=1GB"
	postgres_run=("${as[@]}" "$bin/pg_ctl" -D "$PGHOST/data" -l "$PGHOST/log" -w
		-o "-k $PGHOST -c listen_addresses= $settings" start)
	postgres_again
	postgres_stop=("${as[@]}" "$bin/pg_ctl" -D "$PGHOST/data" -m immediate stop)
	trap postgres_stop EXIT
}

# After postgres_stop.
postgres_again() {
	(cd / && "${postgres_run[@]}" >/dev/null)
}

postgres_stop() {
	(cd / && "${postgres_stop[@]}" >/dev/null)
}

# postgres_database NAME: a new one with our tables; sets $database_url.
postgres_database() {
	psql -qXd postgres -c "DROP DATABASE IF EXISTS $1" -c "CREATE DATABASE $1"
	database_url="postgresql://$PGUSER@/$1?host=$PGHOST"
	"$BIN/wd-store" -q --migrate "$database_url"
}
