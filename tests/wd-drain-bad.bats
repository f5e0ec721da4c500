# wd-drain: nothing bad blocks, and nothing good is set aside. Stages that crash, hang, are killed or
# buffer, segments that make them, and whatever another user plants in the spool.
load lib
load drain

bad() {
	cat spool/bad/* 2>/dev/null
}

@test "a stage that is killed: the segments are fed again, and none is blamed" {
	segment 1 HANG
	segment 2 b
	start drain wd-drain spool
	wait_for 5 test -s fakes/hanging
	sed -i 's/HANG/a/' spool/new/*1
	kill -9 "$(cat fakes/hanging)"
	wait_for 10 drained
	[ "$(rows | tr -d '\n')" = ab ]
	logged 'the pipeline failed stage=wd-store signal=KILL segments=2 segment=0000000000000001-00000001 retry_in=1s'
}

@test "external failures wait 1, 2, 4 s, and never set anything aside" {
	segment 1 a
	echo 71 >fakes/store
	start drain wd-drain spool
	wait_for 10 logged 'status=71 .*retry_in=4s$'
	[ "$(sed -n 's/.*retry_in=//p' drain.err | head -3 | xargs)" = "1s 2s 4s" ]
	for status in 69 73 74 75 78 1 2 124 126 127; do
		echo $status >fakes/store
		kill -HUP "$started"
		wait_for 5 logged "stage=wd-store status=$status "
	done
	not drained
	[ -z "$(bad)" ]
	rm fakes/store
	kill -HUP "$started"
	wait_for 10 drained
	[ "$(rows)" = a ]
}

@test "a stage that hangs is killed after --deadline, and the segment is not blamed" {
	segment 1 HANG
	start drain wd-drain --deadline 1 spool -- wd-store
	wait_for 10 logged 'the pipeline failed stage=pipeline status=124 '
	wait_for 5 not kill -0 "$(cat fakes/hanging)"
	[ -z "$(bad)" ]
	ends_within 2 "$started"
	sed -i 's/HANG/a/' spool/new/*
	run -0 wd-drain --once spool
	drained
	[ "$(rows)" = a ]
	[ -z "$(bad)" ]
}

@test "lines that crash a stage end up alone in bad/, all others are stored" {
	segment 1 a b c
	segment 2 d e CRASH1 f g CRASH2
	segment 3 h
	start drain wd-drain spool
	wait_for 30 drained
	[ "$(rows | sort -u | tr -d '\n')" = abcdefgh ]
	[ "$(bad)" = "$(printf 'CRASH1\nCRASH2\n')" ]
	[ "$(ls spool/bad | xargs)" = '0000000000000002-00000002-3 0000000000000002-00000002-6' ]
	# They count in the state like all that was stored: once.
	[ "$(kept_state)" = 8 ]
	logged 'set a line aside: a stage fails on it spool=spool segment=0000000000000002-00000002 line=3'
}

@test "a hostile kit in every segment does not block the others" {
	for number in 1 2 3; do
		segment $number "good$number" "CRASH$number"
	done
	run -0 wd-drain --once spool
	drained
	[ "$(rows | sort -u | xargs)" = 'good1 good2 good3' ]
	[ "$(bad | sort | xargs)" = 'CRASH1 CRASH2 CRASH3' ]
}

@test "statuses 65 and 70 can be the data's fault, too" {
	segment 1 a 'STATUS 70' b
	segment 2 c 'STATUS 65'
	run -0 wd-drain --once spool
	[ "$(rows | sort -u | tr -d '\n')" = abc ]
	[ "$(bad)" = "$(printf 'STATUS 70\nSTATUS 65\n')" ]
}

@test "where nothing passes, the pipeline is at fault: nothing is set aside" {
	echo 70 >fakes/store
	segment 1 a b c d e f g h
	segment 2 i
	run -70 wd-drain --once spool
	[[ $output == *"every segment fails: assuming that the pipeline is at fault"* ]]
	[ -z "$(bad)" ]
	[ "$(ls spool/new | wc -l)" = 2 ]
	[ "$(wc -l <fakes/runs)" -lt 40 ]
}

@test "a segment of nothing but poison is set aside once another passes" {
	segment 1 CRASH1 CRASH2 CRASH3 CRASH4
	start drain wd-drain spool
	wait_for 20 logged 'every segment fails'
	[ -z "$(bad)" ]
	segment 2 good
	kill -HUP "$started"
	wait_for 30 drained
	[ "$(rows | sort -u)" = good ]
	[ "$(bad)" = "$(printf 'CRASH%s\n' 1 2 3 4)" ]
}

@test "a segment with too many bad lines is set aside whole; its good lines before them are stored" {
	segment 1 good
	segment 2 first $(seq -f CRASH%g 40)
	segment 3 last
	run -0 wd-drain --once spool
	drained
	[ "$(ls spool/bad)" = 0000000000000002-00000002 ]
	[ "$(rows | sort -u | xargs)" = 'first good last' ]
}

@test "a segment that is larger than any that is ours is set aside unread" {
	truncate -s 65M spool/new/0000000000000001-00000001
	segment 2 b
	run -0 wd-drain --once spool
	[[ $output == *'set a segment aside spool=spool segment=0000000000000001-00000001 reason="File too large"'* ]]
	[ "$(ls spool/bad)" = 0000000000000001-00000001 ]
	[ "$(rows)" = b ]
}

@test "a symbolic link, a FIFO and a folder do no harm, and are reported once" {
	echo secret >secret
	segment 1 a
	ln -s "$PWD/secret" spool/new/0000000000000002-00000002
	mkfifo spool/new/0000000000000003-00000003
	mkdir spool/new/0000000000000004-00000004
	segment 5 e
	start drain wd-drain spool
	wait_for 5 eval '[ "$(rows | tr -d "\n")" = ae ]'
	segment 6 f
	wait_for 5 eval '[ "$(rows | tr -d "\n")" = aef ]'
	ends_within 2 "$started"
	[ "$(grep -c 'ignoring a segment that is not a regular file' drain.err)" = 3 ]
	[ "$(ls spool/new | wc -l)" = 3 ]
	[ "$(cat secret)" = secret ]
	[ -z "$(bad)" ]
}

@test "the spool's owner cannot make wd-drain write elsewhere" {
	mkdir elsewhere
	ln -s ../elsewhere spool/bad
	segment 1 a
	segment 2 CRASH
	run -74 wd-drain --once spool
	[[ $output == *"cannot set data aside in the spool's folder bad"* ]]
	[ -z "$(ls elsewhere)" ]
	[ "$(ls spool/new | wc -l)" = 1 ]
	rm -r spool
	mkdir -p spool elsewhere/new
	ln -s ../elsewhere/new spool/new
	touch elsewhere/new/0000000000000001-00000001
	run -74 wd-drain --once spool
	[ -e elsewhere/new/0000000000000001-00000001 ]
}

@test "marks and acknowledgements in a segment are dropped and counted" {
	segment 1 a '{"type":"mark","mark":"0123456789abcdef.1","save":true}' \
		'{ "mark": 1, "typ\u0065" : "\u0061ck" }' '{"type":"market"}' b
	run -0 wd-drain --once spool
	[ "$(rows | xargs -d '\n')" = 'a {"type":"market"} b' ]
	[[ $output == *' dropped=2'* ]]
}

@test "a segment without a newline at its end loses nothing; one of NULs neither" {
	printf 'a\nb' >spool/new/0000000000000001-00000001
	head -c 100 /dev/zero >spool/new/0000000000000002-00000002
	segment 3 c
	run -0 wd-drain --once spool
	[ "$(rows | tr -d '\0' | xargs)" = 'a b c' ]
	[ "$(rows | tr -dc '\0' | wc -c)" = 100 ]
}

@test "a file that grows after it was read is fed again, not removed" {
	segment 1 a
	touch fakes/busy
	start drain wd-drain spool
	wait_for 5 test -s fakes/runs
	sleep 0.3 # until it was read
	echo late >>spool/new/0000000000000001-00000001
	rm fakes/busy
	wait_for 10 drained
	rows | grep -qx late
}

@test "a segment that cannot be removed stays and is not fed again" {
	[ "$(id -u)" = 0 ] || skip "chattr +i needs root"
	segment 1 a
	chattr +i spool/new/0000000000000001-00000001 ||
		skip "this file system has no immutable files"
	start drain wd-drain spool
	wait_for 10 logged 'cannot remove a stored segment: it stays in the spool'
	segment 2 b
	wait_for 10 eval '[ ! -e spool/new/0000000000000002-00000002 ]'
	chattr -i spool/new/0000000000000001-00000001
	ends_within 2 "$started"
	[ "$(rows | tr -d '\n')" = ab ]
	run -0 wd-drain --once spool
	drained
	[ "$(rows | tr -d '\n')" = ab ]
}

@test "a spool that is removed and made again is noticed within 5 s, and drained" {
	start drain wd-drain spool
	segment 1 a
	wait_for 5 drained
	rm -r spool
	wait_for 6 logged 'the spool was removed, replaced or made unreadable\|cannot list the spool'
	mkdir -p spool/new
	segment 2 b
	wait_for 6 drained
	mv spool old
	mkdir -p spool/new
	segment 3 c
	wait_for 6 drained
	[ "$(rows | tr -d '\n')" = abc ]
}

@test "what does not acknowledge never releases a segment: status 78" {
	segment 1 '{"type":"x"}'
	for command in cat 'jq -c .' wd-normalize true 'sleep 0.1'; do
		# shellcheck disable=SC2086 # words
		run -78 wd-drain --once spool -- $command
		[[ $output == *"wd-store --acknowledge"* ]]
	done
	not drained
	run -78 timeout 60 wd-drain spool -- cat
	start drain wd-drain --deadline 1 spool -- jq -c .
	status=0
	wait "$started" || status=$?
	[ "$status" = 78 ]
	not drained
}

@test "-- COMMAND: what acknowledges, also behind tee and jq --unbuffered" {
	segment 1 '{"a":1}'
	# shellcheck disable=SC2016 # for the inner shell
	run -0 wd-drain --once spool -- sh -c 'tee copy | jq -c --unbuffered . | wd-store'
	drained
	[ "$(rows)" = '{"a":1}' ]
	grep -q '"mark":' copy
}

@test "-- COMMAND that buffers: the deadline closes its input, and nothing is lost" {
	segment 1 '{"a":1}'
	start drain wd-drain --deadline 3 spool -- sh -c 'jq -c . | wd-store'
	wait_for 10 drained
	logged 'nothing was acknowledged within the deadline.*hint="a stage buffers: jq --unbuffered"'
	[ "$(rows | sort -u)" = '{"a":1}' ]
}

@test "a clock that is set back does not delay anything" {
	[[ $BIN != */san/* ]] || skip "a sanitizer must be the first library"
	library=$(find /usr/lib -name libfaketimeMT.so.1 | head -1)
	[ -n "$library" ] || {
		echo "faketime is not installed"
		return 1
	}
	echo +0 >offset
	echo 75 >fakes/store
	segment 1 a
	# Only its wall clock.
	LD_PRELOAD=$library FAKETIME_TIMESTAMP_FILE=$PWD/offset FAKETIME_NO_CACHE=1 \
		FAKETIME_DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1 start drain wd-drain spool
	wait_for 5 logged 'retry_in=2s'
	echo -3600 >offset
	rm fakes/store
	wait_for 10 drained
	segment 2 b
	wait_for 5 drained
	ends_within 2 "$started"
	[ "$(rows | tr -d '\n')" = ab ]
}

@test "while a line that crashes a stage is looked for, no event is invented" {
	seen() {
		printf '{"type":"drone","time":"2026-11-25T12:00:%02d.000000Z","kit_id":"k","drone_id":"%s","track_type":"drone","lat":50,"lon":8}\n' "$1" "$2"
	}
	printf 'rules:\n  - {name: new, on: [first_seen, seen], where: {kind: drone}}\n' >watch.yaml
	segment 1 "$(seen 1 a)"
	# In a run of its own, the second half would begin with the appearance of a.
	segment 2 "$(seen 2 b)" CRASH "$(seen 3 a)" "$(seen 4 b)"
	segment 3 "$(seen 5 c)"
	run -0 wd-drain --once --watch watch.yaml --events events spool
	drained
	[ "$(bad)" = CRASH ]
	expected=$'2026-11-25T12:00:01 a\n2026-11-25T12:00:02 b\n2026-11-25T12:00:05 c'
	[ "$(rows | jq -Rr 'fromjson? | select(.type == "event") | "\(.time[:19]) \(.subject)"' | sort -u)" = "$expected" ]
	[ "$(cat events/new/* | jq -r '"\(.time[:19]) \(.subject)"' | sort -u)" = "$expected" ]
}

@test "--once, and a command that reads too late: status 124, and the segment that was half fed stays" {
	head -c 2000000 /dev/zero | tr '\0' x | fold -w 1000 >spool/part
	mv spool/part spool/new/0000000000000001-00000001
	run -124 wd-drain --once --deadline 2 spool -- sh -c 'sleep 3; exec wd-store'
	[ "$(ls spool/new)" = 0000000000000001-00000001 ]
	run -0 wd-drain --once spool
	drained
	[ "$(rows | sort | uniq -c | awk '{print $1}')" = 2000 ]
}

@test "-- COMMAND with two programs that acknowledge: a warning" {
	segment 1 a
	# shellcheck disable=SC2016 # for the inner shell
	run -0 wd-drain --once spool -- bash -c '{ mkfifo second; wd-store <second >&3 & tee second | wd-store; wait; } 3>&1'
	[[ $output == *'a mark was acknowledged twice, or out of order mark=1 hint="use one program with --acknowledge'* ]]
}
