# Kits to database, end to end: how long a detection takes to become a committed row, by pipe, by spool,
# by a spool whose segments are sealed every second, and by one that keeps copies, and what each program
# takes, at 1, 10, 100 and 1,000 simulated kits of 100 tracks each; what a shell loop of curl, jq and psql
# takes for 1 and 10 of them.
#
# The ways take turns, --pairs times for each number of kits. SECONDS_EACH (20) and KITS ("1 10 100
# 1000") may be set in the environment. Latency is from the reply's arrival (its `time`) to the commit
# of the row (pg_xact_commit_timestamp), taken of the first drone of every /drones reply.

need wd-poll wd-normalize wd-health wd-store wd-sim
# shellcheck source=scripts/bench.d/postgres.bash
. scripts/bench.d/postgres.bash
# shellcheck source=scripts/bench.d/kits.bash
. scripts/bench.d/kits.bash

SECONDS_EACH=${SECONDS_EACH:-20} DRONES=60 AIRCRAFT=40
read -ra sizes <<<"${KITS:-1 10 100 1000}"
PATH=$BIN:$PWD/scripts:$PATH
ulimit -n "$(ulimit -Hn)"
postgres_start

# With a compressed copy of each segment, from which the records are made a second time.
by_kept_spool() {
	local kept=$WORK/kept spool=$WORK/spool drain
	rm -rf "$kept" "$spool" "$spool.state"
	mkdir -p "$spool/new"
	measured drain timeout -s TERM --preserve-status $((SECONDS_EACH + 5)) \
		wd-drain -q --keep "$kept" "$spool" "$database_url" 2>"$WORK/drain.err" &
	drain=$!
	poll --spool "$spool"
	wait $drain
	find "$kept" -name '*.zst' | sort | xargs zstdcat | wd-normalize >"$WORK/records"
}

# What one would write in an evening: a loop of its own for each kit.
by_shell() {
	local until=$((SECONDS + SECONDS_EACH)) url
	while read -r url; do
		while [ $SECONDS -lt $until ]; do
			curl -s "$url/drones" | jq -r --arg kit "$url" '.drones[] | [(.observed_at // .last_update_time
				| strftime("%Y-%m-%dT%H:%M:%SZ")), $kit, .id, .lat, .lon, .alt, .speed] | @csv' |
				psql -qX "$database_url" -c 'CREATE TEMP TABLE polled (LIKE drones)' \
					-c '\copy polled(time, kit_id, drone_id, lat, lon, alt, speed) FROM STDIN CSV' \
					-c 'INSERT INTO drones SELECT * FROM polled ON CONFLICT DO NOTHING' &&
				date -u "+{\"type\":\"reply\",\"kit_id\":\"$url\",\"endpoint\":\"drones\",\"time\":\"%FT%T.%6NZ\",\"ok\":true}" >>"$WORK/records"
			sleep 5
		done &
	done < <(sed -n 's/.*api_url: *"\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' "$WORK/kits.yaml")
	wait
}

# row WAY KITS STAGE…: one row of the table from what the last run left behind.
row() {
	local way=$1 kits=$2 figures=() stage rows cpu peak
	shift 2
	rows=$(psql -qXAt "$database_url" -c 'SELECT count(*) FROM drones')
	for stage; do
		read -r _ cpu peak <"$WORK/$stage"
		figures+=("$stage $cpu $peak")
	done
	read -r p50 p99 most looked_at <<<"$(latency)"
	read -r made lost <<<"$(polls)"
	printf '%s\n' "${figures[@]}" | jq -Rnc --arg way "$way" --argjson round "$round" --argjson kits "$kits" --argjson rows "$rows" \
		--argjson seconds "$SECONDS_EACH" --argjson made "$made" --argjson lost "$lost" \
		--argjson looked_at "$looked_at" --argjson latency "[$p50, $p99, $most]" '
		[inputs | split(" ") | {(.[0]): {cpu_s: (.[1] | tonumber), peak_kib: (.[2] | tonumber)}}] | add as $stages
		| {title: "pipeline", name: $way, round: $round, kits: $kits, seconds: $seconds, rows: $rows, polls: $made, lost: $lost,
		   latency_ms: $latency, latencies: $looked_at, stages: $stages}' | tee -a "$RUNS" >>"$WORK/table"
}

# Medians of the rounds; polls and lost are sums, `max` is the longest of all.
show() {
	jq -rs "$MEDIAN"'
		def cpu: [.stages[].cpu_s] | add;
		def hundredths: . * 100 | round / 100;
		def middle(f): map(f | select(. != null)) | if . == [] then "-" else median | hundredths end;
		["way", "kits", "polls", "lost", "rows/s", "p50 ms", "p99 ms", "max ms", "CPU %", "min-max", "CPU ms/poll",
			"MiB", "of which CPU s"],
		(group_by([.kits, .name])[] | . as $runs
			| [.[0].name, .[0].kits, (map(.polls) | add), (map(.lost) | add), middle(.rows / .seconds),
			   middle(.latency_ms[0]), middle(.latency_ms[1]), (map(.latency_ms[2]) | max // "-"),
			   middle(cpu / .seconds * 100),
			   "\(map(cpu / .seconds * 100) | min | hundredths)-\(map(cpu / .seconds * 100) | max | hundredths)",
			   middle(if .polls > 0 then cpu / .polls * 1000 else null end), middle([.stages[].peak_kib] | add / 1024),
			   ([.[0].stages | keys_unsorted[] as $stage | "\($stage) \($runs | middle(.stages[$stage].cpu_s))"]
				| join(", "))])
		| map(tostring) | join("\t")' "$WORK/table" | column -ts $'\t'
}

run_pipe() {
	postgres_database "pipe_$kits"
	by_pipe
	row pipe "$kits" poll normalize health store
}

run_spool() {
	postgres_database "spool_$kits"
	by_spool 0.25
	row spool "$kits" poll drain
}

# What syncing four times a second costs, and saves in latency.
run_slow_spool() {
	postgres_database "slow_$kits"
	by_spool 1
	row seal-1s "$kits" poll drain
}

run_kept_spool() {
	postgres_database "kept_$kits"
	by_kept_spool
	row kept "$kits" poll drain
}

# Its loops run in a shell of their own, so that what they take can be measured.
run_shell() {
	postgres_database "shell_$kits"
	: >"$WORK/records"
	measured shell bash -c by_shell
	row shell "$kits" shell
}

export -f by_shell
export SECONDS_EACH database_url
for kits in "${sizes[@]}"; do
	simulate "$kits"
	for ((round = 1; round <= PAIRS; round++)); do
		run_pipe
		run_spool
		run_slow_spool
		run_kept_spool
		[ "$kits" -gt 10 ] || run_shell
	done
	kill "$sim"
	wait "$sim" || true
done
printf '\npipeline: 100 tracks a kit, every 5 s, %s s each, %s rounds\n' "$SECONDS_EACH" "$PAIRS"
show
