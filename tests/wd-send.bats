# wd-send, with a real RabbitMQ.
load lib
load rabbitmq

setup_file() {
	local tls
	[ -x "$RABBIT_BIN/rabbitmq-server" ] || return 0
	cd "$BATS_FILE_TMPDIR"
	openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 2 -subj '/CN=CA' 2>/dev/null
	openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj '/CN=server' 2>/dev/null
	openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out server.crt -days 2 \
		-extfile <(echo subjectAltName=IP:127.0.0.1) 2>/dev/null
	openssl req -newkey rsa:2048 -nodes -keyout client.key -out client.csr -subj '/CN=client' 2>/dev/null
	openssl x509 -req -in client.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out client.crt -days 2 2>/dev/null
	openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -out other.crt -days 2 -subj '/CN=other' 2>/dev/null
	rabbit_folder
	cp ca.crt server.crt server.key "$RABBIT_DIR"
	tls=$(free_ports 1)
	export TLS_PORT=$tls
	rabbit_start "listeners.ssl.1 = 127.0.0.1:$tls" "ssl_options.cacertfile = $RABBIT_DIR/ca.crt" \
		"ssl_options.certfile = $RABBIT_DIR/server.crt" "ssl_options.keyfile = $RABBIT_DIR/server.key" \
		'ssl_options.verify = verify_peer' 'ssl_options.fail_if_no_peer_cert = false' \
		"listeners.tcp.2 = ::1:$tls"
	for queue in one gone full; do
		wd-recv -q --declare --queue $queue "$amqp_url"
	done
	wd-recv -q --declare --queue kits --queues 3 "$amqp_url"
}

teardown_file() {
	rabbit_stop
}

setup() {
	need_rabbit
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_started
}

MARK='{"type":"mark","mark":"0123456789abcdef.%s"}\n'

# take QUEUE NUMBER [COMMAND…]: the content of this number of messages, each as the input of COMMAND (cat).
take() {
	local queue=$1 number=$2
	shift 2
	[ $# -gt 0 ] || set -- cat
	timeout $((10 * patience)) amqp-consume -u "$amqp_url" -q "$queue" -c "$number" -- "$@" </dev/null
}

# empty QUEUE: nothing is left in it.
empty() {
	run -2 amqp-get -u "$amqp_url" -q "$1"
}

@test "a missing queue is status 78, and is not created" {
	echo x >lines
	for round in 1 2; do
		run -78 wd-send --queue missing "$amqp_url" <lines
		[[ $output == *"queue=missing reason=\"NOT_FOUND - no queue 'missing' in vhost '/'\" hint=\"create it with wd-recv --declare\""* ]]
	done
}

@test "messages hold whole lines, in order, at most 256 KiB; a longer line travels alone" {
	python3 - >lines <<-'P'
		import json
		for n in range(3000):
		    print(json.dumps({"type": "drone", "n": n, "x": "y" * (n % 700)}))
		    if n == 1000:
		        print(json.dumps({"type": "drone", "x": "z" * 400000}))
	P
	run -0 wd-send --queue one "$amqp_url" <lines
	number=$(grep -oE 'confirmed=[0-9]+' <<<"$output" | head -1 | cut -d= -f2)
	# shellcheck disable=SC2016 # for the inner shell
	take one "$number" sh -c 'tee part | wc -c >>sizes; tail -c 1 part | od -An -c >>ends; cat part >>all'
	cmp lines all
	[ "$(sort -u ends | tr -d ' ')" = '\n' ]
	[ "$(awk '$1 > 262144' sizes | wc -l)" = 1 ]
	[ "$number" -lt 9 ]
	empty one
}

@test "a mark is acknowledged after the confirms; marks, acks and busy lines are not sent" {
	# shellcheck disable=SC2059 # the format is ours
	{
		printf '{"a":1}\n{"a":2}\n'
		printf "$MARK" 1
		echo '{"type":"ack","mark":"0123456789abcdef.9"}'
		echo '{"type":"busy","reason":"x"}'
		printf '{"a":3}\n'
		printf "$MARK$MARK" 2 3
		printf '{"incomplete":'
	} >lines
	run -0 --separate-stderr wd-send --queue one "$amqp_url" <lines
	[ "$output" = '{"type":"ack","mark":"0123456789abcdef.1","read":2,"stored":2,"unchanged":0,"rejected":0,"ignored":0}
{"type":"ack","mark":"0123456789abcdef.2","read":1,"stored":1,"unchanged":0,"rejected":0,"ignored":0}
{"type":"ack","mark":"0123456789abcdef.3","read":0,"stored":0,"unchanged":0,"rejected":0,"ignored":0}' ]
	[[ $stderr == *'messages confirmed=2 unconfirmed=0 dropped=2'* ]]
	[[ $stderr == *'incomplete last line dropped'* ]]
	[ "$(take one 2)" = $'{"a":1}\n{"a":2}\n{"a":3}' ]
	empty one
}

@test "what has no newline at its end is sent where nothing waits for acknowledgements" {
	printf '{"a":1}' | wd-send -q --queue one "$amqp_url"
	[ "$(take one 1)" = '{"a":1}' ]
}

@test "any bytes arrive unchanged" {
	{
		printf '\000\001\377\376 not JSON \r\n{"type":"drone","drone_id":"\\u0000\xc3\x28"}\n\033]0;x\007\n'
		head -c 30000 /dev/urandom | tr -d '\n'
		echo
		python3 -c 'print("[" * 5000)'
		echo '{"type":"mark"} {"type":"mark","mark":"x"}'
	} >lines
	wd-send -q --queue one "$amqp_url" <lines
	take one 1 >out
	cmp lines out
}

@test "a line above --message-max is replaced by a reject, and counted" {
	{
		echo '{"a":1}'
		python3 -c 'print("{\"x\":\"" + "y" * 2000 + "\"}")'
		# shellcheck disable=SC2059 # the format is ours
		printf "$MARK" 1
	} >lines
	run -0 --separate-stderr wd-send --queue one --message-max 1K "$amqp_url" <lines
	[[ $output == *'"read":2,"stored":1,"unchanged":0,"rejected":1,'* ]]
	take one 1 >out
	[ "$(jq -r 'select(.type == "reject") | .stage + " " + .reason' out)" = 'wd-send too_long: line longer than 1024 bytes' ]
	[ "$(jq -r 'select(.type == "reject") | .raw | length' out)" = 2008 ]
	python3 -c 'print("{\"x\":\"" + "y" * (17 << 20) + "\"}")' >lines
	wd-send -q --queue one "$amqp_url" <lines
	take one 1 >out
	[ "$(jq -r '.raw | length' out)" = 65536 ]
}

@test "--route kit_id chooses the queue as wd-poll --shard chooses the kits" {
	echo 'kits:' >kits.yaml
	for kit in alpha bravo charlie delta echo foxtrot golf; do
		echo "  - {id: $kit, api_url: 'http://127.0.0.1:1/$kit'}" >>kits.yaml
		echo "{\"type\":\"drone\",\"kit_id\":\"$kit\"}" >>lines
	done
	echo '{"type":"tick"}' >>lines
	echo 'not JSON' >>lines
	wd-send -q --queue kits --queues 3 --route kit_id "$amqp_url" <lines
	for shard in 1 2 3; do
		wd-poll -q -c kits.yaml --shard $shard/3 --check | grep -oE '/(alpha|bravo|charlie|delta|echo|foxtrot|golf)\b' |
			tr -d / | sort -u >expected
		take kits.$shard 1 >out
		jq -Rr 'fromjson? | .kit_id // empty' out | sort -u | diff expected -
	done
	empty kits.1
}

@test "a password comes from a file; the wrong one is status 78, and no message contains it" {
	printf 'guest\n' >right
	printf 's3cret\n' >wrong
	echo '{"a":1}' >lines
	wd-send -q --queue one --username guest --password-file right "$amqp_url" <lines
	run -78 wd-send --queue one --password-file wrong "$amqp_url" <lines
	[[ $output == *ACCESS_REFUSED*'hint="check --username and --password-file"'* ]]
	[[ $output != *s3cret* ]]
	run -78 wd-send --queue one "amqp://stranger@127.0.0.1:$RABBIT_PORT" <lines
	run -78 wd-send --queue one "$amqp_url/elsewhere" <lines
	[[ $output == *"vhost elsewhere not found"* ]]
	run -64 wd-send "amqp://guest:s3cret@127.0.0.1:$RABBIT_PORT" <lines
	[[ $output == *'the command line is public: give the password with --password-file'* ]]
	[[ $output != *s3cret* ]]
	run -78 wd-send --password-file nowhere "$amqp_url" <lines
	[ "$(take one 1)" = '{"a":1}' ]
}

@test "TLS: the broker's certificate is checked" {
	echo '{"a":1}' >lines
	timeout 60 wd-send -q --queue one --ca-file "$BATS_FILE_TMPDIR/ca.crt" "amqps://127.0.0.1:$TLS_PORT" <lines
	[ "$(take one 1)" = '{"a":1}' ]
	start_reading lines unknown wd-send --queue one "amqps://127.0.0.1:$TLS_PORT"
	wait_for 10 grep -q 'no connection to the broker.*retry_in' unknown.err
	start_reading lines name wd-send --queue one --ca-file "$BATS_FILE_TMPDIR/ca.crt" "amqps://localhost:$TLS_PORT"
	wait_for 10 grep -q 'no connection to the broker.*SSL peer cert verification failed' name.err
	run -78 wd-send --queue one --ca-file nowhere "amqps://127.0.0.1:$TLS_PORT" <lines
	[[ $output == *'cannot use nowhere'* ]]
	run -64 wd-send --ca-file x "$amqp_url" <lines
	run -64 wd-send --client-cert x "amqps://127.0.0.1" <lines
	stop_started
	empty one
}

@test "TLS: a client certificate is presented, and the broker refuses one of another authority" {
	cd "$BATS_FILE_TMPDIR"
	echo '{"a":1}' >lines
	timeout 60 wd-send -q --queue one --ca-file ca.crt --client-cert client.crt --client-key client.key \
		"amqps://127.0.0.1:$TLS_PORT" <lines
	[ "$(take one 1)" = '{"a":1}' ]
	start_reading lines other wd-send --queue one --ca-file ca.crt --client-cert other.crt --client-key other.key \
		"amqps://127.0.0.1:$TLS_PORT"
	wait_for 10 grep -qE 'no connection to the broker|the connection to the broker ended' other.err
	run -78 wd-send --queue one --ca-file ca.crt --client-cert nowhere --client-key client.key \
		"amqps://127.0.0.1:$TLS_PORT" <lines
	[[ $output == *'cannot use nowhere'* ]]
	stop_started
	empty one
}

@test "several brokers are tried in turn, also by IPv6" {
	echo '{"a":1}' >lines
	run -0 timeout 60 wd-send --queue one "amqp://127.0.0.1:$(free_ports 1)" "amqp://[::1]:$TLS_PORT" <lines
	[[ $output == *'no connection to the broker host=127.0.0.1 port='*'reason="cannot connect"'* ]]
	[[ $output == *'connected to the broker host="::1"'* || $output == *'connected to the broker host=::1'* ]]
	[ "$(take one 1)" = '{"a":1}' ]
}

@test "without a broker it waits and is busy; SIGTERM ends it with 75, and nothing is acknowledged" {
	mkfifo lines
	start_reading lines out wd-send "amqp://127.0.0.1:$(free_ports 1)"
	exec 7>lines
	# shellcheck disable=SC2059 # the format is ours
	printf "{\"a\":1}\n$MARK" 1 >&7
	wait_for 12 grep -q '^{"type":"busy","reason":"broker","since":"20' out
	[ "$(grep -c 'no connection' out.err)" = 1 ]
	exec 7>&-
	ends_within 3 "$started" 75
	not grep -q '"ack"' out
	grep -q 'stopped before everything was confirmed messages=1' out.err
}

@test "with everything acknowledged it is not busy" {
	mkfifo lines later
	start_reading lines out wd-send --queue one "$amqp_url"
	first=$started
	exec 7>lines
	# shellcheck disable=SC2059 # the format is ours
	printf "{\"a\":1}\n$MARK" 1 >&7
	wait_for 5 grep -q '"ack"' out
	# Until one that begins to wait later is busy.
	start_reading later waiting wd-send "amqp://127.0.0.1:$(free_ports 1)" 7>&-
	exec 8>later
	# shellcheck disable=SC2059 # the format is ours
	printf "{\"a\":1}\n$MARK" 1 >&8
	wait_for 12 grep -q '"busy"' waiting
	not grep -q '"busy"' out
	exec 7>&- 8>&-
	wait "$first"
	[ "$(take one 1)" = '{"a":1}' ]
}

@test "a queue that refuses a message gets it again after 1, 2, 4 … seconds" {
	rabbitctl set_policy --apply-to queues full '^full$' '{"max-length":1,"overflow":"reject-publish"}'
	for _ in 1 2 3; do
		echo '{"a":0}' | amqp-publish -u "$amqp_url" -r full -p
	done
	echo '{"a":1}' >lines
	start_reading lines out wd-send --queue full "$amqp_url"
	wait_for 10 grep -q 'the broker could not store a message: sending it again unconfirmed=1 retry_in=4s' out.err
	[ "$(grep -o 'sending it again.*' out.err)" = 'sending it again unconfirmed=1 retry_in=1s
sending it again unconfirmed=1 retry_in=2s
sending it again unconfirmed=1 retry_in=4s' ]
	rabbitctl clear_policy full
	wait_for 20 grep -q 'messages confirmed=1' out.err
	wait "$started"
}

@test "a thread that cannot be started is logged with the broker that it was for" {
	[[ $BIN != */san/* ]] || skip "a sanitizer needs more address space"
	# shellcheck disable=SC2016 # for the inner shell
	start out bash -c 'ulimit -Ss 4194304 && ulimit -Sv 2097152 && exec "$@"' bash \
		wd-send amqp://127.0.0.1:1 amqp://127.0.0.1:2
	wait_for 10 grep -q 'no connection to the broker host=127.0.0.1 port=.*reason="cannot start a thread"' out.err
	grep -q 'no connection to the broker host=127.0.0.1 port=1 ' out.err
}

@test "stopped while it connects: nothing that the thread uses is released" {
	[[ $BIN != */san/* ]] || skip "a sanitizer must be the first library"
	# Makes exit() take so long that the attempt, which loses its connection, ends before the process.
	cat >exit.c <<-'C'
		#include <unistd.h>
		__attribute__((destructor)) static void wait_at_exit(void)
		{
			sleep(2);
		}
	C
	"${CC:-cc}" -shared -fPIC -o exit.so exit.c
	cat >silent.py <<-'P'
		import signal, socket
		server = socket.create_server(("127.0.0.1", 0))
		print("port", server.getsockname()[1], flush=True)
		connection = server.accept()
		print("accepted", flush=True)
		signal.pause()
	P
	start silent python3 silent.py
	silent=$started
	wait_for 5 grep -q port silent
	echo '{"a":1}' >lines
	start_reading lines out env LD_PRELOAD="$PWD/exit.so" wd-send "amqp://127.0.0.1:$(sed -n 's/^port //p' silent)"
	wait_for 5 grep -q accepted silent
	kill "$started"
	wait_for 5 grep -q 'messages confirmed=0 unconfirmed=1' out.err
	kill_now "$silent"
	ended_with 75 "$started"
	not grep 'cannot wake the main thread' out.err
}

@test "a queue that is deleted meanwhile is status 78, and nothing is acknowledged" {
	mkfifo lines
	start_reading lines out wd-send --queue gone "$amqp_url"
	exec 7>lines
	# shellcheck disable=SC2059 # the format is ours
	printf "{\"a\":1}\n$MARK" 1 >&7
	wait_for 5 grep -q '"ack"' out
	amqp-delete-queue -u "$amqp_url" -q gone
	# shellcheck disable=SC2059 # the format is ours
	printf "{\"a\":2}\n$MARK" 2 >&7
	exec 7>&-
	status=0
	wait "$started" || status=$?
	[ "$status" = 78 ]
	[ "$(grep -c '"ack"' out)" = 1 ]
	grep -q 'the broker returned a message reason=NO_ROUTE' out.err
}

@test "a broker without room is waited for" {
	rabbitctl set_vm_memory_high_watermark 0.00001
	mkfifo lines
	start_reading lines out wd-send --queue one "$amqp_url"
	exec 7>lines
	# shellcheck disable=SC2059 # the format is ours
	printf "{\"a\":1}\n$MARK" 1 >&7
	wait_for 10 grep -q 'the broker has no room: waiting' out.err
	not grep -q '"ack"' out
	rabbitctl set_vm_memory_high_watermark absolute 1GB
	wait_for 10 grep -q '"ack"' out
	exec 7>&-
	wait "$started"
	[ "$(take one 1)" = '{"a":1}' ]
}

@test "usage errors are status 64" {
	run -64 wd-send
	run -64 wd-send http://localhost
	run -64 wd-send amqp://localhost?queue=x
	[[ $output == *'give the queue with --queue'* ]]
	run -64 wd-send --queue amq.x "$amqp_url"
	run -64 wd-send --queue '' "$amqp_url"
	run -64 wd-send --route kit_id "$amqp_url"
	run -64 wd-send --route name --queues 2 "$amqp_url"
	run -64 wd-send --queues 2 "$amqp_url"
}
