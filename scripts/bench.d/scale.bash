# The cost of scaling: CPU per poll and memory of each program at 1 to 10,000 kits of 10 tracks, and of
# 10 kits of 10 to 1,000 tracks, polled every 5 s from one simulator on this machine and stored. A column that
# grows downwards shows what grows faster than the work.
#
# SECONDS_EACH (20), FLEETS ("KITSxTRACKS …") and DATABASE (sqlite; or postgresql, whose server's CPU and memory are
# not counted) may be set in the environment. A poll is one reply, of any endpoint. Lost are the slots between two good
# replies of /drones of a kit, unstored the records that are not in the table at the end; both must be 0. MiB is the
# largest resident size (RSS) of a program; "all" is the sum, with the simulator.

need wd-poll wd-normalize wd-health wd-store wd-sim
# shellcheck source=scripts/bench.d/postgres.bash
. scripts/bench.d/postgres.bash

SECONDS_EACH=${SECONDS_EACH:-20} DATABASE=${DATABASE:-sqlite}
PROGRAMS=(sim poll normalize health store)
read -ra fleets <<<"${FLEETS:-1x10 10x10 100x10 1000x10 10000x10 10x100 10x1000}"
ulimit -n "$(ulimit -Hn)"

# measured NAME COMMAND…: what it takes goes to $WORK/NAME.
measured() {
	"$WORK/measure" "$WORK/$1" "${@:2}"
}

# new_database: empty, with our tables; sets $database_url.
new_database() {
	if [ "$DATABASE" = postgresql ]; then
		postgres_database scale
	else
		rm -f "$WORK"/scale.db*
		database_url=sqlite:$WORK/scale.db
		"$BIN/wd-store" -q --migrate "$database_url"
	fi
}

count_rows() {
	local sql='SELECT count(*) FROM drones'
	if [ "$DATABASE" = postgresql ]; then
		psql -qXAt "$database_url" -c "$sql"
	else
		sqlite3 -readonly "$WORK/scale.db" "$sql"
	fi
}

# run KITS TRACKS: leaves the heads of the replies and records in $WORK/heads and what each program took in its file.
run() {
	local sim
	rm -f "$WORK/listening" "$WORK/state"
	measured sim timeout -s TERM --preserve-status $((SECONDS_EACH + 5)) "$BIN/wd-sim" -q --port 0 \
		--kits "$1" --drones $(($2 / 2)) --aircraft $(($2 - $2 / 2)) >"$WORK/listening" &
	sim=$!
	until grep -qs ^listening "$WORK/listening"; do sleep 0.1; done
	"$BIN/wd-sim" --kits "$1" --port "$(sed 's/.*://' "$WORK/listening")" --print-config >"$WORK/kits.yaml"
	measured poll timeout -s TERM --preserve-status "$SECONDS_EACH" "$BIN/wd-poll" -q -c "$WORK/kits.yaml" |
		measured normalize "$BIN/wd-normalize" | tee "$WORK/lines" |
		measured health "$BIN/wd-health" -q --state "$WORK/state" --prometheus "$WORK/metrics.prom" |
		measured store "$BIN/wd-store" -q "$database_url"
	wait "$sim"
}

# Prints `polls lost`.
polls() {
	LC_ALL=C sed -nE 's/^\{"type":"reply","kit_id":"([^"]*)","endpoint":"([^"]*)","time":"[^T]*T(..):(..):([0-9.]*)Z","ok":true.*/\1 \2 \3 \4 \5/p' \
		"$WORK/lines" | sort | awk '
		{ all++ }
		$2 != "drones" { next }
		{ now = ($3 * 60 + $4) * 60 + $5 }
		$1 == kit { lost += int((now - before) / 5 + 0.5) - 1 }
		{ kit = $1; before = now }
		END { print all + 0, lost + 0 }'
}

# Prints how many records have a key of their own.
records() {
	LC_ALL=C sed -nE 's/^\{"type":"drone",("time":"[^"]*","kit_id":"[^"]*","drone_id":"[^"]*").*/\1/p' "$WORK/lines" |
		LC_ALL=C sort -u | wc -l
}

[ "$DATABASE" = sqlite ] || postgres_start
for fleet in "${fleets[@]}"; do
	kits=${fleet%x*} tracks=${fleet#*x}
	new_database
	run "$kits" "$tracks"
	read -r made lost <<<"$(polls)"
	rows=$(count_rows)
	for program in "${PROGRAMS[@]}"; do
		read -r _ cpu peak <"$WORK/$program"
		printf '%s %s %s\n' "$program" "$cpu" "$peak"
	done | jq -Rnc --argjson kits "$kits" --argjson tracks "$tracks" --argjson polls "$made" --argjson lost "$lost" \
		--argjson rows "$rows" --argjson unstored $(($(records) - rows)) --argjson seconds "$SECONDS_EACH" '
		[inputs | split(" ") | {(.[0]): {cpu_s: (.[1] | tonumber), peak_kib: (.[2] | tonumber)}}] | add as $programs
		| {title: "scale", name: "\($kits)x\($tracks)", kits: $kits, tracks: $tracks, seconds: $seconds,
		   polls: $polls, lost: $lost, rows: $rows, unstored: $unstored, programs: $programs}' |
		tee -a "$RUNS" >>"$WORK/table"
done

printf '\nscale: every 5 s, %s s each, into %s; microseconds of CPU per poll, and MiB\n' "$SECONDS_EACH" "$DATABASE"
jq -rs --args '
	def each(f): [.programs[$ARGS.positional[]] | f];
	["kits", "tracks", "polls", "lost", "rows", "unstored"] + [$ARGS.positional[] + " us"]
		+ [$ARGS.positional[] + " MiB"] + ["all MiB"],
	(.[] | .polls as $polls | [.kits, .tracks, .polls, .lost, .rows, .unstored]
		+ each(if $polls > 0 then .cpu_s / $polls * 1e6 | round else "-" end)
		+ each(.peak_kib / 1024 * 10 | round / 10) + [each(.peak_kib) | add / 1024 | round])
	| map(tostring) | join("\t")' "${PROGRAMS[@]}" <"$WORK/table" | column -ts $'\t'
