# wd-recv, with a real RabbitMQ and the real wd-store.
load lib
load rabbitmq

setup_file() {
	rabbit_start || return 0
	wd-recv -q --declare --queue r --queues 16 "$amqp_url"
	amqp-declare-queue -u "$amqp_url" -q classic -d >/dev/null
	amqp-declare-queue -u "$amqp_url" -q classic.bad -d >/dev/null
	rabbitctl eval 'rabbit_amqqueue:declare(rabbit_misc:r(<<"/">>, queue, <<"limited">>), true, false,
		[{<<"x-queue-type">>, longstr, <<"quorum">>}, {<<"x-delivery-limit">>, long, 3}], none, <<"guest">>).' >/dev/null
}

teardown_file() {
	rabbit_stop
}

# Each test has a queue of its own, $queue.
setup() {
	need_rabbit
	cd "$BATS_TEST_TMPDIR"
	queue=r.$BATS_TEST_NUMBER
}

teardown() {
	stop_started
}

# drones FIRST LAST: a record each.
drones() {
	seq "$1" "$2" | sed 's/.*/{"type":"drone","kit_id":"k","time":"2026-11-23T18:00:00Z","drone_id":"d&"}/'
}

send() {
	wd-send -q --queue "$queue" "$amqp_url"
}

# receive NAME COMMAND…: start wd-recv; its log is NAME.err.
receive() {
	local name=$1
	shift
	start "$name" wd-recv --queue "$queue" "$amqp_url" -- "$@"
	receiver=$started
	wait_for 20 grep -q 'connected to the broker' "$name.err"
}

rows() {
	sqlite_value "${1:-x.db}" 'SELECT count(*) FROM drones' 2>/dev/null
}

rows_are() {
	[ "$(rows "${2:-x.db}")" = "$1" ]
}

# The sink of the tests: wd-store, with what it needs to end after SIGKILL.
store() {
	echo "wd-store -q --acknowledge sqlite:$PWD/${1:-x.db}"
}

# A sink that takes everything and acknowledges nothing, but is busy.
busy_sink() {
	cat >busy <<-'S'
		#!/bin/sh
		while sleep 0.3; do echo '{"type":"busy","reason":"database"}'; done &
		exec cat >/dev/null
	S
	chmod +x busy
}

# A sink that fails on the line POISON, and notes it in ./poisoned.
poison_sink() {
	cat >sink <<-S
		#!/bin/bash
		set -o pipefail
		while IFS= read -r line; do
			[ "\$line" != POISON ] || { echo >>poisoned; exit 70; }
			printf '%s\n' "\$line"
		done | $(store)
	S
	chmod +x sink
}

# The sixth COMMAND has failed on POISON, which is the last attempt, and was reaped.
last_attempt_is_over() {
	[ "$(wc -l <poisoned)" = 6 ] && [ -z "$(cat "/proc/$receiver/task/$receiver/children")" ]
}

@test "--declare creates the queues once; --check refuses missing ones, limits and other types" {
	wd-recv --declare --queue "$queue" "$amqp_url"
	run -0 wd-recv --check --queue r --queues 2 "$amqp_url"
	[[ $output == *'the queue is ready queue=r.1 messages=0'*'queue=r.1.bad'*'queue=r.2 '* ]]
	run -78 wd-recv --check --queue missing "$amqp_url"
	[[ $output == *'queue=missing reason='*'hint="create it with wd-recv --declare"'* ]]
	run -78 wd-recv --check --queue missing "$amqp_url"
	run -78 wd-recv --check --queue limited "$amqp_url"
	[[ $output == *x-delivery-limit*'hint="expected a durable quorum queue without any limit"'* ]]
	run -78 wd-recv --declare --queue limited "$amqp_url"
	run -78 wd-recv --check --queue classic "$amqp_url"
	[[ $output == *x-queue-type* ]]
	run -75 wd-recv --check "amqp://127.0.0.1:$(free_ports 1)"
	run -0 wd-recv -q --check --queue r.1 "amqp://127.0.0.1:$(free_ports 1)" "$amqp_url"
}

@test "messages are stored, then acknowledged; a repeated one is stored once" {
	drones 1 1000 | send
	drones 500 600 | send
	# shellcheck disable=SC2046 # words
	receive recv $(store)
	wait_for 10 rows_are 1000
	drones 1001 1001 | send
	wait_for 5 rows_are 1001
	ends_within 2 "$receiver"
	grep -q 'messages acknowledged=[0-9]* set_aside=0 read=1102 stored=1001 unchanged=101' recv.err
	run -2 amqp-get -u "$amqp_url" -q "$queue"
}

@test "what COMMAND has not acknowledged goes to another receiver, at once" {
	busy_sink
	drones 1 10 | send
	receive first sh -c 'tee copy | ./busy'
	first=$receiver
	wait_for 10 grep -q drone copy
	# shellcheck disable=SC2046 # words
	receive second $(store)
	kill -9 "$first"
	wait_for 10 rows_are 10
}

@test "COMMAND ends: nothing is acknowledged, and it is started again" {
	drones 1 10 | send
	cat >sink <<-S
		#!/bin/sh
		n=\$(cat runs 2>/dev/null | wc -l)
		echo >>runs
		case \$n in
		0) exit 0 ;;
		1) exec sh -c 'kill -9 \$\$' ;;
		2) head -n 1 >/dev/null; exit 75 ;;
		*) exec $(store) ;;
		esac
	S
	chmod +x sink
	receive recv ./sink
	wait_for 30 rows_are 10
	grep -q 'COMMAND failed signal=KILL .*retry_in=2s' recv.err
	grep -q 'COMMAND failed status=75 messages=1 retry_in=4s' recv.err
	ends_within 2 "$receiver"
	grep -q 'messages acknowledged=1 set_aside=0' recv.err
}

@test "a message that fails alone while others pass goes to QUEUE.bad; the others are stored" {
	for number in 1 2 3; do
		drones $number $number | send
	done
	printf 'POISON\n' | send
	drones 4 4 | send
	poison_sink
	receive recv ./sink
	wait_for 40 grep -q 'set a message aside: COMMAND fails on it' recv.err
	wait_for 20 rows_are 4
	[ "$(amqp-get -u "$amqp_url" -q "$queue.bad")" = POISON ]
	grep -q "id=$(printf 'POISON\n' | sha256sum | cut -d' ' -f1) status=70" recv.err
	ends_within 2 "$receiver"
	run -2 amqp-get -u "$amqp_url" -q "$queue"
}

@test "a message that QUEUE.bad refuses stays, and the broker is logged as the cause" {
	rabbitctl set_policy --apply-to queues full "^$queue.bad\$" '{"max-length":1,"overflow":"reject-publish"}'
	for _ in 1 2 3; do
		echo full | amqp-publish -u "$amqp_url" -r "$queue.bad" -p
	done
	drones 1 1 | send
	printf 'POISON\n' | send
	poison_sink
	receive recv ./sink
	wait_for 40 grep -q 'cannot set a message aside reason="the broker could not store it"' recv.err
	wait_for 10 eval 'grep -A1 "cannot set a message aside" recv.err | grep -q "connected to the broker"'
	ends_within 2 "$receiver"
	[ "$(amqp-get -u "$amqp_url" -q "$queue")" = POISON ]
	rabbitctl clear_policy full
}

@test "SIGTERM ends it within 2 s while QUEUE.bad does not confirm; the message stays" {
	drones 1 1 | send
	printf 'POISON\n' | send
	poison_sink
	rabbitctl eval "sys:suspend('%2F_$queue.bad')."
	receive recv ./sink
	wait_for 40 last_attempt_is_over
	late=0
	ends_within 2 "$receiver" || late=1
	rabbitctl eval "sys:resume('%2F_$queue.bad')."
	[ "$late" = 0 ]
	grep -q 'cannot set a message aside reason="the broker did not confirm it"' recv.err
	[ "$(amqp-get -u "$amqp_url" -q "$queue")" = POISON ]
}

@test "every message fails: nothing is set aside" {
	for number in 1 2 3; do
		drones $number $number | send
	done
	receive recv sh -c 'head -n 1 >/dev/null; exit 70'
	wait_for 40 grep -q 'every message fails: assuming that COMMAND is at fault' recv.err
	ends_within 2 "$receiver"
	run -2 amqp-get -u "$amqp_url" -q "$queue.bad"
	# shellcheck disable=SC2046 # words
	receive recv $(store)
	wait_for 10 rows_are 3
}

@test "a command that does not acknowledge is status 78; one that buffers is closed, and nothing is lost" {
	drones 1 3 | send
	run -78 timeout 60 wd-recv --queue "$queue" "$amqp_url" -- cat
	[[ $output == *'COMMAND does not acknowledge'*'hint="end COMMAND with wd-store --acknowledge"'* ]]
	start recv wd-recv --deadline 2 --queue "$queue" "$amqp_url" -- sh -c "jq -c . | $(store)"
	wait_for 20 rows_are 3
	grep -q 'nothing was acknowledged within the deadline.*hint="COMMAND buffers: jq --unbuffered"' recv.err
}

@test "--release gives the messages of a busy sink back to the broker" {
	busy_sink
	drones 1 3 | send
	start first wd-recv --release 1 --queue "$queue" "$amqp_url" -- ./busy
	first=$started
	wait_for 10 grep -q 'nothing was acknowledged: giving the messages back to the broker waited=1s messages=1' first.err
	# shellcheck disable=SC2046 # words
	receive second $(store)
	wait_for 20 rows_are 3
	ends_within 2 "$first"
}

@test "SIGTERM ends it within 2 s: idle, with a sink that hangs, without a broker; messages stay" {
	drones 1 3 | send
	receive recv sh -c 'exec sleep 100'
	ends_within 2 "$receiver"
	start recv wd-recv "amqp://127.0.0.1:$(free_ports 1)" -- cat
	wait_for 10 grep -q 'no connection to the broker' recv.err
	ends_within 2 "$started"
	# shellcheck disable=SC2046 # words
	receive recv $(store)
	wait_for 10 rows_are 3
	ends_within 2 "$receiver"
}

@test "marks, acks and busy lines inside messages are dropped; any other bytes reach COMMAND" {
	printf '\000\377\n{"type":"mark","mark":"0123456789abcdef.1"}\n{"type":"ack","mark":"x"}\nlast' >body
	amqp-publish -u "$amqp_url" -r "$queue" -p <body
	printf '' | amqp-publish -u "$amqp_url" -r "$queue" -p
	drones 1 1 | send
	receive recv sh -c "tee copy | $(store)"
	wait_for 10 rows_are 1
	ends_within 2 "$receiver"
	grep -q 'dropped=2' recv.err
	{
		printf '\000\377\nlast\n'
		drones 1 1
	} >expected
	grep -av '"mark"' copy | cmp expected -
	run -2 amqp-get -u "$amqp_url" -q "$queue"
}

@test "the broker is killed and comes back: everything is stored" {
	drones 1 100 | send
	sleep 1 # a quorum queue that is killed soon after its declaration can lose messages
	# shellcheck disable=SC2046 # words
	receive recv $(store)
	wait_for 10 rows_are 100
	rabbit_kill
	wait_for 10 grep -q 'the connection to the broker ended' recv.err
	drones 101 200 >more
	start_reading more sent wd-send --queue "$queue" "$amqp_url"
	wait_for 10 grep -q 'no connection to the broker' sent.err
	rabbit_up
	wait "$started"
	wait_for 40 rows_are 200
	ends_within 2 "$receiver"
}

@test "a missing queue, a wrong password and a missing program are status 78" {
	run -78 wd-recv --queue missing "$amqp_url" -- cat
	echo wrong >password
	run -78 wd-recv --password-file password --queue "$queue" "$amqp_url" -- cat
	[[ $output == *ACCESS_REFUSED* ]]
	run -78 wd-recv --queue "$queue" "$amqp_url" -- no-such-program
	[[ $output == *'not installed program=no-such-program'* ]]
}

@test "usage errors are status 64" {
	run -64 wd-recv
	run -64 wd-recv "$amqp_url"
	run -64 wd-recv "$amqp_url" --
	run -64 wd-recv -- cat
	run -64 wd-recv --declare --check "$amqp_url"
	run -64 wd-recv --declare "$amqp_url" -- cat
	run -64 wd-recv --queues 2 "$amqp_url" -- cat
	run -64 wd-recv --deadline 0 "$amqp_url" -- cat
}

@test "from a spool through the queue into a database" {
	mkdir -p spool/new
	drones 1 500 >spool/new/0000000000000001-00000001
	start drained wd-drain spool -- wd-send --queue "$queue" "$amqp_url"
	receive recv sh -c "wd-normalize | $(store)"
	wait_for 20 rows_are 500
	wait_for 10 eval '[ -z "$(ls spool/new)" ]' # after the acknowledgement
	drones 501 600 >spool/tmp-2
	mv spool/tmp-2 spool/new/0000000000000002-00000002
	wait_for 20 rows_are 600
}
