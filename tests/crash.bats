# G1 and G5: kill -9 of anything, at any time, and every line that was accepted is a row, an unchanged
# row or a reject, once. WD_CHECK=long does it a thousand times; WD_SEED chooses what is killed.
load lib
load crash/service

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	RANDOM=${WD_SEED:-1}
	[ "${WD_CHECK:-}" = long ] && times=20 || times=1
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
# simulator served is in them, but for what was on its way when wd-poll died: of each kit and endpoint
# one reply. The last one was asked to end, which is the same.
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

@test "a process of the service or of PostgreSQL is killed at a random moment: nothing lost, nothing twice" {
	pg_start
	pg_database crash
	target=$pg_url
	wd-store --migrate "$target"
	rounds $((50 * times)) poll drain wd-normalize wd-health wd-store backend postmaster
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
	rounds $((15 * times)) poll drain wd-normalize wd-health wd-store
	conserved
	[ "$(sqlite_value crash.db 'PRAGMA integrity_check')" = ok ]
}
