# What the subjects of scripts/bench share. A subject is a file SUBJECT.bash that prepares its input
# in $WORK and calls `need` and `compare`.

# need TOOL…: builds these.
need() {
	make -s -j"$(nproc)" "${@/#/build/bin/}"
}

# before COMMAND NAME…: from now on COMMAND is run before each run of these, and is not measured.
declare -A preparations=()
before() {
	local name
	for name in "${@:2}"; do
		preparations["$name"]=$1
	done
}

# compare TITLE UNIT COUNT NAME COMMAND [NAME COMMAND …]: runs the commands (bash, from the
# repository's root) in turn, each of which handles COUNT things called UNIT, and prints for each
# the rate (median and range), CPU seconds, the peak memory of its largest process, and how many
# times faster the first one is. A command that fails ends the benchmark.
compare() {
	local title=$1 unit=$2 count=$3 round i
	shift 3
	local contestants=("$@")
	for ((round = 0; round <= PAIRS; round++)); do
		for ((i = 0; i < ${#contestants[@]}; i += 2)); do
			measure_once "$title" "$unit" "$count" "$round" "${contestants[i]}" \
				"${contestants[i + 1]}"
		done
	done
	show_table "$title" "$unit" "$count"
}

# Round 0 warms the caches and is not written down.
measure_once() {
	local title=$1 unit=$2 count=$3 round=$4 name=$5 command=$6 figures
	bash -o pipefail -c "${preparations["$name"]:-:}" >/dev/null
	if ! "$WORK/measure" "$WORK/figures" bash -o pipefail -c "$command" >"$WORK/output" 2>&1; then
		printf 'bench: failed: %s\n' "$command" >&2
		tail -5 "$WORK/output" >&2
		return 1
	fi
	[ "$round" != 0 ] || return 0
	read -r figures <"$WORK/figures"
	jq -nc --arg title "$title" --arg unit "$unit" --argjson count "$count" --arg name "$name" \
		--argjson round "$round" --arg figures "$figures" '
		($figures | split(" ") | map(tonumber)) as [$wall, $cpu, $peak]
		| {title: $title, unit: $unit, count: $count, name: $name, round: $round, wall_s: $wall,
		   cpu_s: $cpu, peak_kib: $peak, rate: ($count / $wall)}' >>"$RUNS"
}

# For jq.
MEDIAN='def median: sort | if length % 2 == 1 then .[length / 2 | floor]
	else (.[length / 2 - 1] + .[length / 2]) / 2 end;'

show_table() {
	printf '\n%s (%s %s a run, %s rounds)\n' "$1" "$3" "$2" "$PAIRS"
	jq -rs --arg title "$1" --arg unit "$2" "$MEDIAN"'
		def figure: if . >= 100 then round | tostring
			else (. * 100 | round / 100 | tostring) end;
		map(select(.title == $title)) as $runs
		| (reduce $runs[].name as $n ([]; if index([$n]) then . else . + [$n] end)) as $order
		| ["name", "\($unit)/s", "min-max", "CPU s", "peak MiB", "ratio", "min-max"],
		  ($order[] as $name
		  | [$runs[] | select(.name == $name)] as $mine
		  | [$runs[] | select(.name == $order[0])] as $first
		  | [range($mine | length) | $first[.].rate / $mine[.].rate] as $ratios
		  | [$name, ($mine | map(.rate) | median | figure),
		     "\($mine | map(.rate) | min | figure)-\($mine | map(.rate) | max | figure)",
		     ($mine | map(.cpu_s) | median | figure),
		     ($mine | map(.peak_kib / 1024) | max | figure),
		     ($ratios | median | figure),
		     "\($ratios | min | figure)-\($ratios | max | figure)"])
		| @tsv' "$RUNS" | column -ts $'\t'
}
