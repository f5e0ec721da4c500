# wd-store and its SQLite file: copies, backups, a file that is removed, triggers.

load lib
load store

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	stop_started
}

copied() {
	cp t.db copy.db
	[ "$(sqlite_value copy.db 'SELECT count(*) FROM drones')" = 5 ]
}

@test "cp of a file that is idle is complete; --backup copies one that is in use" {
	mkfifo pipe
	start out wd-store sqlite:t.db pipe
	exec 8>pipe
	drones 1 5 >&8
	wait_for 10 copied
	run -0 wd-store --backup backup.db sqlite:t.db
	[ "$(sqlite_value backup.db 'SELECT count(*) FROM drones')" = 5 ]
	run -73 wd-store --backup backup.db sqlite:t.db
	run -66 wd-store --backup other.db sqlite:missing.db
	[ ! -e other.db ] && [ ! -e missing.db ]
	exec 8>&-
	ended_with 0 "$started"
}

@test "--backup: nothing has the name of the backup until it is complete; a failure leaves nothing" {
	drones 1 20000 | wd-store -q sqlite:t.db
	run -73 wd-store --backup missing/b.db sqlite:t.db
	[ "${lines[0]}" = 'wd-store: cannot write the backup file=missing/b.db reason="No such file or directory" hint="check the path, and that its folder exists"' ]
	echo "no database" >noise.db
	run -78 wd-store --backup b.db sqlite:noise.db
	[ "$(echo b.db*)" = 'b.db*' ]
	umask 027
	run -0 wd-store --backup b.db sqlite:t.db
	[ "$(sqlite_value b.db 'SELECT count(*) FROM drones')" = 20000 ]
	[ "$(echo b.db*) $(stat -c %a b.db)" = 'b.db 640' ]
	[ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null || skip "mounting needs root"
	mkdir small
	run -74 unshare -m bash -c 'mount -t tmpfs -o size=1m none small && { wd-store --backup small/b.db sqlite:t.db
		status=$?; ls small; exit $status; }'
	[ "$output" = 'wd-store: cannot write the backup file=small/b.db reason="No space left on device" hint="free space on this file system: df -h, df -i"' ]
}

@test "--backup of a file that another program locks: 75 with the reason, no file" {
	drones 1 5 | wd-store -q sqlite:t.db
	mkfifo locked
	python3 - <<-'END' &
		import sqlite3
		lock = sqlite3.connect('t.db', isolation_level=None)
		lock.execute('PRAGMA locking_mode=exclusive')
		lock.execute('BEGIN EXCLUSIVE')
		lock.execute('DELETE FROM signals')
		open('locked', 'w').close()
		open('locked').close()
	END
	local holder=$!
	: <locked
	run -75 wd-store --backup b.db sqlite:t.db
	: >locked
	wait "$holder"
	[ "${lines[0]}" = 'wd-store: the database is unavailable reason=locked' ]
	[ "$(echo b.db*)" = 'b.db*' ]
}

# returned PID: whether it has 8 MiB less than at its peak.
returned() {
	awk '/^VmHWM/ {peak = $2} /^VmRSS/ {size = $2} END {exit peak - size < 8192}' "/proc/$1/status"
}

@test "when the input is idle, the memory of SQLite's cache is returned" {
	[[ $BIN != */san/* ]] || skip "sanitizers keep freed memory"
	mkfifo pipe
	start out wd-store sqlite:t.db pipe
	exec 8>pipe
	drones 1 60000 >&8
	wait_for 20 returned "$started"
	exec 8>&-
	ended_with 0 "$started"
	[ "$(sqlite_value t.db 'SELECT count(*) FROM drones')" = 60000 ]
}

stored_five() {
	[ "$(sqlite_value t.db 'SELECT count(*) FROM drones')" = 5 ]
}

@test "a file that is removed while it is open is 74, and nothing counts as stored" {
	mkfifo pipe
	start out wd-store sqlite:t.db pipe
	exec 8>pipe
	drones 1 5 >&8
	wait_for 10 stored_five
	# It has also seen that the file is still there.
	wait_for 10 usr1_logs 'read=5 stored=5 '
	rm t.db t.db-wal t.db-shm
	drones 6 9 >&8
	ended_with 74 "$started"
	exec 8>&-
	grep -q 'the database was removed or replaced file=t.db' out.err
	grep -q 'read=9 stored=5 .* waiting=4' out.err
}

@test "a lost key is created again, or the duplicates are counted" {
	drones 1 5 >lines
	wd-store -q sqlite:t.db lines
	lose_key() {
		sqlite3 t.db 'CREATE TABLE copy AS SELECT * FROM drones; DROP TABLE drones; ALTER TABLE copy RENAME TO drones'
	}
	lose_key
	run -0 wd-store --migrate sqlite:t.db
	lose_key
	run -0 wd-store sqlite:t.db lines
	[ "$output" = 'wd-store: read=5 stored=0 unchanged=5 rejected=0 ignored=0' ]
	lose_key
	sqlite3 t.db 'INSERT INTO drones SELECT * FROM drones LIMIT 2'
	for arguments in '--migrate sqlite:t.db' '--check sqlite:t.db' 'sqlite:t.db lines'; do
		# shellcheck disable=SC2086 # several words
		run -78 wd-store $arguments
		[[ ${lines[0]} == 'wd-store: duplicate rows prevent the unique index table=drones rows=2 hint="list them: SELECT time,kit_id,drone_id, count(*) FROM drones GROUP BY'* ]]
	done
	[ "$(sqlite_value t.db "$(sed 's/.*list them: //; s/"$//' <<<"${lines[0]}")" | wc -l)" = 2 ]
	[ "$(sqlite_value t.db 'SELECT count(*) FROM drones')" = 7 ]
}

@test "a write-protected medium: --backup copies its file, storing is 78 with the reason" {
	[ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null || skip "mounting needs root"
	drones 1 5 | wd-store -q sqlite:t.db
	mkdir medium
	cat >script <<-'END'
		mount -t tmpfs none medium
		cp t.db medium
		mount -o remount,ro medium
		wd-store --backup copy.db sqlite:medium/t.db
		echo | wd-store --check sqlite:medium/t.db
	END
	run -78 unshare -m bash -e script
	[ "${lines[1]}" = 'wd-store: cannot write the database file=medium/t.db reason="Read-only file system" hint="the user must be allowed to write the file and its folder: ls -ld"' ]
	[ "$(sqlite_value copy.db 'SELECT count(*) FROM drones')" = 5 ]
}

@test "a network file system is refused without --force" {
	command -v strace >/dev/null || skip "strace is not installed"
	# The type of the file system, the first word that statfs writes, as that of NFS.
	traced=(strace -qq -f -o trace -E "ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0" -e trace=statfs
		-e inject=statfs:poke_exit=@arg2=6969000000000000)
	drone 1 >lines
	run -78 "${traced[@]}" wd-store sqlite:t.db lines
	[[ ${lines[0]} == 'wd-store: the database is on a network file system, whose locks are not reliable file=t.db hint='*'--force"' ]]
	run -0 "${traced[@]}" wd-store --force sqlite:t.db lines
	[ "$(sqlite_value t.db 'SELECT count(*) FROM drones')" = 1 ]
}

@test "RAISE(ROLLBACK) and a failing expression in a trigger reject one row" {
	for action in "RAISE(ROLLBACK, 'no')" "json('{')"; do
		rm -f t.db*
		wd-store -q --migrate sqlite:t.db
		sqlite3 t.db "CREATE TRIGGER refuse BEFORE INSERT ON drones WHEN NEW.lat = 66.6
			BEGIN SELECT $action; END"
		{ drones 1 20 && drone poison ',"lat":66.6' && drones 21 40; } >lines
		run -0 wd-store sqlite:t.db lines
		[ "${lines[-1]}" = 'wd-store: read=41 stored=40 unchanged=0 rejected=1 ignored=0' ]
	done
}
