# Kits to database, end to end: how long a detection takes to become a committed row, by pipe, by spool
# and by a spool that keeps copies, and what each program takes, at 1, 10, 100 and 1,000 simulated kits
# of 100 tracks each; what a shell loop of curl, jq and psql takes for 1 and 10 of them.
#
# The ways take turns, --pairs times for each number of kits. SECONDS_EACH (20) and KITS ("1 10 100
# 1000") may be set in the environment. Latency is from the reply's arrival (its `time`) to the commit
# of the row (pg_xact_commit_timestamp), taken of the first drone of every /drones reply.

need wd-poll wd-normalize wd-health wd-store wd-sim
# shellcheck source=scripts/bench.d/postgres.bash
. scripts/bench.d/postgres.bash

SECONDS_EACH=${SECONDS_EACH:-20}
read -ra sizes <<<"${KITS:-1 10 100 1000}"
PATH=$BIN:$PWD/scripts:$PATH
ulimit -n "$(ulimit -Hn)"
postgres_start

# simulate KITS: sets $sim (pid) and writes $WORK/kits.yaml.
simulate() {
	rm -f "$WORK/sim"
	wd-sim --port 0 --kits "$1" --drones 60 --aircraft 40 >"$WORK/sim" 2>/dev/null &
	sim=$!
	until grep -qs ^listening "$WORK/sim"; do sleep 0.1; done
	wd-sim --kits "$1" --port "$(sed 's/.*://' "$WORK/sim")" --print-config >"$WORK/kits.yaml"
}

# measured NAME COMMAND…: what it takes goes to $WORK/NAME.
measured() {
	"$WORK/measure" "$WORK/$1" "${@:2}"
}

poll() {
	measured poll timeout -s TERM --preserve-status "$SECONDS_EACH" wd-poll -q -c "$WORK/kits.yaml" "$@"
}

by_pipe() {
	poll | measured normalize wd-normalize | tee "$WORK/records" | measured health wd-health -q |
		measured store wd-store -q "$database_url"
}

# The same programs behind a spool. What tee(1) takes, which is there for the latency only, is subtracted.
by_spool() {
	local spool=$WORK/spool state=$WORK/spool.state drain
	rm -rf "$spool" "$state"
	mkdir -p "$spool/new"
	# shellcheck disable=SC2016 # for the inner shell
	measured drain timeout -s TERM --preserve-status $((SECONDS_EACH + 5)) \
		wd-drain -q --state "$state" "$spool" -- bash -c 'wd-normalize |
			"$1/measure" "$1/tee" tee "$1/records" | wd-health -q --replay --state "$2/current/health" |
			wd-store -q --acknowledge "$3"' bash "$WORK" "$state" "$database_url" 2>"$WORK/drain.err" &
	drain=$!
	poll --spool "$spool"
	wait $drain
	paste -d ' ' "$WORK/drain" "$WORK/tee" | awk '{print $1, $2 - $5, $3}' >"$WORK/drain.new"
	mv "$WORK/drain.new" "$WORK/drain"
}

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

# Reply time and key of the first drone after each reply line.
first_drones() {
	LC_ALL=C sed -nE '
		/^\{"type":"reply"/ { s/.*"endpoint":"drones","time":"([^"]*)".*/\1/; t keep; s/.*//; :keep; h; }
		/^\{"type":"drone"/ { x; /./!{ x; d; }; G;
			s/^([^\n]*)\n\{"type":"drone","time":"([^"]*)","kit_id":"([^"]*)","drone_id":"([^"]*)".*/\1\t\2\t\3\t\4/p;
			s/.*//; x; }' "$WORK/records"
}

# Prints `p50 p99 max` in ms, and how many were looked at.
latency() {
	first_drones >"$WORK/firsts"
	psql -qXAt -F ' ' -P null=null "$database_url" <<-SQL
		CREATE TEMP TABLE firsts(arrived timestamptz, time timestamptz, kit_id text, drone_id text);
		\copy firsts FROM '$WORK/firsts'
		SELECT round(1000 * percentile_cont(0.5) WITHIN GROUP (ORDER BY s)),
			round(1000 * percentile_cont(0.99) WITHIN GROUP (ORDER BY s)), round(1000 * max(s)), count(*)
		FROM (SELECT extract(epoch FROM pg_xact_commit_timestamp(d.xmin) - f.arrived) AS s
			FROM firsts f JOIN drones d USING (time, kit_id, drone_id)) AS latencies;
	SQL
}

# What became of the polls: `made lost`; lost are the slots between two good replies of /drones.
polls() {
	sed -nE 's/^\{"type":"reply","kit_id":"([^"]*)","endpoint":"drones","time":"[^T]*T(..):(..):([0-9.]*)Z","ok":true.*/\1 \2 \3 \4/p' \
		"$WORK/records" | sort | awk '
		{ now = ($2 * 60 + $3) * 60 + $4; made++ }
		$1 == kit { lost += int((now - before) / 5 + 0.5) - 1 }
		{ kit = $1; before = now }
		END { print made + 0, lost + 0 }'
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
	by_spool
	row spool "$kits" poll drain
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
		run_kept_spool
		[ "$kits" -gt 10 ] || run_shell
	done
	kill "$sim"
	wait "$sim" || true
done
printf '\npipeline: 100 tracks a kit, every 5 s, %s s each, %s rounds\n' "$SECONDS_EACH" "$PAIRS"
show
