# wd-serve: the time from a line to a browser; 100 browsers while wd-poll polls 1,000 kits; 10,000 tracks in a real
# browser.
#
# SECONDS_LIVE (30) and KITS (1000) may be set in the environment.

need wd-serve wd-sim wd-poll wd-normalize wd-health wd-export

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
	"$BIN/wd-poll" -qq -c "$WORK/kits.yaml" | "$BIN/wd-normalize" -qq | "$BIN/wd-health" -qq >"$WORK/lines.$browsers" &
	pipe=$!
	started+=("$serve" "$pipe")
	sleep 10
	lines=$(wc -l <"$WORK/passed") cpu=$(cpu "$serve")
	if [ "$browsers" = 0 ]; then
		sleep "$SECONDS_LIVE"
		received='0 0'
	else
		received=$(python3 scripts/bench.d/serve.py browsers "$(port_of "$WORK/serve.$browsers")" "$browsers" "$SECONDS_LIVE")
	fi
	lines=$(($(wc -l <"$WORK/passed") - lines))
	awk -v kits="$KITS" -v browsers="$browsers" -v s="$SECONDS_LIVE" -v lines="$lines" -v before="$cpu" \
		-v after="$(cpu "$serve")" -v received="$received" 'BEGIN {
		split(received, r, " ")
		printf "\nserve: %d kits, %d browsers\nlines/s           %.0f\nCPU, %% of a core  %.1f\nMB to browsers    %.1f\ndisconnected      %d\n",
			kits, browsers, lines / s, (after - before) / s * 100, r[1] / 1e6, r[2]}'
	pkill -P "$pipe" || true
	kill "$serve" "$pipe" 2>/dev/null || true
	wait "$serve" 2>/dev/null || true
done

# 10,000 moving tracks: frames while the map is redrawn without a pause.
seq 0 9999 | awk '{
	for (i = 0; i < 10; i++)
		printf "{\"type\":\"drone\",\"time\":\"2026-11-23T10:0%d:00Z\",\"kit_id\":\"k\",\"drone_id\":\"d%d\",\"lat\":%.5f,\"lon\":%.5f,\"heading\":90,\"track_type\":\"drone\"}\n",
			i, $1, 50 + ($1 % 100) / 500 + i / 5000, 8 + int($1 / 100) / 300 + i / 4000
}' | "$BIN/wd-export" html --max-points 2000000 >"$WORK/page.html"
frames=$(tests/browser.py "$WORK/page.html" 'new Promise(done => {
	let frames = 0; const began = performance.now();
	const next = () => { tracksLayer.draw(); frames++;
		performance.now() - began > 5000 ? done(Math.round(frames / (performance.now() - began) * 10000) / 10) : requestAnimationFrame(next); };
	next(); })' 'tracks.length' | sed -n 1p)
printf '\nserve: 10,000 tracks in chromium\nframes/s  %s\n' "$frames"
jq -nc --argjson frames "$frames" '{title: "serve: 10,000 tracks in chromium", frames_per_s: $frames}' >>"$RUNS"
