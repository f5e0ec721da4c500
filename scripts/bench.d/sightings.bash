# What sightings cost: fresh imports by wd-store, and by the same program without them, which is made here; then the CPU
# per poll, of our programs and of PostgreSQL, with 1,000 kits of 100 tracks. BENCH_ROWS (default 300,000), SECONDS_EACH
# (20) and KITS (1000) may be set in the environment.

need wd-poll wd-normalize wd-health wd-store wd-sim
# shellcheck source=scripts/bench.d/postgres.bash
. scripts/bench.d/postgres.bash
# shellcheck source=scripts/bench.d/kits.bash
. scripts/bench.d/kits.bash

rows=${BENCH_ROWS:-300000} kits=${KITS:-1000}
SECONDS_EACH=${SECONDS_EACH:-20} DRONES=60 AIRCRAFT=40
PATH=$BIN:$PWD/scripts:$PATH
ulimit -n "$(ulimit -Hn)"

# drop_code FILE SED: change what must be there to be changed.
drop_code() {
	sed -i "$2" "$WORK/source/tools/wd-store/pg/$1"
	! cmp -s "$WORK/source/tools/wd-store/pg/$1" "tools/wd-store/pg/$1" || {
		echo "bench: tools/wd-store/pg/$1 has changed: $2 has no effect" >&2
		return 1
	}
}

mkdir "$WORK/source"
cp -r Makefile common tools man scripts "$WORK/source"
drop_code pg_script.c 's/^\t\tput_sightings(pg, sql);/\t\t(void)put_sightings;/'
drop_code pg_drones.c 's/result = store_sightings(pg);/(void)store_sightings;/
	s/, add_new);/, NULL), (void)add_new;/
	s/aggregate(pg, drones, pg->alters_drones);/(void)aggregate;/'
make -s -C "$WORK/source" -j"$(nproc)" build/bin/wd-store
without=$WORK/source/build/bin

postgres_start
postgres_database bench
lines=$WORK/drones.ndjson
awk -v rows="$rows" -f scripts/bench.d/drones.awk >"$lines"
before "psql -qXd bench -c 'TRUNCATE drones, sightings' -c CHECKPOINT" without wd-store
compare 'sightings: import into PostgreSQL, our three indexes' rows "$rows" \
	without "$without/wd-store -q $database_url $lines" \
	wd-store "$BIN/wd-store -q $database_url $lines"

# Prints the CPU seconds of PostgreSQL's processes that have ended, once those of our connections have.
server_cpu() {
	until [ "$(psql -qXAtd postgres -c "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")" = 1 ]; do
		sleep 0.1
	done
	awk -v ticks="$(getconf CLK_TCK)" '{print ($16 + $17) / ticks}' "/proc/$(head -1 "$PGHOST/data/postmaster.pid")/stat"
}

# run NAME BIN: poll with the programs of this folder first.
run() {
	local before made lost
	postgres_database pipeline
	before=$(server_cpu)
	PATH=$2:$PATH by_pipe
	read -r made lost <<<"$(polls)"
	awk -v name="$1" -v made="$made" -v lost="$lost" -v server="$(server_cpu)" -v before="$before" '{ours += $2}
		END {printf "%s\t%d\t%d\t%.3f\t%.3f\n", name, made, lost, 1000 * ours / made, 1000 * (server - before) / made}' \
		"$WORK/poll" "$WORK/normalize" "$WORK/health" "$WORK/store"
}

simulate "$kits"
for ((round = 1; round <= PAIRS; round++)); do
	run without "$without"
	run wd-store "$BIN"
done >"$WORK/table"
kill "$sim"
wait "$sim" || true
postgres_stop
trap - EXIT
printf '\nsightings: %s kits of 100 tracks, every 5 s, %s s each, means of %s rounds; CPU ms per poll\n' "$kits" "$SECONDS_EACH" "$PAIRS"
awk -F '\t' 'BEGIN {print "name\tpolls\tlost\tprograms\tPostgreSQL"}
	{polls[$1] += $2; lost[$1] += $3; ours[$1] += $4 / rounds; server[$1] += $5 / rounds}
	END {for (name in polls) printf "%s\t%d\t%d\t%.3f\t%.3f\n", name, polls[name], lost[name], ours[name], server[name]}' \
	rounds="$PAIRS" "$WORK/table" | column -ts $'\t'
