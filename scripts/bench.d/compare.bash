# The same simulated kits, polled for a minute by our programs (by pipe and by spool, into PostgreSQL), by
# a loop of curl, jq and psql as one writes it first (a table without a key, units as they come), and, where they
# are installed, by three collectors without a database, of /drones only: collectd's curl_json, which keeps numbers
# (six fields here) in CSV files without ids; Fluent Bit, which runs curl and writes each reply as a JSON line; and
# Telegraf's http input, which writes each drone as one. Fluent Bit and Telegraf poll for the first time after 5 s and
# get 2 s more.
#
# SECONDS_EACH (60) and KITS (10, of 2 drones and 8 aircraft) may be set in the environment. Lost are
# the polls of /drones that the simulator did not serve. Duplicated are rows of one observation beyond
# the first. Wrong units are values of aircraft's altitude that are feet. CPU is that of all endpoints,
# divided by the polls of /drones. CPU and memory are without the database server's; memory is the sum of
# the programs, each at its largest, for the loop that of its largest process. p99 is from a reply's arrival
# to the commit of its rows.

need wd-poll wd-normalize wd-health wd-store wd-sim wd-drain
# shellcheck source=scripts/bench.d/postgres.bash
. scripts/bench.d/postgres.bash
# shellcheck source=scripts/bench.d/kits.bash
. scripts/bench.d/kits.bash

SECONDS_EACH=${SECONDS_EACH:-60} KITS=${KITS:-10} DRONES=2 AIRCRAFT=8
FIELDS=(lat lon alt speed direction rssi)
PATH=$BIN:$PWD/scripts:$PATH:/opt/fluent-bit/bin
postgres_start

urls() {
	sed -n 's/.*api_url: *"\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' "$WORK/kits.yaml"
}

# Altitudes in feet, by the id of the aircraft: the simulator's do not change.
load_truth() {
	urls | while read -r url; do
		curl -s "$url/drones" | jq -r '.drones[] | select(.track_type == "aircraft") | [.id, .alt] | @csv'
	done | sort -u >"$WORK/truth.csv"
	psql -qXd "$database_url" -c 'CREATE TABLE truth(drone_id text, feet float8)' \
		-c "\copy truth FROM '$WORK/truth.csv' CSV"
}

by_shell() {
	local until=$((SECONDS + SECONDS_EACH)) url
	while read -r url; do
		while [ $SECONDS -lt $until ]; do
			curl -s "$url/drones" | jq -r --arg kit "$url" '.drones[] | [(.observed_at // .last_update_time),
				$kit, .id, .lat, .lon, .alt, .speed, .direction, .rssi, .mac, .description] | @csv' |
				psql -qX "$database_url" -c '\copy plain FROM STDIN CSV'
			sleep 5
		done &
	done
	wait
}
export -f by_shell
export SECONDS_EACH

query() {
	psql -qXAt "$database_url" -c "$1"
}

# Columns that any row has a value for, without time and ids.
fields_of() {
	query "SELECT count(DISTINCT key) FROM $1, jsonb_each_text(to_jsonb($1)) WHERE value IS NOT NULL
		AND key NOT IN ('time', 'kit_id', 'drone_id', 'track_type')"
}

stop_simulator() {
	kill "$sim"
	wait "$sim" || true
	served=$(sed -nE 's/.*endpoint=drones.* served=([0-9]+).*/\1/p' "$WORK/sim.err")
	served=$((served - KITS)) # load_truth()
}

# row WAY ROWS DUPLICATED WRONG FIELDS P99 PROGRAM…
row() {
	local lost=$((KITS * SECONDS_EACH / 5 - served)) program
	for program in "${@:7}"; do
		cat "$WORK/$program"
	done | awk -v OFS='\t' -v way="$1" -v polls="$served" -v lost=$((lost > 0 ? lost : 0)) -v rows="$2" \
		-v duplicated="$3" -v wrong="$4" -v fields="$5" -v p99="$6" '
		{ cpu += $2; peak += $3 }
		END { print way, polls, lost, rows, duplicated, wrong, fields, sprintf("%.1f", cpu / polls * 1000),
			sprintf("%.0f", peak / 1024), p99 }' >>"$WORK/table"
}

ours() {
	local p99
	stop_simulator
	read -r _ p99 _ _ <<<"$(latency)"
	row "$1" "$(query 'SELECT count(*) FROM drones')" \
		"$(query 'SELECT count(*) - count(DISTINCT (kit_id, drone_id, time)) FROM drones')" \
		"$(query 'SELECT count(*) FROM drones JOIN truth USING (drone_id) WHERE abs(alt - feet) < 1')" \
		"$(fields_of drones)" "$p99" "${@:2}"
}

# begin NAME: the kits, and a database that knows their altitudes.
begin() {
	simulate "$KITS"
	postgres_database "$1"
	load_truth
}

# finish_plain WAY FIELDS PROGRAM: the rows in the table `plain` are as they came.
finish_plain() {
	row "$1" "$(query 'SELECT count(*) FROM plain')" \
		"$(query 'SELECT count(*) - count(DISTINCT (kit, id, time)) FROM plain')" \
		"$(query 'SELECT count(*) FROM plain JOIN truth ON id = drone_id WHERE abs(alt - feet) < 1')" \
		"$2" - "$3"
}

plain_table() {
	query 'CREATE TABLE plain(time float8, kit text, id text, lat float8, lon float8, alt float8, speed float8,
		direction float8, rssi float8, mac text, description text)'
}

# shellcheck source=scripts/bench.d/collectors.bash
. scripts/bench.d/collectors.bash

begin pipe
by_pipe
ours pipe poll normalize health store
begin spool
by_spool 0.25
ours spool poll drain
begin shell
plain_table
export database_url
urls | measured shell bash -c by_shell
stop_simulator
finish_plain 'curl|jq|psql' "$(query "SELECT count(DISTINCT key) FROM plain, jsonb_each_text(to_jsonb(plain))
	WHERE value IS NOT NULL AND key NOT IN ('time', 'kit', 'id')")" shell
for collector in collectd fluent-bit telegraf; do
	if command -v $collector >/dev/null; then
		begin "${collector/-/_}"
		"by_${collector/-/_}"
	else
		printf '%s: not installed\t-\t-\t-\t-\t-\t-\t-\t-\t-\n' $collector >>"$WORK/table"
	fi
done

printf '\ncompare: %s kits of %s drones and %s aircraft, every 5 s, %s s each\n' "$KITS" "$DRONES" "$AIRCRAFT" "$SECONDS_EACH"
{
	printf 'way\tpolls\tlost\trows\tduplicated\twrong units\tfields\tCPU ms/poll\tMiB\tp99 ms\n'
	cat "$WORK/table"
} | column -ts $'\t'
