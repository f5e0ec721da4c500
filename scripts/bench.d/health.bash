# wd-health beside cat: records that it only passes on, replies that it reads; and 10,000 kits at
# 5 s in real time, with a state file and a metrics file.
#
# KITS (10000) and SECONDS_LIVE (40) may be set in the environment.

need wd-health

KITS=${KITS:-10000} SECONDS_LIVE=${SECONDS_LIVE:-40}

# 480 MB of records of 1.2 KB, as wide as a drone's.
pad=$(printf 'a%.0s' {1..1110})
seq 400000 | sed "s/.*/{\"type\":\"drone\",\"time\":\"2026-11-23T17:59:18.572558Z\",\"kit_id\":\"kit-001\",\"drone_id\":\"d&\",\"pad\":\"$pad\"}/" \
	>"$WORK/records.ndjson"
compare 'health: records that pass' MB "$(($(wc -c <"$WORK/records.ndjson") / 1000000))" \
	wd-health "cat $WORK/records.ndjson | $BIN/wd-health | cat >/dev/null" \
	cat "cat $WORK/records.ndjson | cat | cat >/dev/null"

# second N: what one second brings of all kits: a fifth of them, two replies each. A tenth is down.
second() {
	seq "$(($1 % 5))" 5 "$((KITS - 1))" | awk -v second="$1" -v kits="$KITS" '{
		time = sprintf("2026-11-23T10:%02d:%02d.%06dZ", second / 60, second % 60, $1 * 1000000 / kits)
		head = sprintf("{\"type\":\"reply\",\"kit_id\":\"kit-%05d\",\"endpoint\":", $1)
		tail = "\"ok\":true,\"elapsed_ms\":3.1,\"attempts\":1,\"http_status\":200,\"kit_date\":\"2026-11-23T10:00:00Z\"}"
		if ($1 % 50 < 5)
			tail = "\"ok\":false,\"elapsed_ms\":3.1,\"attempts\":1,\"error\":\"connect\",\"message\":\"Connection refused\",\"failures\":9,\"retry_in_s\":300}"
		print head "\"drones\",\"time\":\"" time "\"," tail
		print head "\"signals\",\"time\":\"" time "\"," tail
	}'
}

for ((n = 0; n < 180; n++)); do
	second $n >"$WORK/second.$n"
done
(cd "$WORK" && cat $(seq -f second.%g 0 179)) >"$WORK/replies.ndjson"
compare "health: replies of $KITS kits, 3 minutes of them" replies "$(wc -l <"$WORK/replies.ndjson")" \
	wd-health "$BIN/wd-health -qq $WORK/replies.ndjson | cat >/dev/null" \
	cat "cat $WORK/replies.ndjson | cat >/dev/null"

# Begins before a minute is over, so that all that is done once a minute is in it.
live() {
	local n begin=$EPOCHREALTIME wait
	for ((n = 30; n < 30 + SECONDS_LIVE; n++)); do
		cat "$WORK/second.$n"
		wait=$(awk -v begin="$begin" -v now="$EPOCHREALTIME" -v n=$((n - 29)) 'BEGIN {print begin + n - now}')
		[[ $wait == -* ]] || sleep "$wait"
	done
}
live | "$WORK/measure" "$WORK/figures" "$BIN/wd-health" --state "$WORK/state" \
	--prometheus "$WORK/metrics.prom" >"$WORK/output" 2>"$WORK/log" || {
	echo "bench: wd-health ended with status $?: $(tail -1 "$WORK/log")" >&2
	exit 1
}
read -r wall cpu peak <"$WORK/figures"
title="health: $KITS kits at 5 s, live"
printf '\n%s (%s s, %s replies)\n' "$title" "$SECONDS_LIVE" "$(grep -c '"type":"reply"' "$WORK/output")"
awk -v wall="$wall" -v cpu="$cpu" -v peak="$peak" 'BEGIN {
	printf "CPU, %% of a core  %.2f\npeak MiB          %.1f\n", cpu / wall * 100, peak / 1024 }'
jq -nc --arg title "$title" --argjson wall "$wall" --argjson cpu "$cpu" --argjson peak "$peak" \
	'{title: $title, name: "wd-health", wall_s: $wall, cpu_s: $cpu, peak_kib: $peak}' >>"$RUNS"
