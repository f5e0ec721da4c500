# wd-mqtt behind a real mosquitto: RATE messages a second (15000) of KITS kits (500) for SECONDS (10).
# `not delivered` is what the broker has dropped; `lost` is what wd-mqtt received and did not write. Then the
# time from publishing to the committed row: one kit that publishes once a second, and 100 kits with 200 messages.

need wd-mqtt wd-drain wd-normalize wd-health wd-store
rate=${RATE:-15000} seconds=${SECONDS_PER_RUN:-10} kits=${KITS:-500}
port=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
{
	echo "listener $port 127.0.0.1"
	[ "$(id -u)" != 0 ] || echo 'user root'
	printf '%s\n' 'allow_anonymous true' 'max_queued_messages 0'
} >"$WORK/broker.conf"
mosquitto -c "$WORK/broker.conf" 2>"$WORK/broker.log" &
broker=$!
trap 'kill $broker 2>/dev/null || true' EXIT

await() {
	for _ in $(seq 600); do
		! grep -q "$1" "$2" 2>/dev/null || return 0
		sleep 0.1
	done
	echo "bench: waited in vain for '$1'" >&2
	return 1
}

# ticks PID: the CPU time that a process has used, in hundredths of a second.
ticks() {
	awk '{print $14 + $15}' "/proc/$1/stat"
}

await 'running' "$WORK/broker.log"
printf '\nmqtt: %s kits, %s s\n' "$kits" "$seconds"
printf '%-12s %-10s %-14s %-6s %-6s %s\n' 'messages/s' delivered 'not delivered' lost 'CPU %' 'RSS MiB'
for _ in $(seq "$PAIRS"); do
	"$BIN/wd-mqtt" --payload-rate 0 "mqtt://127.0.0.1:$port" >"$WORK/lines" 2>"$WORK/log" &
	receiver=$!
	await 'connected to the broker' "$WORK/log"
	before=$(ticks $receiver)
	published=$(python3 scripts/bench.d/publish.py "$port" "$rate" "$seconds" "$kits")
	await '"kit_id":"end","endpoint":"drones"' "$WORK/lines"
	cpu=$((($(ticks $receiver) - before) / seconds))
	rss=$(awk '/^VmHWM/ {printf "%.1f", $2 / 1024}' "/proc/$receiver/status")
	kill $receiver
	wait $receiver || true
	received=$(($(sed -n 's/.* received=\([0-9]*\) .*/\1/p' "$WORK/log") - 1))
	written=$(grep -o '"id":"drone-' "$WORK/lines" | wc -l)
	printf '%-12s %-10s %-14s %-6s %-6s %s\n' "$published" "$received" $((rate * seconds - received)) \
		$((received - written)) "$cpu" "$rss"
	printf '{"subject":"mqtt","rate":%s,"delivered":%s,"published":%s,"written":%s,"cpu":%s,"rss_mib":%s}\n' \
		"$published" "$received" $((rate * seconds)) "$written" "$cpu" "$rss" >>"$RUNS"
done

printf '\nmqtt: ms from publishing to the committed row, with --spool and wd-drain to SQLite\n'
printf '%-12s %-6s %-6s %-6s %-6s %-6s %s\n' 'messages/s' kits rows p50 p95 p99 max
PATH=$BIN:$PATH
for load in '1 1' '200 100'; do
	read -r rate kits <<<"$load"
	rm -rf "$WORK"/spool* "$WORK"/rows.db*
	wd-store -q --migrate "sqlite:$WORK/rows.db"
	wd-mqtt --payload-rate 0 --spool "$WORK/spool" "mqtt://127.0.0.1:$port" 2>"$WORK/log" &
	receiver=$!
	await 'connected to the broker' "$WORK/log"
	wd-drain -q "$WORK/spool" "sqlite:$WORK/rows.db" 2>"$WORK/drain.log" &
	drain=$!
	read -r rows p50 p95 p99 max < <(python3 scripts/bench.d/latency.py "$port" "$WORK/rows.db" "$rate" 20 "$kits")
	kill $receiver $drain
	wait $receiver $drain || true
	printf '%-12s %-6s %-6s %-6s %-6s %-6s %s\n' "$rate" "$kits" "$rows" "$p50" "$p95" "$p99" "$max"
	printf '{"subject":"mqtt","rate":%s,"kits":%s,"rows":%s,"p50_ms":%s,"p95_ms":%s,"p99_ms":%s,"max_ms":%s}\n' \
		"$rate" "$kits" "$rows" "$p50" "$p95" "$p99" "$max" >>"$RUNS"
done
