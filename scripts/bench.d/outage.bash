# The database is away while segments pile up, then back: how fast wd-drain stores them, in which
# order, and how much memory each program takes when half of them are stored and at the end.
#
# SEGMENTS (10000), DRONES (50, in each) may be set in the environment.

need wd-poll wd-drain wd-normalize wd-health wd-store wd-sim
# shellcheck source=scripts/bench.d/postgres.bash
. scripts/bench.d/postgres.bash
# shellcheck source=scripts/bench.d/segments.bash
. scripts/bench.d/segments.bash

SEGMENTS=${SEGMENTS:-10000} DRONES=${DRONES:-50}
spool=$WORK/spool programs=(wd-drain wd-normalize wd-health wd-store)
PATH=$BIN:$PATH

sql() {
	psql -qXAtd outage -c "$1"
}

# resident PROGRAM: MiB of wd-drain or of one of its stages.
resident() {
	local pids pid
	# It has no newline at its end.
	read -ra pids <"/proc/$drain/task/$drain/children" || true
	for pid in $drain "${pids[@]}"; do
		[ "$(cat "/proc/$pid/comm")" != "$1" ] || awk '/^VmRSS/ {printf "%.1f", $2 / 1024}' "/proc/$pid/status"
	done
}

all_resident() {
	local program
	for program in "${programs[@]}"; do
		resident "$program"
		echo
	done
}

waiting() {
	find "$spool/new" -type f | wc -l
}

pile_up "$spool/new"
wanted=$(records "$spool/new" | grep -c '^{"type":"drone"')
postgres_start
postgres_database outage
postgres_stop
(cd / && exec wd-drain "$spool" "$database_url") 2>"$WORK/drain.err" &
drain=$!
trap 'kill $drain 2>/dev/null; postgres_stop' EXIT
until grep -q 'the database is unavailable' "$WORK/drain.err"; do sleep 0.1; done
postgres_again
kill -HUP $drain
began=${EPOCHREALTIME/./}
until [ "$(waiting)" -le $((SEGMENTS / 2)) ]; do
	kill -0 $drain
	sleep 0.2
done
all_resident >"$WORK/half"
until [ "$(waiting)" = 0 ]; do
	kill -0 $drain
	sleep 0.2
done
took=$((${EPOCHREALTIME/./} - began))
all_resident >"$WORK/end"
kill $drain
wait $drain
trap postgres_stop EXIT
stored=$(sql 'SELECT count(*) FROM drones')
# Rows of an earlier second that were committed after rows of a later one.
disorder=$(sql 'SELECT count(*) FROM (SELECT min(c) < max(max(c)) OVER (ORDER BY time ROWS BETWEEN UNBOUNDED
	PRECEDING AND 1 PRECEDING) AS late FROM (SELECT time, pg_xact_commit_timestamp(xmin) c FROM drones) d
	GROUP BY time) AS seconds WHERE late')
rate=$((stored * 1000000 / took))
printf '\noutage: %s segments, %s rows\n' "$SEGMENTS" "$wanted"
{
	printf 'rows/s\t%s\nrows missing\t%s\nseconds out of order\t%s\n' $rate $((wanted - stored)) "$disorder"
	printf 'resident MiB\thalf\tend\n'
	paste <(printf '%s\n' "${programs[@]}") "$WORK/half" "$WORK/end"
} | column -ts $'\t'
jq -nc --argjson segments "$SEGMENTS" --argjson rows "$stored" --argjson missing $((wanted - stored)) \
	--argjson disorder "$disorder" --argjson rate $rate --slurpfile half "$WORK/half" --slurpfile last "$WORK/end" \
	'{title: "outage", name: "wd-drain", segments: $segments, rows: $rows, missing: $missing, disorder: $disorder,
	  rate: $rate, half_mib: $half, end_mib: $last}' >>"$RUNS"
[ "$wanted" = "$stored" ] && [ "$disorder" = 0 ]
