# kill -9 of wd-recv, wd-store, wd-send and of the broker at random moments: every line that was emitted is a row,
# once. tests/fleet/fleet.py emits the lines and compares. WD_CHECK=long runs 1,000 rounds of each program, 100 of the broker.
load lib
load rabbitmq

setup_file() {
	pg_start
	rabbit_start || return 0
	# Long before the broker is killed.
	wd-recv -q --declare --queue kills --queues 4 "$amqp_url"
}

teardown_file() {
	rabbit_stop
	pg_stop
}

setup() {
	need_rabbit
	cd "$BATS_TEST_TMPDIR"
	pg_database kills
	wd-store -q --migrate "$pg_url"
}

# kills ROUNDS LONG-ROUNDS ROLE…
kills() {
	local rounds=$1 role roles=()
	[ "${WD_CHECK:-}" != long ] || rounds=$2
	for role in "${@:3}"; do
		roles+=(--role "$role")
	done
	python3 "$ROOT/tests/fleet/fleet.py" --broker "$RABBIT_DIR=$amqp_url" --queue "kills.$BATS_TEST_NUMBER" \
		--database "$pg_url" --rounds "$rounds" --seed "${WD_SEED:-1}" "${roles[@]}" 3>&-
}

@test "wd-recv, wd-store, wd-send and wd-drain are killed: 0 lost, 0 duplicated" {
	kills 40 3500 wd-recv wd-store wd-send wd-drain
}

@test "the broker is killed, also within a second of its start: 0 lost, 0 duplicated" {
	kills 3 100 broker broker-start
}

@test "the count notices rows that the database drops" {
	psql -qXd kills <<-'SQL'
		CREATE FUNCTION drop_row() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
		CREATE TRIGGER drop_some BEFORE INSERT ON drones FOR EACH ROW WHEN (NEW.drone_id = 'd0-0')
			EXECUTE FUNCTION drop_row();
	SQL
	run -1 kills 3 3 wd-store
	[[ $output == *' lost='[1-9]*'rows differ'* ]]
}
