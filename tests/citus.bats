# wd-store on tables that Citus distributes over three nodes, where Citus is installed (Debian has no package of it).
load lib
load store

setup_file() {
	local node
	[ -n "$(find /usr/share/postgresql -name citus.control 2>/dev/null)" ] || return 0
	read -ra ports < <(free_ports 3)
	export CITUS_PORTS="${ports[*]}"
	PG_BIN=$(find /usr/lib/postgresql -maxdepth 2 -name bin | sort -V | tail -1)
	CITUS_DIR=$(mktemp -d /tmp/wd-citus.XXXXXX)
	export PG_BIN CITUS_DIR PGHOST=127.0.0.1 PGUSER=wardragon PGPORT=${ports[0]}
	[ "$(id -u)" != 0 ] || chown postgres "$CITUS_DIR"
	for node in "${ports[@]}"; do
		pg_as "$PG_BIN/initdb" -D "$CITUS_DIR/$node" -U wardragon -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
		printf '%s\n' "shared_preload_libraries = 'citus'" 'citus.enable_statistics_collection = off' "port = $node" \
			"listen_addresses = '127.0.0.1'" "unix_socket_directories = ''" 'fsync = off' 'shared_buffers = 16MB' |
			pg_as tee -a "$CITUS_DIR/$node/postgresql.conf" >/dev/null
		pg_as "$PG_BIN/pg_ctl" -D "$CITUS_DIR/$node" -l "$CITUS_DIR/log" -w start >/dev/null 3>&-
	done
}

teardown_file() {
	local node
	[ -n "${CITUS_DIR:-}" ] || return 0
	for node in $CITUS_PORTS; do
		pg_as "$PG_BIN/pg_ctl" -D "$CITUS_DIR/$node" -m immediate stop >/dev/null || true
	done
	rm -rf "$CITUS_DIR"
}

setup() {
	[ -n "${CITUS_DIR:-}" ] || skip "Citus is not installed"
	cd "$BATS_TEST_TMPDIR" || return
	database=t$BATS_TEST_NUMBER
	url=postgresql://wardragon@127.0.0.1:$PGPORT/$database
	for node in $CITUS_PORTS; do
		psql -qXp "$node" -d postgres -c "CREATE DATABASE $database"
		psql -qXp "$node" -d $database -c 'CREATE EXTENSION citus'
	done
	value "SELECT citus_set_coordinator_host('127.0.0.1', $PGPORT)"
	for node in ${CITUS_PORTS#* }; do
		value "SELECT citus_add_node('127.0.0.1', $node)" >/dev/null
	done
}

value() {
	pg_value "$database" "$1"
}

sightings() {
	"$ROOT/tests/sightings.py" "$@"
}

# kinds: how Citus stores each table; the distributed ones share the shards of a kit.
kinds() {
	value "SELECT logicalrelid, partmethod, dense_rank() OVER (ORDER BY colocationid), repmodel
		FROM pg_dist_partition ORDER BY logicalrelid::text"
}

@test "--distribute distributes by kit, co-located, makes the others reference tables, and can be repeated" {
	run -64 wd-store --distribute "$url"
	[[ $output == *'only together with --migrate'* ]]
	wd-store -q --migrate --distribute "$url"
	kinds >kinds
	[ "$(awk -F'|' '$2 == "h" {print $1}' kinds | xargs)" = "$(value "SELECT string_agg(t, ' ' ORDER BY t)
		FROM unnest('{coverage,drones,sightings,signal_sightings,signals,system_health}'::text[]) t
		WHERE to_regclass(t) IS NOT NULL")" ]
	[ "$(awk -F'|' '$2 == "h" {print $3}' kinds | sort -u | wc -l)" = 1 ]
	[ "$(awk -F'|' '$2 == "n" && $4 == "t" {print $1}' kinds | xargs)" = 'events kits rejects wd_schema' ]
	run -0 --separate-stderr wd-store --migrate "$url"
	[[ $stderr == 'wd-store: the tables are complete' ]]
	wd-store -q --migrate --distribute "$url"
	kinds | diff kinds -
	wd-store -q --check "$url"
}

@test "rows that a database has already are distributed" {
	sightings lines 1 300 >lines
	wd-store -q --migrate "$url"
	wd-store -q "$url" lines
	before=$(value 'SELECT count(*) FROM drones')
	wd-store -q --migrate --distribute "$url"
	[ "$(value 'SELECT count(*) FROM drones')" = "$before" ]
	[ "$(value 'SELECT count(*) FROM ONLY drones')" = "$before" ]
	wd-store -q "$url" lines
	sightings check "$url"
}

@test "import, repeat, any order: the rows, and the sightings are the aggregate of the rows" {
	sightings lines 1 700 >lines
	drones 1 3000 >many
	wd-store -q --migrate --distribute "$url"
	wd-store -q "$url" many lines
	sightings check "$url"
	value 'SELECT * FROM sightings ORDER BY 1, 2, 3' >once
	wd-store -q "$url" many lines
	value 'SELECT * FROM sightings ORDER BY 1, 2, 3' | diff once -
	wd-store -q --batch 7 "$url" lines
	sightings check "$url"
	shuf --random-source=lines lines | wd-store -q --batch 100 "$url"
	sightings check "$url"
	value 'UPDATE drones SET lat = 3'
	wd-store -q --refill 2020-01-01 "$url"
	sightings check "$url"
}

@test "lines of every type: the same rows as in a table of PostgreSQL that is not distributed" {
	jumble 1 >lines
	plain=postgresql://wardragon@127.0.0.1:$PGPORT/plain
	value 'CREATE DATABASE plain' 2>/dev/null
	wd-store -q --migrate "$plain"
	wd-store -q --migrate --distribute "$url"
	for target in "$plain" "$url" "$url" "$plain"; do
		wd-store -q --batch 50 "$target" lines
	done
	for table in drones signals system_health coverage events sightings 'kits - created_at' 'rejects - time'; do
		read -r table _ column <<<"$table"
		for target in "$plain" "$url"; do
			psql -qAtX "$target" -c "SELECT to_jsonb(t) - '${column:-none}' FROM $table t ORDER BY 1" >"${target##*/}.rows"
		done
		[ "$table" = events ] || [ "$table" = coverage ] || [ -s plain.rows ]
		diff plain.rows "$database.rows"
	done
}

@test "--prune deletes old rows, and sightings of older times keep their count" {
	wd-store -q --migrate --distribute "$url"
	for day in 01 20; do
		sed "s/2026-11-23/2026-11-$day/" < <(drones 1 20)
	done | wd-store -q "$url"
	run -0 wd-store --prune --keep-rows 10d "$url"
	[[ $output == *'deleted old rows table=drones rows=20'* ]]
	[ "$(value 'SELECT count(*) FROM drones')" = 20 ]
	[ "$(value 'SELECT sum(points) FROM sightings')" = 40 ]
	# A row that arrives once more is not counted once more.
	sed 's/2026-11-23/2026-11-01/' < <(drones 1 20) | wd-store -q "$url"
	[ "$(value 'SELECT sum(points) FROM sightings')" = 40 ]
}

@test "without Citus, --distribute is status 78" {
	value 'CREATE DATABASE bare' 2>/dev/null
	run -78 wd-store --migrate --distribute "postgresql://wardragon@127.0.0.1:$PGPORT/bare"
	[[ $output == *'the database has no Citus'*'CREATE EXTENSION citus'* ]]
}
