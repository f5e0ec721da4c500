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
	# Some replies hold what cannot be stored as it is.
	sim --kits 2 --drones 40 --aircraft 40 --signals 10 --fault nul:0.1
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
	wd-normalize segments | "$ROOT/tests/crash/conserved.py" "$target"
}

# What was seen while it was written is kept, the kept segments are in the database, and what the
# simulator served is in them, except for what was on its way when wd-poll died: of each kit and endpoint
# one reply. The last wd-poll was stopped, which is the same.
conserved() {
	local file served accepted
	for file in seen/*; do
		# What is behind the last newline was never accepted.
		sed '$!d; /}$/d' "$file" >torn
		head -c -"$(wc -c <torn)" "$file" | cmp - <(zstdcat "kept/${file##*/}.zst") || return
	done
	zstdcat kept/*.zst >segments
	compare || return
	stop_started
	served=$(awk -F= '/ served=/ {sum += $NF} END {print sum}' sim.err)
	accepted=$(grep '"type":"reply"' segments | grep -vc '"body":\[{"lat":')
	echo "served=$served accepted=$accepted"
	[ "$accepted" -le "$served" ] && [ $((served - accepted)) -le $((6 * (${kills[poll]:-0} + 1))) ]
}

@test "a process of the service or of PostgreSQL is killed at a random moment: nothing lost, nothing stored twice" {
	pg_start
	pg_database crash
	target=$pg_url
	wd-store --migrate "$target"
	# A postmaster takes a second to start again: these rounds are few.
	rounds $((50 * times / 100)) poll drain drain wd-normalize wd-health wd-store wd-store backend postmaster
	conserved
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

@test "with SQLite, too" {
	target=sqlite:$PWD/crash.db
	rounds $((4 * times)) poll drain drain wd-normalize wd-health wd-store wd-store
	[ $((3 * (kills[drain] + kills[wd-store]))) -ge $((4 * times)) ]
	conserved
	[ "$(sqlite_value crash.db 'PRAGMA integrity_check')" = ok ]
}

# statistics TARGET STATE: what wd-health has counted, and the coverage that it has reported.
statistics() {
	wd-health --state "$2" --report=json
	sqlite3 -json "$1" 'SELECT * FROM coverage ORDER BY time, kit_id'
	sqlite3 -json "$1" 'SELECT kit_id, status, last_seen, status_time FROM kits ORDER BY kit_id'
}

@test "statistics, coverage and statuses are those of an undisturbed run" {
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
		else
			kill -HUP "$drain_pid"
		fi
	done
	wait_for 20 eval '[ -z "$(ls spool/new)" ]'
	ends_within 2 "$drain_pid"
	diff <(statistics once.db once.state/current/health) <(statistics killed.db spool.state/current/health)
	statistics once.db once.state/current/health | grep -q "\"requests\":$((3 * segments))"
}
