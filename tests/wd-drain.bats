# wd-drain: segments are stored, then released. Stand-ins for the stages; crash.bats and
# wd-drain-database.bats run the real ones.
load lib
load drain

@test "segments are stored in order, then removed" {
	segment 2 c
	segment 10 d
	segment 1 a b
	run -0 wd-drain --once spool
	[ "$(rows | tr -d '\n')" = abcd ]
	drained
	[ "$(wc -l <fakes/runs)" = 1 ]
}

@test "--once on an empty spool starts nothing; a missing one is status 66 and is not made" {
	run -0 wd-drain --once spool
	[ ! -e fakes/runs ]
	run -66 wd-drain --once mistyped
	[[ $output == 'wd-drain: no such spool spool=mistyped hint="wd-poll --spool DIR creates it"' ]]
	[ "$(ls | xargs)" = "fakes spool spool.state" ]
	mkdir folder
	run -66 wd-drain --once folder
	[ -z "$(ls folder)" ]
}

@test "one pipeline stores what is sealed later, at once" {
	start drain wd-drain spool
	for number in 1 2 3; do
		segment $number "line $number"
		wait_for 5 drained
	done
	[ "$(rows)" = "$(printf 'line %s\n' 1 2 3)" ]
	[ "$(wc -l <fakes/runs)" = 1 ]
}

@test "a first stage that takes all at once is fed again at once" {
	# A pipe of 1 MiB takes more than wd-drain ever has waiting. 1031: F_SETPIPE_SZ.
	cat >take <<-'X'
		#!/usr/bin/env perl
		$| = 1;
		fcntl(STDIN, 1031, 1 << 20) or die "$!";
		while (<STDIN>) {
			print qq({"type":"ack","mark":"$1"}\n) if /^\{"type":"mark","mark":"([^"]*)"/;
		}
	X
	chmod +x take
	yes 0123456789abcdef | head -c 1700000 >lines
	for number in $(seq 30); do
		segment "$number" "$(<lines)"
	done
	run -0 timeout 30 wd-drain --once spool -- ./take
	drained
}

@test "a spool that is missing at the start is waited for, and not made" {
	rm -r spool
	start drain wd-drain spool
	wait_for 5 logged 'there is no spool yet: waiting for it spool=spool'
	[ ! -e spool ]
	mkdir -p spool/new
	segment 1 a
	wait_for 5 drained
	[ "$(rows)" = a ]
}

@test "--batch bounds what is unreleased" {
	for number in {1..9}; do
		segment "$number" x
	done
	touch fakes/busy
	start drain wd-drain --batch 2 spool
	wait_for 5 test -s fakes/runs
	rm fakes/busy
	wait_for 5 drained
	[ "$(rows | wc -l)" = 9 ]
	# No checkpoint covers more than may be unreleased.
	[ "$(wc -l <spool.state/current/covers)" -le 2 ]
}

@test "the target: operand, DATABASE_URL, a credential, a default; only wd-store gets it" {
	segment 1 a
	run -0 wd-drain --once spool sqlite:one.db
	grep -qx -e '--acknowledge --fail-fast sqlite:one.db' fakes/runs
	segment 1 a
	run -0 wd-drain --once -- spool sqlite:two.db
	grep -qx -e '--acknowledge --fail-fast sqlite:two.db' fakes/runs
	segment 1 a
	DATABASE_URL=sqlite:three.db run -0 wd-drain --once spool
	grep -qx -e '--acknowledge --fail-fast sqlite:three.db' fakes/runs
	segment 1 a
	mkdir credentials
	echo postgresql://secret >credentials/wardragon.database-url
	CREDENTIALS_DIRECTORY=$PWD/credentials run -0 wd-drain --once spool
	grep -qx -e '--acknowledge --fail-fast postgresql://secret' fakes/runs
	segment 1 a
	run -0 wd-drain --once spool
	grep -qx -e '--acknowledge --fail-fast sqlite:wardragon.db' fakes/runs
	start drain wd-drain spool postgresql://user:secret@host/db
	segment 2 HANG
	wait_for 5 test -s fakes/hanging
	for pid in $(pgrep -P "$started"); do
		run -1 grep -qa secret "/proc/$pid/cmdline"
		[ "$pid" = "$(cat fakes/hanging)" ] || run -1 grep -qa secret "/proc/$pid/environ"
	done
}

@test "a word that is no database is status 64, and nothing is read, written or removed" {
	segment 1 a
	echo 'not a segment' >notes.txt
	for target in notes.txt kits.yaml spool '' postgres:secret@host/db file:x.db -; do
		run -64 wd-drain --once spool "$target"
		[[ $output == *"not a database"* ]]
		[[ $output != *secret* && $output != *'files follow'* ]]
	done
	DATABASE_URL=notes.txt run -64 wd-drain --once spool
	not drained
	[ "$(cat notes.txt)" = 'not a segment' ]
	[ ! -e fakes/runs ]
}

@test "a second drain of one spool, or with one state, is refused" {
	start drain wd-drain -v spool
	segment 1 a
	wait_for 5 drained
	run -73 wd-drain --once spool
	[[ $output == *"another wd-drain drains this spool"* ]]
	mkdir -p other/new
	run -73 wd-drain --once --state spool.state other
	[[ $output == *"another wd-drain uses this state folder"* ]]
}

@test "the sink waits for its database: nothing is killed, nothing is fed twice" {
	touch fakes/busy
	segment 1 a
	start drain wd-drain --deadline 2 spool -- wd-store
	wait_for 5 test -s fakes/runs
	sleep 5 # more than the deadline twice
	[ "$(wc -l <fakes/runs)" = 1 ]
	rm fakes/busy
	wait_for 5 drained
	[ "$(rows)" = a ]
	! logged 'deadline'
}

@test "SIGHUP ends a wait, also that of the sink" {
	echo 78 >fakes/store
	segment 1 a
	start drain wd-drain spool
	wait_for 5 logged 'pipeline failed stage=wd-store status=78 .*retry_in=30s'
	rm fakes/store
	touch fakes/busy
	kill -HUP "$started"
	runs() { [ "$(wc -l <fakes/runs)" -ge "$1" ]; }
	wait_for 5 runs 2
	# It has no effect before the sink has reported that it waits.
	again() {
		runs 3 || ! kill -HUP "$started"
	}
	wait_for 5 again
	rm fakes/busy
	wait_for 5 drained
	[ "$(rows)" = a ]
}

@test "--once does not wait: its status is that of the stage" {
	segment 1 a
	for status in 69 75 78; do
		echo $status >fakes/store
		run -$status wd-drain --once spool
	done
	not drained
	[ -z "$(ls spool/bad 2>/dev/null)" ]
}

@test "a program that is not installed is status 78" {
	segment 1 a
	run -78 wd-drain --once spool -- no-such-program
	[[ $output == "wd-drain: not installed program=no-such-program" ]]
}

@test "--keep moves what is stored, compressed" {
	segment 1 a b
	segment 2 c
	run -0 wd-drain --once --keep kept spool
	drained
	[ "$(zstd -dcq kept/*.zst)" = "$(printf '%s\n' a b c)" ]
	[ "$(ls kept | xargs)" = '0000000000000001-00000001.zst 0000000000000002-00000002.zst' ]
}

@test "what is stored and cannot be kept stays, is not fed again, and is reported" {
	mkdir -p kept/0000000000000001-00000001.zst # cannot be replaced by a file
	segment 1 a
	segment 2 b
	start drain wd-drain --keep kept spool
	wait_for 5 logged 'cannot keep a stored segment: it stays in the spool segment=0000000000000001-00000001 reason="Is a directory"'
	wait_for 5 test -e kept/0000000000000002-00000002.zst
	ends_within 5 "$started"
	logged 'drained=1 waiting=1 .* unreleased=1'
	[ "$(rows | tr -d '\n')" = ab ]
	rmdir kept/0000000000000001-00000001.zst
	# Nor by the next one: the state covers it.
	run -0 wd-drain --once --keep kept spool
	drained
	[ "$(rows | tr -d '\n')" = ab ]
	[ "$(zstd -dcq kept/0000000000000001-00000001.zst)" = a ]
	[ "$(kept_state)" = 2 ]
}

@test "--state and --prometheus are wd-health's; the state goes on from run to run" {
	segment 1 a b
	run -0 wd-drain --once --state state --prometheus metrics.prom spool
	segment 1 c
	run -0 wd-drain --once --state state --prometheus metrics.prom spool
	[ "$(kept_state state)" = 3 ]
	[ "$(cat metrics.prom)" = metrics ]
	[ "$(ls state | wc -l)" -le 3 ]
}

@test "a pipeline without wd-health leaves its state as it is" {
	segment 1 a b
	run -0 wd-drain --once spool
	segment 2 c
	run -0 wd-drain --once spool -- wd-store
	drained
	[ "$(kept_state)" = 2 ]
}

@test "a state folder that is removed begins again, and nothing is lost" {
	start drain wd-drain spool
	segment 1 a
	wait_for 5 drained
	rm -r spool.state
	segment 2 b
	segment 3 c
	wait_for 20 drained
	logged "the state folder was removed or replaced: statistics begin again"
	[ "$(rows | sort -u | tr -d '\n')" = abc ]
}

@test "the state counts a segment once, however often it has to be fed" {
	segment 1 a b
	for status in 75 69; do
		segment 2 "STATUS $status"
		run -$status wd-drain --once spool
	done
	segment 2 c
	run -0 wd-drain --once spool
	[ "$(kept_state)" = 3 ]
	drained
}

@test "what became of the lines is added up from the acknowledgements" {
	for number in 1 2 3; do
		segment $number a b
	done
	run -0 --separate-stderr wd-drain --once --batch 1 spool
	[[ $stderr == *"wd-drain: segments drained=3 waiting=0 bytes=0 oldest_s=0 read=6 stored=6 unchanged=0 rejected=0 ignored=0" ]]
}

@test "SIGTERM ends it within 2 s: idle, and what was fed is released" {
	start drain wd-drain spool
	segment 1 a
	wait_for 5 test -s fakes/rows
	ends_within 2 "$started"
	drained
	[ "$(kept_state)" = 1 ]
}

@test "SIGTERM ends it within 2 s: while it waits before the next try" {
	echo 78 >fakes/store
	segment 1 a
	start drain wd-drain spool
	wait_for 5 logged retry_in=30s
	ends_within 2 "$started"
}

@test "SIGTERM ends it within 2 s: in a pipeline that hangs; the segment stays" {
	segment 1 HANG
	start drain wd-drain spool
	wait_for 5 test -s fakes/hanging
	ends_within 2 "$started"
	wait_for 5 not kill -0 "$(cat fakes/hanging)"
	not drained
}

@test "SIGTERM ends it within 2 s: while there is no spool" {
	start drain wd-drain nowhere
	wait_for 5 logged 'waiting for it'
	ends_within 2 "$started"
}

@test "killed: its stages end, and the next one feeds the segment again" {
	segment 1 HANG
	start drain wd-drain spool
	wait_for 5 test -s fakes/hanging
	kill -9 "$started"
	wait_for 5 not kill -0 "$(cat fakes/hanging)"
	sed -i 's/HANG/a/' spool/new/*
	run -0 wd-drain --once spool
	drained
	[ "$(rows)" = a ]
	[ "$(kept_state)" = 1 ]
}

@test "killed between checkpoint and release: the segments are released, and not fed again" {
	segment 1 a
	ln spool/new/* sealed
	run -0 wd-drain --once spool
	# As it was before the release.
	ln sealed spool/new/0000000000000001-00000001
	segment 2 b
	run -0 wd-drain --once spool
	drained
	[ "$(rows | tr -d '\n')" = ab ]
	[ "$(kept_state)" = 2 ]
	# Another file of that name is something else.
	segment 2 c
	run -0 wd-drain --once spool
	[ "$(rows | tr -d '\n')" = abc ]
}

@test "HEALTH_FILE is written after something was stored, and only then" {
	echo 75 >fakes/store
	segment 1 a
	HEALTH_FILE=healthy run -75 wd-drain --once spool
	[ ! -e healthy ]
	rm fakes/store
	HEALTH_FILE=healthy run -0 wd-drain --once spool
	[ -s healthy ]
}

@test "what is no segment is left alone, whatever it is called" {
	segment 1 a
	touch 'spool/new/1-$(touch hacked)' 'spool/new/x[$(touch hacked)]' spool/new/.partial \
		spool/new/0000000000000002-0000000X
	run -0 wd-drain --once spool
	[ "$(ls -A spool/new | wc -l)" = 4 ]
	[ "$(rows)" = a ]
	[ -z "$(find . -name hacked)" ]
}

@test "the service manager is notified: ready, status, alive, stopping" {
	service_manager
	segment 1 a
	NOTIFY_SOCKET=$PWD/notify WATCHDOG_USEC=400000 start drain wd-drain spool
	wait_for 5 grep -q READY=1 notified
	wait_for 5 grep -q 'STATUS=drained=0 waiting=1 bytes=2 ' notified
	segment 2 b
	wait_for 5 drained
	: >notified
	wait_for 20 grep -q WATCHDOG=1 notified
	kill -TERM "$started"
	wait_for 5 grep -q STOPPING=1 notified
}

@test "the command line: mistakes, and how much is logged" {
	mkdir kept
	run -64 wd-drain
	run -64 wd-drain ''
	run -64 wd-drain --nonsense spool
	run -64 wd-drain spool sqlite:a.db more
	run -64 wd-drain --keep
	run -64 wd-drain spool --
	run -64 wd-drain spool sqlite:a.db -- cat
	run -64 wd-drain spool -- sqlite:a.db
	for folder in spool spool/new spool/state "$PWD/spool/bad"; do
		run -64 wd-drain --state "$folder" spool
		[[ ${lines[0]} == *"the state must be outside of the spool"* ]]
		run -64 wd-drain --keep "$folder" spool
	done
	for value in 0 x 3601 -1 '' 14; do
		run -64 wd-drain --once --deadline="$value" spool
	done
	segment 1 a
	run -0 --separate-stderr wd-drain --quiet --once spool
	[ -z "$stderr" ]
}
