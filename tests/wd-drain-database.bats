# wd-drain with real stages and real databases: whatever happens to the database is not the data's fault.
load lib
load postgresql

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p spool/new
}

teardown() {
	stop_started
	[ -z "${mounted:-}" ] || umount "$mounted"
}

# segments COUNT: sealed segments of three drones each, a second apart.
segments() {
	local number
	for ((number = 1; number <= $1; number++)); do
		printf '{"type":"reply","kit_id":"k","endpoint":"drones","time":"2026-11-23T%02d:%02d:%02d.000000Z","ok":true,"elapsed_ms":1,"attempts":1,"body":[%s]}\n' \
			$((number / 3600)) $((number / 60 % 60)) $((number % 60)) \
			'{"id":"drone-1","lat":1},{"id":"drone-2","lat":2},{"id":"drone-3","lat":3}' \
			>"spool/tmp.$number"
		mv "spool/tmp.$number" "spool/new/$(printf '%016d-%08x' "$number" "$number")"
	done
}

drained() {
	[ -z "$(ls spool/new)" ]
}

nothing_is_set_aside() {
	[ -z "$(ls spool/bad 2>/dev/null)" ]
}

logged() {
	grep -q -e "$1" drain.err
}

# hold_lock DATABASE SQL: holds a lock until `release_lock`.
hold_lock() {
	mkfifo release
	{ echo "BEGIN; $2; SELECT 'held';"; cat release; } | psql -qAtXd "$1" >held 2>&1 3>&- &
	wait_for 10 grep -q held held
}

release_lock() {
	echo 'COMMIT;' >release
}

@test "a table that is locked for ten deadlines: everything is stored, nothing is set aside" {
	pg_database locked
	wd-store -q --migrate "$pg_url"
	hold_lock locked 'LOCK TABLE drones IN ACCESS EXCLUSIVE MODE'
	segments 8
	start drain wd-drain --deadline 1 spool -- sh -c "wd-normalize | wd-store --acknowledge '$pg_url'"
	# Each try takes two deadlines: one until the input is closed, one until the stages are killed.
	tries() { [ "$(grep -c 'the pipeline failed stage=pipeline status=124' drain.err)" -ge 4 ]; }
	wait_for 40 tries
	not drained
	nothing_is_set_aside
	ends_within 2 "$started"
	release_lock
	run -0 wd-drain --once spool "$pg_url"
	drained
	[ "$(pg_value locked 'SELECT count(*) FROM drones')" = 24 ]
	[ "$(pg_value locked 'SELECT count(*) FROM rejects')" = 0 ]
	nothing_is_set_aside
}

@test "a table that is locked: wd-store reports that it waits, and one pipeline outlives the lock" {
	pg_database busy
	wd-store -q --migrate "$pg_url"
	hold_lock busy 'LOCK TABLE drones IN ACCESS EXCLUSIVE MODE'
	segments 8
	start drain wd-drain --deadline 15 spool "$pg_url"
	sleep 17 # more than the deadline; the reports come after 5 s and every 10 s
	release_lock
	wait_for 20 drained
	[ "$(pg_value busy 'SELECT count(*) FROM drones')" = 24 ]
	! logged 'deadline'
	! logged 'the pipeline failed'
	nothing_is_set_aside
}

@test "the database's disk is full, then has room again: everything is stored" {
	[ "$(id -u)" = 0 ] || skip "only root mounts a small file system"
	mkdir disk
	mount -t tmpfs -o size=1m tmpfs disk || skip "this container may not mount"
	mounted=$PWD/disk
	wd-store -q --migrate sqlite:disk/t.db
	segments 40
	head -c 10M /dev/zero >disk/filler 2>/dev/null || true
	start drain wd-drain spool sqlite:disk/t.db
	wait_for 30 eval 'logged full || logged "the pipeline failed"'
	sleep 3
	not drained
	nothing_is_set_aside
	rm disk/filler
	kill -HUP "$started"
	wait_for 40 drained
	[ "$(sqlite_value disk/t.db 'SELECT count(*) FROM drones')" = 120 ]
	[ "$(sqlite_value disk/t.db 'SELECT count(*) FROM rejects')" = 0 ]
	nothing_is_set_aside
	ends_within 2 "$started"
}

@test "the state's disk is full: nothing is released, then everything is" {
	[ "$(id -u)" = 0 ] || skip "only root mounts a small file system"
	mkdir disk
	mount -t tmpfs -o size=64k tmpfs disk || skip "this container may not mount"
	mounted=$PWD/disk
	head -c 1M /dev/zero >disk/filler 2>/dev/null || true
	segments 3
	start drain wd-drain --state disk/state spool sqlite:t.db
	wait_for 30 logged 'No space left on device'
	not drained
	nothing_is_set_aside
	rm disk/filler
	kill -HUP "$started"
	wait_for 40 drained
	[ "$(sqlite_value t.db 'SELECT count(*) FROM drones')" = 9 ]
	wd-health --state disk/state/current/health --report=json | jq -se '.[0].requests == 3'
	ends_within 2 "$started"
}

@test "a trigger that is slow: it waits, and nothing is set aside" {
	pg_database slow
	wd-store -q --migrate "$pg_url"
	psql -qXd slow -c "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
		'BEGIN PERFORM pg_sleep(0.7); RETURN NEW; END'" \
		-c 'CREATE TRIGGER slow BEFORE INSERT ON drones FOR EACH ROW EXECUTE FUNCTION slow()'
	segments 8
	start drain wd-drain --deadline 15 spool "$pg_url"
	wait_for 60 drained
	[ "$(pg_value slow 'SELECT count(*) FROM drones')" = 24 ]
	nothing_is_set_aside
}

@test "SQLite's file is locked by another program: it waits, and stores" {
	wd-store -q --migrate sqlite:t.db
	mkfifo release
	{ echo "BEGIN EXCLUSIVE; SELECT 'held';"; cat release; } | sqlite3 t.db >held 2>&1 3>&- &
	wait_for 10 grep -q held held
	segments 4
	start drain wd-drain spool sqlite:t.db
	sleep 8
	not drained
	echo 'COMMIT;' >release
	wait_for 40 drained
	[ "$(sqlite_value t.db 'SELECT count(*) FROM drones')" = 12 ]
	nothing_is_set_aside
}

@test "100,000 segments wait: they are stored in order by processes that stay small" {
	python3 - <<-'X'
		for n in range(100000):
		    with open("spool/new/%016d-%08x" % (n + 1, n), "w") as file:
		        file.write('{"type":"note","n":%d}\n' % n)
	X
	start drain wd-drain spool -- sh -c 'tee fed | wd-store --acknowledge sqlite:t.db'
	largest=0
	until drained; do
		size=$(awk '/^VmRSS/ {print $2}' "/proc/$started/status")
		[ "$size" -le "$largest" ] || largest=$size
		sleep 0.5
	done
	ends_within 2 "$started"
	grep '"note"' fed | jq -n 'reduce inputs as $l (0; if $l.n == . then . + 1 else error("order") end)' >count
	[ "$(cat count)" = 100000 ]
	# Sanitizers need memory of their own.
	[[ $BIN == */san/* ]] || [ "$largest" -lt 32768 ]
}
