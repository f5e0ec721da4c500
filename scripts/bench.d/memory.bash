# The memory of each program while it polls and stores for a long time: resident size every 10 s.
#
# MINUTES (20) and KITS (10, of 100 tracks each) may be set in the environment.

need wd-poll wd-drain wd-normalize wd-health wd-watch wd-tee wd-store wd-sim
# shellcheck source=scripts/bench.d/kits.bash
. scripts/bench.d/kits.bash

MINUTES=${MINUTES:-20} KITS=${KITS:-10} DRONES=60 AIRCRAFT=40
PATH=$BIN:$PATH

# sample PID: `NAME KIB` of this process and its children.
sample() {
	local pid
	for pid in "$1" $(cat "/proc/$1/task/$1/children"); do
		printf '%s %s\n' "$(cat "/proc/$pid/comm")" "$(awk '/^VmRSS/ {print $2}' "/proc/$pid/status")"
	done
}

simulate "$KITS"
printf 'rules: [{name: visitors, on: [first_seen, seen, lost], level: info}]\n' >"$WORK/watch.yaml"
mkdir -p "$WORK/spool/new"
wd-drain -q --keep "$WORK/kept" --watch "$WORK/watch.yaml" --events "$WORK/events" "$WORK/spool" "sqlite:$WORK/memory.db" &
drain=$!
wd-poll -q -c "$WORK/kits.yaml" --spool "$WORK/spool" &
poll=$!
for ((i = 0; i < MINUTES * 6; i++)); do
	sleep 10
	for pid in $poll $drain; do sample "$pid"; done | sed "s/^/$i /" >>"$WORK/samples"
done
for pid in $poll $drain "$sim"; do
	kill "$pid"
	wait "$pid" || true
done

printf '\nmemory: %s kits, %s minutes, MiB\n' "$KITS" "$MINUTES"
awk -v count=$((MINUTES * 6)) -v runs="$RUNS" '
	{ quarter = int(4 * $1 / count); names[$2]; size = $3 / 1024
	  if (size > most[$2, quarter]) most[$2, quarter] = size }
	END {
		printf "program\t1st quarter\t2nd\t3rd\t4th\n"
		for (name in names) {
			printf "%s", name
			for (i = 0; i < 4; i++) printf "\t%.1f", most[name, i]
			printf "\n"
			printf "{\"title\":\"memory\",\"name\":\"%s\",\"mib\":[%.1f,%.1f,%.1f,%.1f]}\n", name,
				most[name, 0], most[name, 1], most[name, 2], most[name, 3] >>runs
		}
	}' "$WORK/samples" | column -ts $'\t'
