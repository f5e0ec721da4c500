# G1 and G5: kill -9 of any process, at any time, and every line that was accepted is a row, an unchanged
# row or a reject, once. WD_CHECK=long multiplies the rounds; WD_SEED chooses what is killed.
load lib
load crash/service

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	RANDOM=${WD_SEED:-1}
	# In percent. Sanitizers make a round several times as long, and see no more in the hundredth.
	times=100
	[[ $BIN != */san/* ]] || times=15
	[ "${WD_CHECK:-}" != long ] || times=5000
}

teardown() {
	service_kill
	stop_started
	pg_stop
}

# rounds NUMBER ROLE…: the service, with that many kills.
rounds() {
	local round
	service_start "$target"
	for ((round = 0; round < $1; round++)); do
		[ $((round % 10)) != 0 ] || bad_segment $round
		crash_round "${@:2}"
	done
	service_stop
	declare -p kills
	[ $((${kills[*]/#/+})) = "$1" ]
}

compare() {
	{ wd-normalize segments && cat events/new/*; } | "$ROOT/tests/crash/conserved.py" "$target"
}

# conserved: what was seen while it was written is kept, and the kept segments are in the database.
conserved() {
	local file
	for file in seen/*; do
		# What is behind the last newline was never accepted.
		sed '$!d; /}$/d' "$file" >torn
		head -c -"$(wc -c <torn)" "$file" | cmp - <(zstdcat "kept/${file##*/}.zst") || return
	done
	zstdcat kept/*.zst >segments
	compare
}

# served_is_kept FOLDER…: what the simulator served is in the kept segments of these services, except for what was on
# its way when wd-poll died: of each kit and endpoint one reply. The last wd-poll was stopped, which is the same.
served_is_kept() {
	local served accepted folder deaths=0
	stop_started
	served=$(awk -F= '/ served=/ {sum += $NF} END {print sum}' sim.err)
	accepted=$(cat "${@/%//segments}" | grep '"type":"reply"' | grep -vc '"body":\[{"lat":')
	for folder; do
		deaths=$((deaths + 1 + $(sed -n 's/.*\[poll\]="\([0-9]*\)".*/\1/p; $s/.*/0/p' "$folder/kills" | head -1)))
	done
	echo "served=$served accepted=$accepted deaths=$deaths"
	[ "$accepted" -le "$served" ] && [ $((served - accepted)) -le $((6 * deaths)) ]
}

@test "a process of the service or of PostgreSQL is killed at a random moment: nothing lost, nothing stored twice" {
	# Some replies hold what cannot be stored as it is.
	sim --kits 2 --drones 40 --aircraft 40 --signals 10 --fault nul:0.1
	pg_start
	pg_database crash
	target=$pg_url
	wd-store --migrate "$target"
	# A postmaster takes a second to start again: these rounds are few.
	rounds $((50 * times / 100)) poll drain drain wd-normalize wd-health wd-watch wd-tee wd-store wd-store backend \
		postmaster >kills
	conserved
	served_is_kept .
	# And this would have been noticed.
	psql -qXd crash -c 'DELETE FROM signals WHERE ctid = (SELECT min(ctid) FROM signals)'
	run -1 compare
	[[ $output == *"signals missing"*"signals: "*" 1 wrong"* ]]
	psql -qXd crash -c 'UPDATE drones SET alt = 1e6 WHERE ctid = (SELECT min(ctid) FROM drones)'
	run -1 compare
	[[ $output == *"drones differs"* ]]
	psql -qXd crash -c "INSERT INTO system_health (time, kit_id) VALUES (now(), 'unknown')"
	run -1 compare
	[[ $output == *"system_health unsent"* ]]
}

# service_alone NUMBER: a service of its own in ./service-NUMBER, with 250 kills, or as many percent of it as $times.
service_alone() (
	set -e +T
	trap service_kill EXIT
	mkdir "service-$1" && cd "service-$1"
	RANDOM=$((${WD_SEED:-1} + repetition * 10 + $1))
	service_first=$((2 * $1 - 1))
	target=sqlite:$PWD/crash.db
	rounds $((250 * (times < 100 ? times : 100) / 100)) poll drain drain wd-normalize wd-health wd-watch wd-tee \
		wd-store wd-store >kills
	conserved
	[ "$(sqlite_value crash.db 'PRAGMA integrity_check')" = ok ]
)

@test "with SQLite, too: 1,000 kills, in four services at once" {
	local number pids repetition victims
	for ((repetition = 0; repetition < (times > 100 ? 100 : 1); repetition++)); do
		rm -rf service-*
		sim --kits 8 --drones 10 --aircraft 10 --signals 3 --fault nul:0.1
		pids=()
		for number in 1 2 3 4; do
			service_alone $number >"log-$number" 2>&1 3>&- &
			pids+=($!)
		done
		for number in 1 2 3 4; do
			wait "${pids[number - 1]}" || { cat "log-$number" && return 1; }
		done
		served_is_kept service-{1..4}
		victims=$(cat service-?/kills | grep -oE '\[(drain|wd-store)\]="[0-9]+' | sed 's/.*"//' | paste -sd +)
		echo "wd-drain and wd-store: $((victims))"
		[ $((3 * (victims))) -ge $((10 * (times < 100 ? times : 100))) ]
	done
}

# statistics TARGET STATE: what wd-health has counted, and the coverage that it has reported.
statistics() {
	wd-health --state "$2" --report=json
	sqlite3 -json "$1" 'SELECT * FROM coverage ORDER BY time, kit_id'
	sqlite3 -json "$1" 'SELECT kit_id, status, last_seen, status_time FROM kits ORDER BY kit_id'
}

@test "statistics, coverage and statuses are those of an undisturbed run" {
	sim --drones 40 --aircraft 40 --signals 10 --fault nul:0.1
	wd-poll --once --url "$sim_url/kit-1" --id kit-1 >replies
	mkdir -p spool/new once/new
	segments=$((times < 100 ? 4 * times : 400))
	"$ROOT/tests/segments.py" once/new $segments <replies
	wd-drain --once --keep kept once sqlite:once.db
	start drain wd-drain spool sqlite:killed.db
	drain_pid=$started
	for ((number = 1; number <= segments; number++)); do
		name=$(printf '%016d-%08x' $((number * 1000000)) $((number - 1)))
		zstd -dqf "kept/$name.zst" -o spool/part && mv spool/part "spool/new/$name"
		[ $((number % 4)) = 0 ] || continue
		victim=''
		case $((RANDOM % 4)) in
			0) find_victim wd-health || true ;;
			1) find_victim wd-store || true ;;
			*) victim=$drain_pid ;;
		esac
		# It may have ended by itself meanwhile.
		[ -z "$victim" ] || kill -9 "$victim" || true
		if ! running "$drain_pid" || [ "$victim" = "$drain_pid" ]; then
			wait "$drain_pid" || true
			start drain wd-drain spool sqlite:killed.db
			drain_pid=$started
		elif [ -n "$victim" ]; then
			# It has started stages, so it handles signals.
			kill -HUP "$drain_pid"
		fi
	done
	wait_for 20 eval '[ -z "$(ls spool/new)" ]'
	ends_within 2 "$drain_pid"
	diff <(statistics once.db once.state/current/health) <(statistics killed.db spool.state/current/health)
	statistics once.db once.state/current/health | grep -q "\"requests\":$((3 * segments))"
}
