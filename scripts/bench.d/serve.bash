# wd-serve: the time from a line to a browser; 100 browsers while wd-poll polls 1,000 kits; 10,000 drones that move in a real
# browser.
#
# SECONDS_LIVE (30) and KITS (1000) may be set in the environment.

need wd-serve wd-sim wd-poll wd-normalize wd-health

SECONDS_LIVE=${SECONDS_LIVE:-30} KITS=${KITS:-1000}

# wait_line FILE PATTERN: the first line that matches.
wait_line() {
	for _ in $(seq 200); do
		grep -m1 -- "$2" "$1" 2>/dev/null && return
		sleep 0.05
	done
	echo "bench: no line \"$2\"" >&2
	return 1
}

started=()
# shellcheck disable=SC2317,SC2329 # called by trap
stop_all() {
	[ ${#started[@]} -eq 0 ] || kill "${started[@]}" 2>/dev/null || true
}
trap stop_all EXIT

port_of() {
	wait_line "$1" 'serving the map' | sed -E 's/.*:([0-9]+)\/.*/\1/'
}

mkfifo "$WORK/in"
"$BIN/wd-serve" --listen 127.0.0.1:0 "$WORK/in" >/dev/null 2>"$WORK/serve.log" &
started+=($!)
exec 8>"$WORK/in"
read -r median most max < <(python3 scripts/bench.d/serve.py latency "$(port_of "$WORK/serve.log")" "$WORK/in" 200)
exec 8>&-
printf '\nserve: from a line to a browser, 200 lines\nms, median 95%% max  %s %s %s\n' "$median" "$most" "$max"
jq -nc --argjson median "$median" --argjson most "$most" --argjson max "$max" \
	'{title: "serve: from a line to a browser", median_ms: $median, p95_ms: $most, max_ms: $max}' >>"$RUNS"

# The pipeline of 1,000 kits at 5 s, without and with 100 browsers.
"$BIN/wd-sim" --kits "$KITS" --drones 1 --aircraft 1 --signals 1 --port 0 >"$WORK/sim" 2>/dev/null &
started+=($!)
url=$(wait_line "$WORK/sim" 'listening on' | sed 's/listening on //')
{
	echo kits:
	for ((kit = 1; kit <= KITS; kit++)); do
		printf '  - {id: k%d, api_url: "%s/kit-%d"}\n' "$kit" "$url" "$kit"
	done
} >"$WORK/kits.yaml"

# cpu PID: seconds.
cpu() {
	awk -v hz="$(getconf CLK_TCK)" '{print ($14 + $15) / hz}' "/proc/$1/stat"
}

for browsers in 0 100; do
	mkfifo "$WORK/lines.$browsers"
	"$BIN/wd-serve" --listen 127.0.0.1:0 "$WORK/lines.$browsers" 2>"$WORK/serve.$browsers" >"$WORK/passed" &
	serve=$!
	"$BIN/wd-poll" -qq -c "$WORK/kits.yaml" 2>/dev/null | "$BIN/wd-normalize" -qq 2>/dev/null |
		"$BIN/wd-health" -qq >"$WORK/lines.$browsers" 2>/dev/null &
	pipe=$!
	started+=("$serve" "$pipe")
	sleep 10
	lines=$(wc -l <"$WORK/passed") cpu=$(cpu "$serve")
	if [ "$browsers" = 0 ]; then
		sleep "$SECONDS_LIVE"
		received=''
	else
		received=$(python3 scripts/bench.d/serve.py browsers "$(port_of "$WORK/serve.$browsers")" "$WORK/lines.$browsers" "$browsers" "$SECONDS_LIVE")
	fi
	lines=$(($(wc -l <"$WORK/passed") - lines))
	awk -v kits="$KITS" -v browsers="$browsers" -v s="$SECONDS_LIVE" -v lines="$lines" -v before="$cpu" \
		-v after="$(cpu "$serve")" -v received="$received" \
		-v memory="$(awk '$1 == "VmRSS:" {print $2}' "/proc/$serve/status")" 'BEGIN {
		split(received, r, " ")
		printf "\nserve: %d kits, %d browsers\nlines/s           %.0f\nCPU, %% of a core  %.1f\nRSS, MiB          %.0f\n",
			kits, browsers, lines / s, (after - before) / s * 100, memory / 1024
		if (browsers)
			printf "s until all have the state  %s\nMB to browsers    %.1f\ndisconnected      %d\nms to a browser, median max  %s %s\n",
				r[1], r[2] / 1e6, r[3], r[4], r[5]}'
	pkill -P "$pipe" || true
	kill "$serve" "$pipe" 2>/dev/null || true
	wait "$serve" 2>/dev/null || true
done

# 10,000 drones that move, each observed every 5 seconds: frames of a map at rest, and of one that is moved.
mkfifo "$WORK/fleet"
"$BIN/wd-serve" --listen 127.0.0.1:0 "$WORK/fleet" >/dev/null 2>"$WORK/fleet.log" &
started+=($!)
python3 scripts/bench.d/serve.py fleet "$WORK/fleet" 10000 120 &
started+=($!)
frames='frames = 0, new Promise(done => setTimeout(() => done(frames / 10), 10000))'
tests/browser.py "http://127.0.0.1:$(port_of "$WORK/fleet.log")/" \
	'new Promise(done => {const wait = () => tracks.length === 10000 ? done(1) : setTimeout(wait, 100); wait();})' \
	'let frames = 0; const draw = tracksLayer.draw; tracksLayer.draw = function () { frames++; draw.call(this); };
		map.setView([50.1, 8.17], 11, {animate: false}); 1' \
	"$frames" "setInterval(() => map.panBy([3, 0], {animate: false}), 16), $frames" >"$WORK/frames"
read -r quiet moved < <(sed -n 3,4p "$WORK/frames" | paste -sd' ')
printf '\nserve: 10,000 drones that move, in chromium\nframes/s, and while the map is moved  %s %s\n' "$quiet" "$moved"
jq -nc --argjson quiet "$quiet" --argjson moved "$moved" \
	'{title: "serve: 10,000 drones that move, in chromium", frames_per_s: $quiet, frames_per_s_moved: $moved}' >>"$RUNS"
