# wd-watch beside cat: 1,000 kits and 20 rules in 20 zones; a year of rows; 1,000 kits in real time.
#
# ROWS (10000000) and SECONDS_LIVE (40) may be set in the environment.

need wd-watch

ROWS=${ROWS:-10000000} SECONDS_LIVE=${SECONDS_LIVE:-40}

# 20 zones of 8 corners in a circle of 5 km, and a rule for each.
awk 'BEGIN {
	print "zones:"
	for (i = 0; i < 20; i++) {
		printf "  - {name: z%d, polygon: [", i
		for (c = 0; c < 8; c++)
			printf "%s[%.5f, %.5f]", c ? ", " : "", 50 + 0.03 * sin(i) + 0.006 * sin(c * 0.785), 8 + 0.04 * cos(i * 2) + 0.009 * cos(c * 0.785)
		print "]}"
	}
	print "known: [{tag: friendly, drone_id: [\"ours-*\", \"d1?\"]}]\nrules:"
	for (i = 0; i < 20; i++)
		printf "  - {name: r%d, on: [enter, leave, dwell, lost], zones: [z%d], where: {kind: drone, speed: \"> %d\"}, except: {known: friendly}}\n", i, i, i % 4
}' >"$WORK/watch.yaml"

# rows FIRST COUNT KITS: records as wide as real ones, 200 drones near the zones; a reply after every fifth.
rows() {
	awk -v first="$1" -v count="$2" -v kits="$3" 'BEGIN {
		for (i = first; i < first + count; i++) {
			t = 1795500000 + i / 200
			time = strftime("%Y-%m-%dT%H:%M:%S", t, 1) sprintf(".%06dZ", (i % 200) * 5000)
			d = i % 200
			printf "{\"type\":\"drone\",\"time\":\"%s\",\"kit_id\":\"kit-%04d\",\"drone_id\":\"drone-1581F5FH%06d\",\"lat\":%.6f,\"lon\":%.6f,\"alt\":%.1f,\"speed\":%.1f,\"heading\":%d,\"pilot_lat\":50.01,\"pilot_lon\":8.01,\"rssi\":-60,\"mac\":\"60:60:1f:00:00:01\",\"description\":\"DJI Mavic 3\",\"operator_id\":\"FRA-OP-123456\",\"track_type\":\"drone\",\"freq_mhz\":2412,\"height\":60}\n", time, i % kits, d, 50 + 0.05 * sin(i / 9000 + d), 8 + 0.06 * cos(i / 7000 + d * 3), 100 + d, d % 20, d
			if (i % 5 == 4)
				printf "{\"type\":\"reply\",\"kit_id\":\"kit-%04d\",\"endpoint\":\"drones\",\"time\":\"%s\",\"ok\":true,\"elapsed_ms\":3.1,\"poller\":\"p\"}\n", i % kits, time
		}
	}'
}

rows 0 500000 1000 >"$WORK/records.ndjson"
compare 'watch: 20 zones, 20 rules' records "$(wc -l <"$WORK/records.ndjson")" \
	wd-watch "$BIN/wd-watch -q -r $WORK/watch.yaml $WORK/records.ndjson >/dev/null" \
	'wd-watch --only' "$BIN/wd-watch -q --only -r $WORK/watch.yaml $WORK/records.ndjson >/dev/null" \
	cat "cat $WORK/records.ndjson >/dev/null"

# A year: the rows come from a pipe, so that the measured process is wd-watch alone.
title="watch: a year of $ROWS rows replayed"
rows 0 "$ROWS" 100 | "$WORK/measure" "$WORK/figures" "$BIN/wd-watch" --only -r "$WORK/watch.yaml" \
	>"$WORK/output" 2>"$WORK/log"
read -r wall cpu peak <"$WORK/figures"
printf '\n%s\nCPU s     %s\npeak MiB  %s\nevents    %s\n' "$title" "$cpu" "$((peak / 1024))" "$(wc -l <"$WORK/output")"
jq -nc --arg title "$title" --argjson wall "$wall" --argjson cpu "$cpu" --argjson peak "$peak" \
	'{title: $title, name: "wd-watch", wall_s: $wall, cpu_s: $cpu, peak_kib: $peak}' >>"$RUNS"

# 1,000 kits at 5 s: 200 replies a second with a drone each.
live() {
	local n begin=$EPOCHREALTIME wait
	for ((n = 0; n < SECONDS_LIVE; n++)); do
		rows $((n * 200)) 200 1000
		wait=$(awk -v begin="$begin" -v now="$EPOCHREALTIME" -v n="$((n + 1))" 'BEGIN {print begin + n - now}')
		[[ $wait == -* ]] || sleep "$wait"
	done
}
title="watch: 1,000 kits at 5 s, live"
live | "$WORK/measure" "$WORK/figures" "$BIN/wd-watch" -r "$WORK/watch.yaml" --state "$WORK/state" \
	>"$WORK/output" 2>"$WORK/log"
read -r wall cpu peak <"$WORK/figures"
printf '\n%s (%s s)\n' "$title" "$SECONDS_LIVE"
awk -v wall="$wall" -v cpu="$cpu" -v peak="$peak" 'BEGIN {
	printf "CPU, %% of a core  %.2f\npeak MiB          %.1f\n", cpu / wall * 100, peak / 1024 }'
jq -nc --arg title "$title" --argjson wall "$wall" --argjson cpu "$cpu" --argjson peak "$peak" \
	'{title: $title, name: "wd-watch", wall_s: $wall, cpu_s: $cpu, peak_kib: $peak}' >>"$RUNS"
