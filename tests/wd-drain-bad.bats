# wd-drain: nothing bad blocks. Stages that crash, hang or are killed, and segments that make them.
load lib
load drain

@test "a stage that is killed: the segments are run again" {
	segment 1 HANG
	segment 2 b
	start drain wd-drain spool
	wait_for 5 test -s fakes/hanging
	sed -i 's/HANG/a/' spool/new/*1
	kill -9 "$(cat fakes/hanging)"
	wait_for 10 drained
	[ "$(rows | tr -d '\n')" = ab ]
	said 'a stage failed stage=wd-store status=137 segments=2'
}

@test "a stage that was killed is named, not the one that read half a line of it" {
	echo 65 >fakes/store
	segment 1 a
	printf '#!/bin/sh\nkill -9 $$\n' >fakes/wd-normalize
	start drain wd-drain spool
	wait_for 5 said 'a stage failed stage=wd-normalize status=137 segments=1'
}

@test "a stage that hangs is killed after --deadline, with all of its run" {
	segment 1 HANG
	start drain wd-drain --deadline 1 spool
	wait_for 5 said 'a run hangs'
	wait_for 5 not kill -0 "$(cat fakes/hanging)"
	sed -i 's/HANG/a/' spool/new/*
	wait_for 10 drained
	[ "$(rows)" = a ]
}

@test "a line that crashes a stage ends up alone in bad/, all others are stored" {
	segment 1 a b c
	segment 2 d e CRASH1 f g CRASH2
	segment 3 h
	start drain wd-drain spool
	wait_for 30 drained
	[ "$(rows | sort | tr -d '\n')" = abcdefgh ]
	[ "$(cat spool/bad/*)" = "$(printf 'CRASH1\nCRASH2\n')" ]
	[ -e spool/bad/0000000000000002-00000002-3 ]
	said 'set a line aside'
}

@test "--once isolates, too" {
	segment 1 CRASH b
	run -0 wd-drain --once spool
	[ "$(rows)" = b ]
	[ "$(cat spool/bad/*)" = CRASH ]
}

@test "where nothing passes, nothing is set aside" {
	echo 70 >fakes/store
	segment 1 a b c d e f g h
	run -70 wd-drain --once spool
	[ -z "$(ls spool/bad)" ]
	not drained
	[ "$(wc -l <fakes/runs)" -lt 40 ]
}

@test "a segment of nothing but poison is blamed once another has passed" {
	segment 1 CRASH1 CRASH2 CRASH3 CRASH4
	start drain wd-drain spool
	wait_for 20 said 'nothing passes'
	[ -z "$(ls spool/bad)" ]
	segment 2 good
	kill -HUP "$started"
	wait_for 20 drained
	[ "$(rows)" = good ]
	[ "$(cat spool/bad/*)" = "$(printf 'CRASH%s\n' 1 2 3 4)" ]
}

@test "a segment that cannot be read is set aside whole" {
	segment 1 a
	mkdir spool/new/0000000000000002-00000002
	segment 3 c
	run -0 wd-drain --once spool
	drained
	[ -d spool/bad/0000000000000002-00000002 ]
	[ "$(rows | sort -u | tr -d '\n')" = ac ]
}

@test "what cannot be removed is said, waited for, and does no harm" {
	segment 1 a
	printf '#!/bin/sh\n[ ! -e %s ] || exit 1\nexec /bin/rm "$@"\n' "$PWD/stuck" >fakes/rm
	chmod +x fakes/rm
	touch stuck
	start drain wd-drain spool
	wait_for 5 said 'cannot remove what is stored: it stays in the spool.*wait_s=2'
	/bin/rm stuck
	wait_for 10 drained
}
