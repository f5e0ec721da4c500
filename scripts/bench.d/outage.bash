# The database is away while segments pile up, then back: how fast wd-drain stores them, in which
# order, and how much memory each program takes in the first and in the second half of it.
#
# SEGMENTS (10000), DRONES (50, in each) may be set in the environment. A segment is what a second
# brings: one reply, with every drone observed a second later than in the one before.

need wd-poll wd-drain wd-normalize wd-health wd-store wd-sim
# shellcheck source=scripts/bench.d/postgres.bash
. scripts/bench.d/postgres.bash

SEGMENTS=${SEGMENTS:-10000} DRONES=${DRONES:-50}
spool=$WORK/spool kits=20
mkdir -p "$spool/new" "$WORK/stages" "$WORK/peaks"

# A reply of a simulated kit, as wd-poll writes it.
take_reply() {
	"$BIN/wd-sim" -q --port 0 --drones "$DRONES" --aircraft 0 >"$WORK/sim" &
	local sim=$!
	until grep -q ^listening "$WORK/sim"; do sleep 0.1; done
	"$BIN/wd-poll" -q --once --id kit --url "$(sed 's/^listening on //' "$WORK/sim")" |
		grep '"endpoint":"drones"' >"$WORK/reply"
	kill "$sim"
}

pile_up() {
	awk -v segments="$SEGMENTS" -v kits=$kits -v begin=$((EPOCHSECONDS - SEGMENTS)) -v folder="$spool/new" '{
		for (i = 0; i < segments; i++) {
			line = $0
			sub(/"kit_id":"kit"/, "\"kit_id\":\"kit-" i % kits "\"", line)
			sub(/"time":"[^"]*"/, strftime("\"time\":\"%FT%T.000000Z\"", begin + i, 1), line)
			gsub(/"(observed_at|last_update_time)":[0-9.]+/, "\"observed_at\":" begin + i, line)
			file = sprintf("%s/%d000000-%08x", folder, begin + i, i)
			print line >file
			close(file)
		}
	}' "$WORK/reply"
}

# Each run of a stage leaves its figures in $WORK/peaks, in a file whose name says when it began.
wrap_stages() {
	local stage
	for stage in wd-normalize wd-health wd-store; do
		# shellcheck disable=SC2016 # what expands when it runs
		printf '#!/usr/bin/env bash\nexec %q "%s/$EPOCHREALTIME.%s" %q "$@"\n' "$WORK/measure" \
			"$WORK/peaks" "$stage" "$BIN/$stage" >"$WORK/stages/$stage"
		chmod +x "$WORK/stages/$stage"
	done
}

sql() {
	psql -qXAtd outage -c "$1"
}

# peak STAGE: MiB, the most of a run, in the first and in the second half of its runs.
peak() {
	cat "$WORK/peaks"/*."$1" | awk '{size[NR] = $3}
		END {for (i = 1; i <= NR; i++) {half = i > NR / 2; if (size[i] > most[half]) most[half] = size[i]}
		printf "%.1f\t%.1f\t%d\n", most[0] / 1024, most[1] / 1024, NR}'
}

resident() {
	awk '/^VmRSS/ {printf "%.1f", $2 / 1024}' "/proc/$1/status"
}

waiting() {
	find "$spool/new" -type f | wc -l
}

take_reply
pile_up
wanted=$(find "$spool/new" -type f | sort | xargs cat | "$BIN/wd-normalize" | grep -c '^{"type":"drone"')
wrap_stages
postgres_start
postgres_database outage
postgres_stop
(cd / && PATH=$WORK/stages:$PATH exec "$BIN/wd-drain" "$spool" "$database_url") 2>"$WORK/drain.err" &
drain=$!
until grep -q 'the database is unavailable' "$WORK/drain.err"; do sleep 0.1; done
rm -f "$WORK/peaks"/*
postgres_again
kill -HUP $drain
began=${EPOCHREALTIME/./}
half=''
until [ "$(waiting)" = 0 ]; do
	kill -0 $drain
	[ -n "$half" ] || [ "$(waiting)" -gt $((SEGMENTS / 2)) ] || half=$(resident $drain)
	sleep 0.2
done
took=$((${EPOCHREALTIME/./} - began))
end=$(resident $drain)
kill $drain
wait $drain
stored=$(sql 'SELECT count(*) FROM drones')
# Rows of an earlier second that were committed after rows of a later one.
disorder=$(sql 'SELECT count(*) FROM (SELECT min(c) < max(max(c)) OVER (ORDER BY time ROWS BETWEEN UNBOUNDED
	PRECEDING AND 1 PRECEDING) AS late FROM (SELECT time, pg_xact_commit_timestamp(xmin) c FROM drones) d
	GROUP BY time) AS seconds WHERE late')
rate=$((stored * 1000000 / took))
printf '\noutage: %s segments, %s rows\n' "$SEGMENTS" "$wanted"
{
	printf 'rows/s\t%s\nrows missing\t%s\nseconds out of order\t%s\n' $rate $((wanted - stored)) "$disorder"
	printf 'peak MiB\tfirst half\tsecond half\truns\n'
	for stage in wd-normalize wd-health wd-store; do
		printf '%s\t%s\n' "$stage" "$(peak "$stage")"
	done
	printf 'wd-drain (resident)\t%s\t%s\n' "$half" "$end"
} | column -ts $'\t'
jq -nc --argjson segments "$SEGMENTS" --argjson rows "$stored" --argjson missing $((wanted - stored)) \
	--argjson disorder "$disorder" --argjson rate $rate \
	'{title: "outage", name: "wd-drain", segments: $segments, rows: $rows, missing: $missing, disorder: $disorder,
	  rate: $rate}' >>"$RUNS"
[ "$wanted" = "$stored" ] && [ "$disorder" = 0 ]
