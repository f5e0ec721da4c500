# WD_CHECK=long: a fleet at full size. Four shards, three brokers in network namespaces, four receivers, two databases;
# any of them is killed at random, a broker is separated from the others, databases are away for 1 and for 10 minutes.
load lib
load rabbitmq
load rabbitmq_cluster

setup_file() {
	[ "${WD_CHECK:-}" = long ] && [ "$(id -u)" = 0 ] && [ -x "$RABBIT_BIN/rabbitmq-server" ] || return 0
	# Shorter than the outages. The broker looks for channels that exceed it once a minute.
	cluster_start 'consumer_timeout = 60000'
}

teardown_file() {
	cluster_stop
}

setup() {
	need_cluster
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_started
	databases_stop
}

# databases NUMBER: start so many PostgreSQLs, each in a folder with `start` and `is_up` for fleet.py; set $databases.
databases() {
	local bin folder number
	bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin | sort -V | tail -1)
	databases=()
	for number in $(seq "$1"); do
		folder=$CLUSTER_DIR/database.$BATS_TEST_NUMBER.$number
		install -d -o postgres "$folder"
		(cd / && runuser -u postgres -- "$bin/initdb" -D "$folder/data" -U wardragon -A trust -E UTF8 \
			--locale=C.UTF-8 --no-sync >/dev/null)
		printf '#!/bin/sh\ncd / && exec setpriv --reuid postgres --regid postgres --init-groups %s -D %s -k %s -c %s\n' \
			"$bin/postgres" "$folder/data" "$folder" listen_addresses= >"$folder/start"
		printf '#!/bin/sh\nexec psql -qXh %s -U wardragon -c "SELECT 1" postgres\n' "$folder" >"$folder/is_up"
		chmod +x "$folder/start" "$folder/is_up"
		setsid "$folder/start" >>"$folder/output" 2>&1 3>&- &
		wait_for 30 "$folder/is_up"
		databases+=("$folder=postgresql://wardragon@/postgres?host=$folder")
		wd-store -q --migrate "${databases[-1]#*=}"
	done
}

# They may have been started again by fleet.py.
databases_stop() {
	local file
	for file in "${CLUSTER_DIR:-/nonexistent}"/database.*/data/postmaster.pid; do
		[ ! -f "$file" ] || kill -QUIT "$(head -1 "$file")" || true
	done
}

# kits NUMBER: simulated kits, in kits.yaml.
kits() {
	local kit
	sim --kits "$1" --drones 10 --aircraft 5 --signals 3
	echo 'kits:' >kits.yaml
	for kit in $(seq "$1"); do
		echo "  - {id: kit-$kit, api_url: '$sim_url/kit-$kit'}" >>kits.yaml
	done
}

# fleet OPTIONS…: run it with $databases and all nodes.
fleet() {
	local node servers=()
	for node in $(seq "$CLUSTER_NODES"); do
		node_environment "$node"
		servers+=(--broker "$node_folder=$node_url")
	done
	python3 "$ROOT/tests/fleet/fleet.py" "${servers[@]}" "${databases[@]/#/--database=}" --seed "${WD_SEED:-1}" \
		--kits kits.yaml --shards 4 --receivers 4 --partition "$CLUSTER_DIR/partition" "$@" 3>&- && return
	tail -n 30 "$CLUSTER_DIR"/[0-9]/output
	return 1
}

# What was polled is in the tables, once, in both databases.
conserved() {
	zstdcat shard.*/kept/*.zst | wd-normalize >records
	"$ROOT/tests/crash/conserved.py" "${databases[@]#*=}" <records
	for url in "${databases[@]#*=}"; do
		[ "$(psql -qAtXd "$url" -c 'SELECT count(*) > 0 AND (SELECT sum(points) FROM sightings) = count(*) FROM drones')" = t ]
	done
}

@test "any process, broker or database is killed, a broker is separated: rows are what the simulator sent" {
	databases 2
	kits 6
	wd-recv -q --declare --queue full --queues 2 "${cluster_urls[@]}"
	fleet --queue full --rounds "${WD_ROUNDS:-150}" --cut 25 --away 60 --away 600 --role wd-poll --role wd-drain \
		--role wd-send --role wd-recv --role wd-store --role broker --role broker-start --role partition \
		--role database >counts || { cat counts; false; }
	cat counts
	conserved
	# Both outages were longer than the consumer_timeout.
	grep -hq 'acknowledgement on channel .* timed out' recv.*.err
	grep -q ' partition=[1-9]' counts
}

@test "the nodes are restarted one after the other while lines flow: rows are what the simulator sent" {
	databases 2
	kits 6
	wd-recv -q --declare --queue rolling --queues 2 "${cluster_urls[@]}"
	fleet --queue rolling --rounds 2 --role upgrade >counts || { cat counts; false; }
	cat counts
	conserved
	grep -q upgrade=2 counts
}
