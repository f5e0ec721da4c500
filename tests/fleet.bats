# A fleet: shards that poll simulated kits, a broker, receivers, two databases; any of them is killed at random.
# WD_CHECK=long: four shards, four receivers, more kills, and databases that are away for a minute.
load lib
load rabbitmq

setup_file() {
	pg_start
	rabbit_start || return 0
	# Of channels that are opened from now on, in ms.
	rabbitctl eval 'application:set_env(rabbit, consumer_timeout, 5000),
		application:set_env(rabbit, channel_tick_interval, 1000).' >/dev/null
	wd-recv -q --declare --queue fleet --queues 2 "$amqp_url"
}

teardown_file() {
	rabbit_stop
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	away=0
	[ "${WD_CHECK:-}" != long ] || away=60
}

teardown() {
	stop_started
}

# fleet OPTIONS…: run it with two databases, $urls.
fleet() {
	python3 "$ROOT/tests/fleet/fleet.py" --broker "$RABBIT_DIR=$amqp_url" --queue fleet --seed "${WD_SEED:-1}" \
		--database "${urls[0]}" --database "${urls[1]}" "$@" 3>&-
}

@test "shards, a broker, receivers and two databases: rows are what the simulator sent, each in one database" {
	need_rabbit
	local shards=2 receivers=2 rounds=15 roles=(--role wd-poll --role wd-drain --role wd-send --role wd-recv --role wd-store)
	if [ "${WD_CHECK:-}" = long ]; then
		shards=4 receivers=4 rounds=2000
		roles+=(--role broker)
	fi
	for database in one two; do
		pg_database $database
		wd-store -q --migrate "$pg_url"
		urls+=("$pg_url")
	done
	sim --kits 6 --drones 10 --aircraft 5 --signals 3
	echo 'kits:' >kits.yaml
	for kit in 1 2 3 4 5 6; do
		echo "  - {id: kit-$kit, api_url: '$sim_url/kit-$kit'}" >>kits.yaml
	done
	fleet --kits kits.yaml --shards $shards --receivers $receivers --rounds $rounds "${roles[@]}"
	zstdcat shard.*/kept/*.zst | wd-normalize >records
	"$ROOT/tests/crash/conserved.py" "${urls[@]}" <records
	for database in one two; do
		[ "$(pg_value $database 'SELECT count(*) FROM drones')" -gt 0 ]
		[ "$(pg_value $database 'SELECT sum(points) FROM sightings')" = "$(pg_value $database 'SELECT count(*) FROM drones')" ]
	done
	# And a row that is missing is noticed.
	psql -qXd two -c 'DELETE FROM drones WHERE ctid = (SELECT min(ctid) FROM drones)'
	run -1 "$ROOT/tests/crash/conserved.py" "${urls[@]}" <records
}

# away_until MESSAGE FLEET-OPTIONS…: the databases are away from the start until a receiver has logged this.
away_until() {
	for database in one two; do
		pg_database $database
		wd-store -q --migrate "$pg_url"
		urls+=("$pg_url")
	done
	pg_down immediate
	(wait_for 60 grep -q "$1" recv.0.err && sleep "$away" && pg_up) &
	fleet --rounds 3 --role wd-drain "${@:2}"
	wait
	grep -q "$1" recv.0.err
}

@test "the databases are away for longer than the receivers wait: they give messages back, and nothing is lost" {
	need_rabbit
	away_until 'giving the messages back to the broker' --release 1
}

@test "the databases are away for longer than the consumer_timeout of the broker: nothing is lost" {
	need_rabbit
	away_until 'the connection to the broker ended.*acknowledgement on channel .* timed out' --release 600
}

@test "wd-fleet(7) has the constants, and what the capacity script calculates from them" {
	folder=$ROOT/scripts/bench.d
	awk -f "$folder/capacity.awk" "$folder/capacity.txt" >calculated
	[ "$(wc -l <calculated)" = 4 ]
	awk '/^kits /, /^\.Ed/' "$ROOT/man/wd-fleet.7" | grep -v '^\.Ed' | diff calculated -
	awk '/^record_bytes/, /^\.Ed/' "$ROOT/man/wd-fleet.7" | grep -v '^\.Ed' | diff <(grep -v '^#' "$folder/capacity.txt") -
	for subject in $(awk '!/^#/ && $3 != "-" {print $3}' "$folder/capacity.txt"); do
		[ -f "$folder/$subject.bash" ]
	done
	# Own values replace them.
	echo 'database_rows_s 1000' >own
	awk -v kits=1000 -f "$folder/capacity.awk" "$folder/capacity.txt" own >calculated
	[ "$(awk 'END {print $4}' calculated)" = 3 ]
}

@test "scripts/bench fleet: a small run measures everything and removes its queues" {
	need_rabbit
	[ "$BIN" = "$ROOT/build/bin" ] || skip 'it measures the programs in build/bin'
	# The user postgres cannot enter the folder of the test.
	folder=$(mktemp -d)
	chmod 711 "$folder"
	BROKER=$amqp_url MB=2 WAIT_MS=10 KITS=2 SECONDS_EACH=4 TMPDIR=$folder "$ROOT/scripts/bench" fleet --pairs 1 \
		--json "$PWD/runs.json" >out 2>err 3>&- || { cat out err; false; }
	rm -r "$folder"
	[ "$(jq -s 'map(select(.mb_s > 0 and .cpu_ms_30kb > 0)) | length' runs.json)" = 5 ]
	jq -se 'map(select(.p99_ms > 0 and .replies > 0)) | length == 1' runs.json
	[ -z "$(rabbitctl list_queues name | grep bench)" ]
}
