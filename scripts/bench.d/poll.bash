# wd-poll on many simulated kits: slots missed and late, CPU, memory.
#
# MINUTES (5), KITS (1000) and INTERVAL (5, seconds) may be set in the environment. A real kit closes
# each connection, and so do these. Late is how much later than its slot a request was begun; slots
# are a kit's earliest request + n x the interval, so a clock that drifts shows as lateness that
# grows: "late at the end" is that of the last minute.

need wd-poll wd-sim

MINUTES=${MINUTES:-5} KITS=${KITS:-1000} INTERVAL=${INTERVAL:-5}
ulimit -n "$(ulimit -Hn)"

# One simulator for each thousand: real kits have addresses of their own, too.
sims=()
trap 'kill "${sims[@]}"' EXIT
echo kits: >"$WORK/kits.yaml"
for ((first = 1; first <= KITS; first += 1000)); do
	some=$((KITS - first < 1000 ? KITS - first + 1 : 1000))
	"$BIN/wd-sim" -q --port 0 --kits "$some" --drones 60 --aircraft 40 >"$WORK/sim-$first" &
	sims+=($!)
	until grep -q ^listening "$WORK/sim-$first"; do sleep 0.1; done
	"$BIN/wd-sim" --kits "$some" --port "$(sed 's/.*://' "$WORK/sim-$first")" --print-config |
		sed -n "s/id: sim/id: from-$first/; /^  /p" >>"$WORK/kits.yaml"
done

# What comes before the body is enough.
"$WORK/measure" "$WORK/figures" timeout -s TERM --preserve-status "${MINUTES}m" \
	"$BIN/wd-poll" -c "$WORK/kits.yaml" --poll-interval "$INTERVAL" |
	LC_ALL=C cut -c1-256 | sed -nE 's/^(\{"type":"reply".*),"(http_status|error)".*/\1}/p' >"$WORK/replies"
read -r wall cpu peak <"$WORK/figures"

printf '\npoll: %s kits, 100 tracks each, every %s s, %s minutes\n' "$KITS" "$INTERVAL" "$MINUTES"
jq -rs --argjson interval "$INTERVAL" --argjson wall "$wall" --argjson cpu "$cpu" \
	--argjson peak "$peak" '
	def at(p): if length == 0 then 0 else sort | .[((length - 1) * p) | floor] end;
	def ms: . * 100000 | round / 100;
	length as $replies
	| map(select(.ok | not)) as $failed
	| (map(select(.ok)) | map(.elapsed_ms / 1000)) as $took
	| map({kit: .kit_id, endpoint,
		at: ((.time[0:19] + "Z" | fromdateiso8601) + (.time[19:26] | tonumber) - .elapsed_ms / 1000)})
	| (map(.at) | max) as $last
	| map(select(.endpoint != "status")) | group_by([.kit, .endpoint])
	| map((map(.at) | min) as $first
		| map(.at - $first | {n: (. / $interval | round), closing: (. > $last - $first - 60),
			late: (. - (. / $interval | round) * $interval)})
		| (map(.late) | min) as $early
		| {missed: ((map(.n) | max) + 1 - length),
		   late: map(.late - $early), late_end: map(select(.closing) | .late - $early)})
	| ([.[].late[]]) as $late | ([.[].late_end[]]) as $late_end
	| ["replies", $replies], ["failed", ($failed | length)],
	  ["missed slots", (map(.missed) | add)],
	  ["late, ms: median, 99 %, most", ($late | at(0.5) | ms), ($late | at(0.99) | ms), ($late | max | ms)],
	  ["late at the end, ms", ($late_end | at(0.5) | ms), ($late_end | at(0.99) | ms), ($late_end | max | ms)],
	  ["answer, ms: median, 99 %", ($took | at(0.5) | ms), ($took | at(0.99) | ms)],
	  ["CPU, % of a core", ($cpu / $wall * 10000 | round / 100)],
	  ["peak MiB", ($peak / 1024 * 10 | round / 10)]
	| map(tostring) | join("\t")' "$WORK/replies" | column -ts $'\t'
jq -nc --argjson kits "$KITS" --argjson minutes "$MINUTES" --argjson wall "$wall" \
	--argjson cpu "$cpu" --argjson peak "$peak" \
	'{title: "poll", name: "wd-poll", kits: $kits, minutes: $minutes, wall_s: $wall, cpu_s: $cpu, peak_kib: $peak}' >>"$RUNS"
