# The cost of scaling: CPU per poll and memory of each program at 1 to 10,000 kits of 10 tracks, and of
# 10 kits of 10 to 1,000 tracks, polled every 5 s from one simulator on this machine. A column that
# grows downwards shows what grows faster than the work.
#
# SECONDS_EACH (20) and FLEETS ("KITSxTRACKS …") may be set in the environment. A poll is one reply, of
# any endpoint; lost are the slots between two good replies of /drones of a kit.

need wd-poll wd-normalize wd-health wd-sim

SECONDS_EACH=${SECONDS_EACH:-20}
read -ra fleets <<<"${FLEETS:-1x10 10x10 100x10 1000x10 10000x10 10x100 10x1000}"
ulimit -n "$(ulimit -Hn)"

# measured NAME COMMAND…: what it takes goes to $WORK/NAME.
measured() {
	"$WORK/measure" "$WORK/$1" "${@:2}"
}

# run KITS TRACKS: leaves the replies in $WORK/replies and what each program took in its file.
run() {
	local sim
	rm -f "$WORK/listening" "$WORK/state"
	measured sim timeout -s TERM --preserve-status $((SECONDS_EACH + 5)) "$BIN/wd-sim" -q --port 0 \
		--kits "$1" --drones $(($2 / 2)) --aircraft $(($2 - $2 / 2)) >"$WORK/listening" &
	sim=$!
	until grep -qs ^listening "$WORK/listening"; do sleep 0.1; done
	"$BIN/wd-sim" --kits "$1" --port "$(sed 's/.*://' "$WORK/listening")" --print-config >"$WORK/kits.yaml"
	measured poll timeout -s TERM --preserve-status "$SECONDS_EACH" "$BIN/wd-poll" -q -c "$WORK/kits.yaml" |
		measured normalize "$BIN/wd-normalize" |
		measured health "$BIN/wd-health" -q --state "$WORK/state" --prometheus "$WORK/metrics.prom" |
		LC_ALL=C cut -c1-256 | grep '^{"type":"reply"' >"$WORK/replies"
	wait "$sim"
}

# Prints `polls lost`.
polls() {
	sed -nE 's/^\{"type":"reply","kit_id":"([^"]*)","endpoint":"([^"]*)","time":"[^T]*T(..):(..):([0-9.]*)Z","ok":true.*/\1 \2 \3 \4 \5/p' \
		"$WORK/replies" | sort | awk '
		{ all++ }
		$2 != "drones" { next }
		{ now = ($3 * 60 + $4) * 60 + $5 }
		$1 == kit { lost += int((now - before) / 5 + 0.5) - 1 }
		{ kit = $1; before = now }
		END { print all + 0, lost + 0 }'
}

for fleet in "${fleets[@]}"; do
	kits=${fleet%x*} tracks=${fleet#*x}
	run "$kits" "$tracks"
	read -r made lost <<<"$(polls)"
	for program in sim poll normalize health; do
		read -r _ cpu peak <"$WORK/$program"
		printf '%s %s %s\n' "$program" "$cpu" "$peak"
	done | jq -Rnc --argjson kits "$kits" --argjson tracks "$tracks" --argjson polls "$made" \
		--argjson lost "$lost" --argjson seconds "$SECONDS_EACH" '
		[inputs | split(" ") | {(.[0]): {cpu_s: (.[1] | tonumber), peak_kib: (.[2] | tonumber)}}] | add as $programs
		| {title: "scale", name: "\($kits)x\($tracks)", kits: $kits, tracks: $tracks, seconds: $seconds,
		   polls: $polls, lost: $lost, programs: $programs}' | tee -a "$RUNS" >>"$WORK/table"
done

printf '\nscale: every 5 s, %s s each; microseconds of CPU per poll, and MiB\n' "$SECONDS_EACH"
jq -rs '
	def each(f): [.programs.sim, .programs.poll, .programs.normalize, .programs.health | f];
	["kits", "tracks", "polls", "lost", "sim us", "poll us", "normalize us", "health us", "sim MiB", "poll MiB",
		"normalize MiB", "health MiB"],
	(.[] | .polls as $polls | [.kits, .tracks, .polls, .lost]
		+ each(if $polls > 0 then .cpu_s / $polls * 1e6 | round else "-" end)
		+ each(.peak_kib / 1024 * 10 | round / 10))
	| map(tostring) | join("\t")' "$WORK/table" | column -ts $'\t'
