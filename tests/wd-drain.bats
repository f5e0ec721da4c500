# wd-drain: nothing is lost. What is tested is the loop, with stand-ins for the stages; tests/crash/ and
# pipeline.bats run the real ones.
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

@test "--once on an empty spool does nothing, and makes a missing one" {
	run -0 wd-drain --once spool
	run -0 wd-drain --once new-spool
	[ -d new-spool/new ]
	[ ! -e fakes/runs ]
}

@test "segments that are sealed later are drained at once" {
	start drain wd-drain spool
	for number in 1 2 3; do
		segment $number "line $number"
		wait_for 5 drained
	done
	[ "$(rows)" = "$(printf 'line %s\n' 1 2 3)" ]
}

@test "--batch bounds a run; without a backlog it grows by itself" {
	for number in {1..9}; do
		segment "$number" x
	done
	run -0 wd-drain --once --batch 2 spool
	[ "$(wc -l <fakes/runs)" = 5 ]
	for number in {1..50}; do
		segment "$number" x
	done
	run -0 --separate-stderr wd-drain -v --once spool
	[[ $stderr == *"segments=16 "*"segments=32 "*"segments=2 "* ]]
}

@test "the target: operand, DATABASE_URL, a credential" {
	segment 1 a
	run -0 wd-drain --once spool sqlite:one.db
	grep -qx -e '--fail-fast sqlite:one.db ' fakes/runs
	segment 1 a
	run -0 wd-drain --once spool -- sqlite:two.db
	grep -qx -e '--fail-fast sqlite:two.db ' fakes/runs
	segment 1 a
	DATABASE_URL=sqlite:three.db run -0 wd-drain --once spool
	grep -qx -e '--fail-fast sqlite:three.db' fakes/runs
	segment 1 a
	mkdir credentials
	echo postgresql://secret >credentials/wardragon.database-url
	CREDENTIALS_DIRECTORY=$PWD/credentials run -0 wd-drain --once spool
	grep -qx -e '--fail-fast postgresql://secret' fakes/runs
}

@test "a second drain of one spool is refused" {
	start drain wd-drain -v spool
	segment 1 a
	wait_for 5 drained
	run -73 wd-drain --once spool
	[[ $output == *"another wd-drain drains this spool"* ]]
}

@test "the database is away: waits 1, 2, 4 s, then all is stored" {
	echo 75 >fakes/store
	segment 1 a
	start drain wd-drain spool
	wait_for 10 said 'away.* wait_s=4$'
	[ "$(sed -n 's/.*wait_s=//p' drain.err | head -3 | xargs)" = "1 2 4" ]
	not drained
	rm fakes/store
	wait_for 10 drained
	[ "$(rows)" = a ]
	echo 69 >fakes/store
	segment 2 b
	wait_for 10 said 'status=69 wait_s=1$'
}

@test "SIGHUP ends a wait" {
	echo 78 >fakes/store
	segment 1 a
	start drain wd-drain spool
	wait_for 5 said 'wrong stage=wd-store status=78 wait_s=30$'
	rm fakes/store
	kill -HUP "$started"
	wait_for 5 drained
}

@test "--once does not wait: its status is the stage's" {
	segment 1 a
	for status in 75 78; do
		echo $status >fakes/store
		run -$status wd-drain --once spool
	done
	not drained
	rm fakes/wd-health
	PATH=$fakes:/usr/bin:/bin run -78 "$ROOT/scripts/wd-drain" --once spool
}

@test "SIGTERM does not make a stage end early" {
	segment 1 HANG
	start drain wd-drain spool
	wait_for 5 test -s fakes/hanging
	kill -TERM "$(cat fakes/hanging)"
	kill -INT "$(cat fakes/hanging)"
	kill -HUP "$(cat fakes/hanging)"
	sleep 0.5
	kill -0 "$(cat fakes/hanging)"
}

@test "--keep moves what is done, compressed" {
	segment 1 a b
	segment 2 c
	run -0 wd-drain --once --keep kept spool
	drained
	[ "$(zstd -dcq kept/*.zst)" = "$(printf '%s\n' a b c)" ]
	[ "$(ls kept | head -1)" = 0000000000000001-00000001.zst ]
	segment 3 d
	printf '#!/bin/sh\nexit 1\n' >fakes/zstd
	chmod +x fakes/zstd
	run -75 wd-drain --once --keep kept spool
	not drained
}

@test "--state and --prometheus are wd-health's; the state goes on from run to run" {
	segment 1 a b
	run -0 wd-drain --once --state state --prometheus metrics.prom spool
	segment 1 c
	run -0 wd-drain --once --state state --prometheus metrics.prom spool
	[ "$(cat state)" = 3 ]
	[ "$(cat metrics.prom)" = metrics ]
	[ -z "$(find . -name '*.try.*')" ]
}

@test "the state counts a segment once, however often it has to be run" {
	segment 1 a b
	echo 75 >fakes/store
	run -75 wd-drain --once spool
	run -75 wd-drain --once spool
	rm fakes/store
	run -0 wd-drain --once spool
	[ "$(cat spool/health)" = 2 ]
}

@test "what became of the lines is added up; what else wd-store says is passed on" {
	for number in 1 2 3; do
		segment $number a b
	done
	touch fakes/talkative
	run -0 --separate-stderr wd-drain --once --batch 1 spool
	[[ $stderr == *"segments drained=3 waiting=0 bytes=0 oldest_s=0 read=6 stored=3 unchanged=0 rejected=0 "* ]]
	[ "$(grep -c 'read=this line is no count' <<<"$stderr")" = 3 ]
	run -1 grep '^wd-store: read=[0-9]' <<<"$stderr"
}

@test "SIGTERM ends it within 2 s: idle" {
	start drain wd-drain spool
	segment 1 a
	wait_for 5 drained
	ends_within 2 "$started"
}

@test "SIGTERM ends it within 2 s: while it waits for the database" {
	echo 78 >fakes/store
	segment 1 a
	start drain wd-drain spool
	wait_for 5 said wait_s=30
	ends_within 2 "$started"
}

@test "SIGTERM ends it within 2 s: in a run that hangs; the segment stays" {
	segment 1 HANG
	start drain wd-drain spool
	wait_for 5 test -s fakes/hanging
	ends_within 2 "$started"
	wait_for 5 not kill -0 "$(cat fakes/hanging)"
	not drained
}

@test "killed: the next one takes over, though the old stages may still run" {
	segment 1 HANG
	start drain wd-drain spool
	wait_for 5 test -s fakes/hanging
	kill -9 "$started"
	sed -i 's/HANG/a/' spool/new/*
	run -0 wd-drain --once spool
	drained
	kill -9 "$(cat fakes/hanging)"
}

@test "HEALTH_FILE is touched after what was stored, and only then" {
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

@test "the service manager hears that it is ready, alive, and how much waits" {
	service_manager
	segment 1 a
	NOTIFY_SOCKET=$PWD/notify WATCHDOG_USEC=400000 start drain wd-drain spool
	wait_for 5 grep -q READY=1 heard
	wait_for 5 grep -q 'STATUS=drained=0 waiting=1 bytes=2 ' heard
	segment 2 b
	wait_for 5 drained
	: >heard
	wait_for 5 grep -q WATCHDOG=1 heard
	kill -TERM "$started"
	wait_for 5 grep -q STOPPING=1 heard
}

@test "the command line: help, version, mistakes" {
	run -0 wd-drain --help
	[[ $output == *"wd-drain [OPTIONS] DIR"*"--deadline N"* ]]
	run -0 wd-drain -h
	for option in -V --version; do
		run -0 wd-drain $option
		[ "$output" = "wd-drain 1.2.3" ]
	done
	run -64 wd-drain
	run -64 wd-drain --nonsense spool
	run -64 wd-drain spool target more
	run -64 wd-drain --keep
	for value in 0 x 3601 -1 ''; do
		run -64 wd-drain --once --deadline="$value" spool
	done
	segment 1 a
	run -0 --separate-stderr wd-drain --quiet --once spool
	[ -z "$stderr" ]
	printf '#!/bin/sh\necho "$LOG_LEVEL" >level\nexec cat -- "$2"\n' >fakes/wd-normalize
	segment 1 a
	run -0 wd-drain --quiet --once spool
	[ "$(cat spool/new/level)" = warning ]
	segment 1 a
	run -0 --separate-stderr wd-drain -q --verbose --once spool
	[[ $stderr == *"wd-drain: run segments=1 status=0"* ]]
	LOG_LEVEL=debug run -0 wd-drain --once spool
}
