# Lines through a queue of RabbitMQ, at the URL BROKER (amqp://127.0.0.1): MB (100) of records of 550 bytes through
# wd-send and wd-recv with a sink that only acknowledges, first one after the other, then both at once; one and three
# receivers whose sinks wait WAIT_MS (1000) before they acknowledge a batch, as for a database (they compute nothing,
# because all of them share the cores of this machine); and the time from a reply of one of KITS (10) simulated kits
# to its committed row, in SECONDS_EACH (20). The broker's own use is shown beside ours if it runs here and ss(8) names
# its process (as root): CPU time for 30 kB in and out, of which in the kernel, and bytes written to its disk per byte.
# shellcheck disable=SC2034,SC2154 # variables of kits.bash

need wd-poll wd-normalize wd-send wd-recv wd-store wd-sim
# shellcheck source=scripts/bench.d/postgres.bash
. scripts/bench.d/postgres.bash
# shellcheck source=scripts/bench.d/kits.bash
. scripts/bench.d/kits.bash

SECONDS_EACH=${SECONDS_EACH:-20} DRONES=60 AIRCRAFT=40
broker=${BROKER:-amqp://127.0.0.1} megabytes=${MB:-100} wait_ms=${WAIT_MS:-1000} queue=bench.$$
PATH=$BIN:$PATH
"${CC:-cc}" -O2 -o "$WORK/acknowledge" scripts/bench.d/acknowledge.c
amqp-declare-queue -u "$broker" -q probe.$$ >/dev/null || {
	echo "bench: no broker at $broker: start rabbitmq-server, or set BROKER" >&2
	exit 1
}
amqp-delete-queue -u "$broker" -q probe.$$ >/dev/null
wd-recv -q --declare --queue $queue "$broker"

end() {
	amqp-delete-queue -u "$broker" -q $queue >/dev/null
	amqp-delete-queue -u "$broker" -q $queue.bad >/dev/null
	[ ! -d "${PGHOST:-}" ] || postgres_stop
}

lines=$((megabytes * 1000000 / 550))
seq $lines | awk '{
	printf "{\"type\":\"drone\",\"kit_id\":\"kit-%d\",\"time\":\"2026-11-23T18:00:00.000000Z\",\"drone_id\":\"drone-%09d\"", $1 % 100, $1
	printf ",\"description\":\"%420s\"}\n", ""}' >"$WORK/lines"
bytes=$(stat -c %s "$WORK/lines")

send() {
	measured send wd-send -q --queue $queue "$broker" <"$WORK/lines"
}

# receive NUMBER MILLISECONDS: start receivers whose sinks wait that long before they acknowledge.
receive() {
	local n
	: >"$WORK/received"
	receivers=()
	for ((n = 0; n < $1; n++)); do
		"$WORK/measure" "$WORK/recv.$n" wd-recv -q --queue $queue "$broker" -- "$WORK/acknowledge" "$2" "$WORK/received" &
		receivers+=($!)
	done
}

# await_received SINCE: wait until all lines were received, set $took to the seconds since then, end the receivers.
await_received() {
	local receiver
	until [ "$(awk '{sum += $1} END {print sum + 0}' "$WORK/received")" -ge $lines ]; do sleep 0.05; done
	took=$(awk -v since="$1" -v now="$EPOCHREALTIME" 'BEGIN {print now - since}')
	for receiver in "${receivers[@]}"; do
		pkill -TERM -P "$receiver"
	done
	wait "${receivers[@]}" || true
}

# show NAME SECONDS [MEASURED…]: MB/s, and CPU time for each 30 kB.
show() {
	local name=$1 seconds=$2
	shift 2
	cat "${@/#/$WORK/}" | awk -v name="$name" -v seconds="$seconds" -v bytes="$bytes" -v runs="$RUNS" '
		{cpu += $2}
		END {
			printf "%-34s %8.1f %12.3f\n", name, bytes / seconds / 1e6, cpu / (bytes / 30000) * 1000
			printf "{\"subject\":\"fleet\",\"name\":\"%s\",\"mb_s\":%.2f,\"cpu_ms_30kb\":%.4f}\n", name,
				bytes / seconds / 1e6, cpu / (bytes / 30000) * 1000 >>runs
		}'
}

# broker_process: print the process that listens at the broker's port, if it is here.
broker_process() {
	local port=${broker##*:}
	[ "$port" -gt 0 ] 2>/dev/null || port=5672
	ss -Hltnp "sport = :$port" | sed -n 's/.*pid=\([0-9]*\),.*/\1/p' | head -1
}

# broker_use: print its CPU time in user mode and in the kernel, in clock ticks, and the bytes that it has written.
broker_use() {
	awk '{print $14, $15}' <(sed 's/.*) /_ _ /' "/proc/$broker_pid/stat") | tr '\n' ' '
	sed -n 's/^write_bytes: //p' "/proc/$broker_pid/io"
}

# show_broker NAME SECONDS BEFORE: what the broker has used since.
show_broker() {
	awk -v name="$1" -v seconds="$2" -v before="$3" -v after="$(broker_use)" -v bytes="$bytes" -v ticks="$(getconf CLK_TCK)" \
		-v runs="$RUNS" 'BEGIN {
			split(before, from)
			split(after, to)
			cpu = (to[1] + to[2] - from[1] - from[2]) / ticks
			printf "%-34s %8s %12.3f   %.2f cores, %.0f %% in the kernel, %.1f bytes written per byte\n", name, "",
				cpu / (bytes / 30000) * 1000, cpu / seconds, 100 * (to[2] - from[2]) / ticks / (cpu ? cpu : 1),
				(to[3] - from[3]) / bytes
			printf "{\"subject\":\"fleet\",\"name\":\"%s\",\"broker_cpu_ms_30kb\":%.4f,\"broker_cores\":%.3f,\"broker_written\":%.2f}\n",
				name, cpu / (bytes / 30000) * 1000, cpu / seconds, (to[3] - from[3]) / bytes >>runs
		}'
}

broker_pid=$(broker_process)
printf '\nfleet: %s MB in lines of %s bytes\n' "$megabytes" $((bytes / lines))
printf '%-34s %8s %12s\n' '' MB/s 'CPU ms/30kB'
trap end EXIT
for _ in $(seq "$PAIRS"); do
	send
	read -r took _ <"$WORK/send"
	show wd-send "$took" send
	since=$EPOCHREALTIME
	receive 1 0
	await_received "$since"
	show 'wd-recv, its sink' "$took" recv.0
	[ -z "$broker_pid" ] || before=$(broker_use)
	since=$EPOCHREALTIME
	receive 1 0
	send
	await_received "$since"
	show 'both at once' "$took" send recv.0
	[ -z "$broker_pid" ] || show_broker 'the broker meanwhile' "$took" "$before"
	for number in 1 3; do
		send
		since=$EPOCHREALTIME
		receive $number "$wait_ms"
		await_received "$since"
		show "$number receivers, sinks that wait" "$took" $(seq -f recv.%g 0 $((number - 1)))
	done
done

postgres_start
trap end EXIT
simulate "${KITS:-10}"
printf '\nfleet: ms from a reply to its committed row, %s kits of 100 tracks, %s s\n' "${KITS:-10}" "$SECONDS_EACH"
printf '%-6s %-6s %-6s %s\n' p50 p99 max replies
for _ in $(seq "$PAIRS"); do
	postgres_database fleet
	"$WORK/measure" "$WORK/recv.0" wd-recv -q --queue $queue "$broker" -- wd-store -q --acknowledge "$database_url" &
	receiver=$!
	poll | wd-normalize | tee "$WORK/records" | wd-send -q --queue $queue "$broker"
	sleep 2
	pkill -TERM -P $receiver
	wait $receiver || true
	read -r p50 p99 most count <<<"$(latency)"
	printf '%-6s %-6s %-6s %s\n' "$p50" "$p99" "$most" "$count"
	printf '{"subject":"fleet","p50_ms":%s,"p99_ms":%s,"max_ms":%s,"replies":%s}\n' "$p50" "$p99" "$most" "$count" >>"$RUNS"
done
kill "$sim"
