# wd-poll asking many kits once, against curl in a shell loop and against the bound, curl itself with
# all requests in one process, on the same static files of an nginx; then wd-poll on many simulated
# kits for some minutes: slots missed and late, CPU, memory.
#
# MINUTES (5), KITS (1000) and INTERVAL (5, seconds) may be set in the environment. A real kit closes
# each connection, and so do these. Late is how much later than its slot a request was begun; slots
# are a kit's earliest request + n x the interval, so a clock that drifts shows as lateness that
# grows: "late at the end" is that of the last minute.

need wd-poll wd-sim

# static_kits N: nginx on a free port, kits under /kit-1 … /kit-N, all with one reply of 50 KB; writes
# $WORK/static.yaml and $WORK/urls.
static_kits() {
	local port kit endpoint
	mkdir "$WORK/www"
	"$BIN/wd-sim" --port 0 --drones 60 --aircraft 40 >"$WORK/one" 2>/dev/null &
	local one=$!
	until grep -qs ^listening "$WORK/one"; do sleep 0.1; done
	for endpoint in drones signals status; do
		curl -sf "$(sed 's/.* //' "$WORK/one")/$endpoint" >"$WORK/www/$endpoint"
	done
	kill "$one"
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	cat >"$WORK/nginx.conf" <<-CONF
		daemon off; pid $WORK/nginx.pid; error_log $WORK/nginx.log; user root; worker_processes 1;
		events { worker_connections 4096; }
		http {
			access_log off; default_type application/json; keepalive_requests 1000000;
			server { listen 127.0.0.1:$port; location ~ ^/kit-[0-9]+/(.*)$ { alias $WORK/www/\$1; } }
		}
	CONF
	/usr/sbin/nginx -c "$WORK/nginx.conf" 2>/dev/null &
	nginx=$!
	until curl -sf "http://127.0.0.1:$port/kit-1/status" >/dev/null; do sleep 0.1; done
	echo kits: >"$WORK/static.yaml"
	for ((kit = 1; kit <= $1; kit++)); do
		printf '  - {id: kit-%s, api_url: "http://127.0.0.1:%s/kit-%s"}\n' $kit "$port" $kit >>"$WORK/static.yaml"
		for endpoint in drones signals status; do
			echo "http://127.0.0.1:$port/kit-$kit/$endpoint"
		done
	done >"$WORK/urls"
	# What one process of curl needs to be told.
	sed 's|.*|url = "&"\noutput = "/dev/null"|' "$WORK/urls" >"$WORK/curlrc"
}

static_kits 300
trap 'kill $nginx' EXIT
compare 'poll: 300 kits once' replies 900 \
	wd-poll "$BIN/wd-poll -q --once -c $WORK/static.yaml >/dev/null" \
	'curl, a process each' "xargs -P 16 -n 1 curl -s <$WORK/urls >/dev/null" \
	'curl, all in one' "curl -s --parallel --parallel-max 16 -K $WORK/curlrc"
kill "$nginx"
trap - EXIT

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
