# wd-tee: lines are passed on, whatever becomes of the copy; events are queued before a mark is passed on.
load lib

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	stop_started
}

# event SUBJECT
event() {
	printf '{"type":"event","time":"2026-11-25T12:00:00.000000Z","rule":"r","zone":"","event":"enter","subject":"%s","text":"t"}\n' "$1"
}

queued() {
	cat events/new/*
}

# feed LINE…: into the wd-tee that tee_start started.
feed() {
	printf '%s\n' "$@" >&"$input"
}

# tee_start OPTION…: a wd-tee that waits for lines.
tee_start() {
	mkfifo pipe
	exec {input}<>pipe
	# shellcheck disable=SC2016 # for the inner shell
	start out bash -c 'exec wd-tee "$@" <pipe' bash "$@" {input}>&-
}

# reader FILE: listens at ./socket, and appends what it gets to FILE.
reader() {
	rm -f socket
	start listening python3 -u -c 'import socket, sys
server = socket.socket(socket.AF_UNIX); server.bind("socket"); server.listen(); print("listening")
peer = server.accept()[0]
while data := peer.recv(65536): open(sys.argv[1], "ab", 0).write(data)' "$1"
	wait_for 5 test -s listening
}

@test "lines are passed on byte for byte" {
	printf '%s\n' '{"type":"drone","x":1}' ' { "x" : 2 }' 'not JSON' '{"type":"mark","mark":"0123456789abcdef.1"}' >lines
	event a >>lines
	wd-tee <lines | cmp - lines
	# The writer was killed: the next stage must see that the last line is not whole.
	printf '{"type":"drone"}\n{"type":"dro' >lines
	wd-tee <lines | cmp - lines
	printf '{"type":"drone"}' | wd-tee | cmp - <(echo '{"type":"drone"}')
	head -c 17000000 /dev/zero | tr '\0' x >long
	wd-tee <long | jq -e '.type == "reject" and .stage == "wd-tee"'
}

@test "--copy: the reader gets all lines but marks" {
	reader copy
	{ event a; echo '{"type":"mark","mark":"0123456789abcdef.1"}'; echo '{"type":"drone"}'; } >lines
	wd-tee --copy socket <lines | cmp - lines
	grep -v mark lines >expected
	wait_for 5 cmp copy expected
}

@test "--copy: no reader, a reader that comes, goes and comes again" {
	tee_start --copy socket
	feed '{"n":1}'
	wait_for 5 grep -q '"n":1' out
	wait_for 5 grep -q 'no reader for the copy: lines are not copied until there is one socket=socket' out.err
	sleep 1.2 # until it was tried again
	reader copy
	wait_for 5 grep -q 'copying lines socket=socket' out.err
	feed '{"n":2}'
	wait_for 5 grep -q '"n":2' copy
	kill "$started"
	wait_for 5 not kill -0 "$started"
	feed '{"n":3}'
	wait_for 5 eval 'feed "{\"n\":4}"; grep -q "reader of the copy has gone" out.err'
	reader copy
	wait_for 5 eval '[ "$(grep -c "copying lines" out.err)" = 2 ]'
	feed '{"n":5}'
	wait_for 5 grep -q '"n":5' copy
	[ "$(head -1 copy)" = '{"n":2}' ]
	[ "$(grep -c 'no reader' out.err)" = 1 ]
	grep -q '"n":3' out
}

@test "--copy: a reader that reads nothing delays nothing; whole lines are dropped and counted" {
	mkfifo go
	start listening python3 -u -c 'import socket
s = socket.socket(socket.AF_UNIX); s.bind("socket"); s.listen(); print("listening"); p = s.accept()[0]
open("go").read()
copy = open("copy", "wb", 0)
while data := p.recv(1 << 20): copy.write(data)'
	wait_for 5 test -s listening
	tee_start --copy socket
	wait_for 5 grep -q 'copying lines' out.err
	seq -f '{"type":"drone","n":%.0f,"filler":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}' 150000 >lines
	cat lines >&"$input"
	wait_for 10 cmp out lines
	wait_for 5 grep -q 'the reader of the copy is slow: lines were not copied socket=socket lines=[1-9]' out.err
	echo >go
	wait_for 10 eval 'feed "{\"last\":1}"; grep -q "\"last\":1" copy'
	# Whole lines only.
	run -1 grep -vxF -f lines -e '{"last":1}' copy
	[ "$(wc -l <copy)" -lt 150000 ]
}

@test "--copy: lines that the reader has not taken at the end are counted" {
	mkfifo go
	start listening python3 -u -c 'import socket
s = socket.socket(socket.AF_UNIX); s.bind("socket"); s.listen(); print("listening"); p = s.accept()[0]
open("go").read()
copy = open("copy", "wb", 0)
while data := p.recv(1 << 20): copy.write(data)
print("end")'
	wait_for 5 test -s listening
	seq -f '{"type":"drone","n":%.0f,"filler":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}' 20000 >lines
	wd-tee --copy socket <lines 2>err | cmp - lines
	echo >go
	wait_for 10 grep -q end listening
	dropped=$(sed -n 's/.* lines were not copied socket=socket lines=//p' err)
	[ "$dropped" -gt 0 ]
	[ $((dropped + $(wc -l <copy))) = 20000 ]
}

@test "--writer: several processes share a queue; names that are no folders are 64" {
	tee_start --events events --writer one
	wait_for 5 test -d events/tmp/one
	event b | wd-tee --events events --writer two >out.two
	[ "$(ls events/tmp | xargs)" = 'one two' ]
	feed "$(event a)"
	exec {input}>&-
	wait_for 5 eval '[ "$(queued | wc -l)" = 2 ]'
	for name in '' . .. ../x a/b; do
		run -64 wd-tee --events events --writer "$name" </dev/null
	done
}

@test "--events: events are queued, durable before a mark behind them is passed on" {
	tee_start --events events
	event a >&"$input"
	feed '{"type":"drone"}' '{"type":"mark","mark":"0123456789abcdef.1"}'
	wait_for 5 grep -q mark out
	queued | cmp - <(event a)
	[ "$(wc -l <out)" = 3 ]
	exec {input}>&-
	# Of the group of the folder, to which wd-notify belongs.
	[ "$(stat -c %a events/new/*)" = 640 ]
}

@test "--events: a queue that is full loses no line; it is logged" {
	for n in 1 2 3; do
		printf '{"type":"event","subject":"%s","text":"%s"}\n' $n "$(head -c 8500000 /dev/zero | tr '\0' x)"
	done >lines
	wd-tee --events events <lines 2>err | cmp - lines
	grep -q 'the queue of events is full: events are stored, but not delivered dir=events events=1 hint="is wd-notify running?"' err
	[ "$(queued | wc -l)" = 2 ]
}

@test "--drop-events" {
	{ event a; echo '{"type":"drone"}'; } | wd-tee --drop-events | cmp - <(echo '{"type":"drone"}')
}

@test "wd-notify --events delivers what is queued, once, and removes it" {
	mkdir handlers
	printf '#!/bin/sh\ncat >>delivered\n' >handlers/one
	chmod +x handlers/one
	{ event a; event b; echo '{"type":"drone"}'; event a; } | wd-tee --events events >out
	wd-notify --once --max-age 604800 --events events handlers
	cmp delivered <(event a; event b)
	[ -z "$(ls events/new)" ]
	# What others put there is left alone.
	event c >elsewhere
	ln -s "$PWD/elsewhere" events/new/0000000000000001-00000001
	event d >events/new/note
	start notify wd-notify --max-age 604800 --events events handlers
	event e | wd-tee --events events >out
	wait_for 5 grep -q '"e"' delivered
	cmp delivered <(event a; event b; event e)
	wait_for 5 eval '[ "$(ls events/new | wc -l)" = 2 ]'
	ends_within 3 "$started"
}

@test "the command line: mistakes" {
	run -64 wd-tee file
	run -64 wd-tee --copy "$(printf '%0200d' 0)"
	[[ $output == *'the path of a socket is too long'* ]]
	exec 7<>/dev/null
	tee_start --events events
	feed '{"type":"drone"}'
	wait_for 5 test -s out
	run -73 wd-tee --events events </dev/null
}
