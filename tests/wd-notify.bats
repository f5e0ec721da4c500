# wd-notify: events reach every handler, once, and a handler that fails delays no other.
load lib

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir handlers
	handler good 'cat >>good.out'
}

teardown() {
	stop_started
	[ -z "${mounted:-}" ] || umount "$mounted"
}

# handler NAME COMMAND: an executable of the handlers' directory.
handler() {
	printf '#!/bin/sh\n%s\n' "$2" >"handlers/$1"
	chmod +x "handlers/$1"
}

# event SUBJECT [SECONDS-AGO]
event() {
	jq -cn --arg subject "$1" --argjson age "${2:-0}" '{type: "event", time: (now - $age | todate),
		rule: "r", zone: "", event: "enter", $subject, text: "drone \($subject)"}'
}

@test "each event is passed on as it is; other lines are not" {
	{
		event a
		echo '{"type":"drone","drone_id":"x"}'
		echo 'not JSON'
		event b
	} >lines
	wd-notify --once handlers <lines
	cmp good.out <(sed -n '1p;4p' lines)
}

@test "an event that arrives again is delivered once, also after a restart" {
	event a >lines
	cat lines lines | wd-notify --once handlers
	wd-notify --once handlers <lines
	[ "$(wc -l <good.out)" = 1 ]
}

@test "a handler that fails is called again and keeps the event; the others get theirs at once" {
	handler bad '[ -e works ] && cat >>bad.out'
	mkfifo input
	exec {feed}<>input
	start out bash -c 'exec wd-notify handlers <input' {feed}>&-
	event a >&"$feed"
	wait_for 5 test -s good.out
	wait_for 5 grep -q 'handler failed handler=bad status=1 retry_in=2s' out.err
	touch works
	wait_for 20 test -s bad.out
	cmp good.out bad.out
	exec {feed}>&-
}

@test "--once with a handler that fails: 75, and the event waits for the next run" {
	handler bad '[ -e works ] && cat >>bad.out'
	event a >lines
	run -75 wd-notify --once handlers <lines
	touch works
	wd-notify --once handlers </dev/null
	cmp bad.out lines
}

@test "kill -9 in the middle of a delivery: it is delivered by the next run" {
	handler slow 'read -r line; [ -e works ] || { echo $$ >began; exec sleep 30; }; echo "$line" >>slow.out'
	event a >lines
	start out bash -c 'exec wd-notify handlers <lines'
	wait_for 5 test -s began
	slow=$(cat began)
	kill -9 "$started" $(pgrep -P "$started") "$slow"
	wait "$started" || true
	wait_for 5 not kill -0 "$slow"
	touch works
	wd-notify --once handlers </dev/null
	cmp slow.out lines
}

# none_runs PID…
none_runs() {
	! kill -0 "$@" 2>/dev/null
}

@test "a main process that is killed leaves no worker that delivers beside the next one" {
	handler bad 'exit 1'
	mkfifo input
	exec {feed}<>input
	start out bash -c 'exec wd-notify handlers <input' {feed}>&-
	event a >&"$feed"
	wait_for 5 grep -q 'handler failed' out.err
	mapfile -t workers < <(pgrep -P "$started" -x bash)
	[ "${#workers[@]}" -ge 2 ]
	kill_now "$started"
	exec {feed}>&-
	wait_for 10 none_runs "${workers[@]}"
}

@test "a main process that cannot keep an event ends its workers with itself" {
	mkdir fake
	printf '#!/bin/sh\n! [ -e broken ] && exec /usr/bin/sha256sum "$@"\n' >fake/sha256sum
	chmod +x fake/sha256sum
	mkfifo input
	exec {feed}<>input
	start out env PATH="$PWD/fake:$PATH" bash -c 'exec wd-notify handlers <input' {feed}>&-
	event a >&"$feed"
	wait_for 5 test -s good.out
	mapfile -t workers < <(pgrep -P "$started" -x bash)
	touch broken
	event b >&"$feed"
	wait_for 5 none_runs "$started"
	ended_with 74 "$started"
	exec {feed}>&-
	wait_for 5 none_runs "${workers[@]}"
	grep -q 'cannot make the digest of an event' out.err
}

@test "events that cannot be read are no end of the input, and none is dropped" {
	mkdir -p fake queue/new
	event a >lines
	cp lines queue/new/0000000000000001-00000001
	printf '#!/bin/sh\nexit 127\n' >fake/sha256sum
	chmod +x fake/sha256sum
	PATH=$PWD/fake:$PATH run -74 wd-notify --once --events queue handlers
	cmp lines queue/new/*
	rm fake/sha256sum
	printf '#!/bin/sh\nkill -9 $$\n' >fake/jq
	chmod +x fake/jq
	PATH=$PWD/fake:$PATH run -74 wd-notify --once handlers <lines
	[[ $output == *'cannot read events file=stdin'* ]]
	wd-notify --once --events queue handlers
	cmp lines good.out
}

@test "a queue that is missing: --once fails, a service waits for it and logs it once" {
	run -66 wd-notify --once --events queue handlers
	[[ $output == *'cannot read the queue of events dir=queue/new hint="wd-drain --events creates it; be in its group"'* ]]
	start out wd-notify --events queue handlers
	wait_for 10 grep -q 'cannot read the queue of events' out.err
	mkdir -p queue/new
	event a >queue/new/0000000000000001-00000001
	wait_for 5 test -s good.out
	ends_within 3 "$started"
	[ "$(grep -c 'cannot read the queue' out.err)" = 1 ]
	mv queue elsewhere
	start out wd-notify --events queue handlers
	wait_for 5 test -e handlers.state/.running
	ends_within 3 "$started"
}

@test "--once with a segment that cannot be read: 74, and what waits is delivered" {
	mkdir -p queue/new fake
	event a >lines
	cp lines queue/new/0000000000000001-00000001
	printf '#!/bin/sh\nexit 1\n' >fake/sync
	chmod +x fake/sync
	PATH=$PWD/fake:$PATH run -74 wd-notify --once --events queue handlers
	[[ $output == *'cannot fetch events file=queue/new/0000000000000001-00000001'* ]]
	cmp lines good.out
	[ -e queue/new/0000000000000001-00000001 ]
}

# Without the capabilities that let root read each file.
unprivileged() {
	[ "$(id -u)" != 0 ] || set -- setpriv --bounding-set=-dac_override,-dac_read_search \
		--inh-caps=-dac_override,-dac_read_search "$@"
	"$@"
}

@test "a state that cannot be read: 74, with its name" {
	mkdir -m 0300 handlers.state
	run -74 unprivileged wd-notify --once handlers </dev/null
	[ "$output" = 'wd-notify: cannot open the state dir=handlers.state' ]
}

@test "a disk without inodes: an event that was delivered is not delivered again" {
	[ "$(id -u)" = 0 ] || skip "only root mounts a small disk"
	mkdir handlers.state
	mount -t tmpfs -o nr_inodes=100 tmpfs handlers.state || skip "this container may not mount"
	mounted=$PWD/handlers.state
	event a >lines
	handler good 'n=0; while touch handlers.state/$n 2>/dev/null; do n=$((n + 1)); done; cat >>good.out'
	run wd-notify --once handlers <lines
	run wd-notify --once handlers <lines
	cmp good.out lines
	[ -z "$(ls handlers.state/good/new)" ]
}

@test "an event that is too old is not delivered" {
	event a 3600 | wd-notify --once handlers
	[ ! -e good.out ]
	event b 3600 | wd-notify --once --max-age 7200 handlers
	[ "$(jq -r .subject good.out)" = b ]
}

@test "a handler that hangs is ended after --timeout" {
	handler hangs 'exec sleep 60'
	event a >lines
	run -75 wd-notify --once --timeout 3 handlers <lines
	[[ $output == *'handler failed handler=hangs status=124 '*' hint="it took longer than 3 s: see --timeout"'* ]]
	[ -s good.out ]
}

@test "a handler without an interpreter, or without the execute permission: the log says what to do" {
	printf '#!/nonexistent/sh\n' >handlers/old
	chmod +x handlers/old
	printf '#!/bin/sh\n' >handlers/forgotten
	event a >lines
	run -75 wd-notify --once handlers <lines
	[[ $output == *'handler failed handler=old status=127 '*'hint="its interpreter or a program that it calls is missing'* ]]
	[[ $output == *'not executable: no events are delivered to it file=handlers/forgotten hint="chmod +x"'* ]]
	[ -s good.out ]
}

@test "hostile names reach a handler as data only" {
	printf '%s\n' '{"type":"event","time":"'"$(date -u +%FT%TZ)"'","rule":"r","zone":"","event":"enter","subject":"$(touch pwned) `touch pwned` ; touch pwned \u001b[2J ../../x","text":"t"}' >lines
	wd-notify --once handlers <lines
	cmp good.out lines
	[ -z "$(find . -name pwned)" ]
}

@test "wrong command lines: a message that names the cause" {
	run -64 wd-notify
	run -64 wd-notify handlers more
	run -64 wd-notify --max-age soon handlers
	[[ $output == *soon* ]]
	run -66 wd-notify missing </dev/null
	[[ $output == *'no such directory dir=missing'* ]]
	mkdir empty
	run -78 wd-notify empty </dev/null
	[[ $output == *'no executables'* ]]
}

@test "a second wd-notify on the same state is refused" {
	mkfifo input
	exec {feed}<>input
	start out bash -c 'exec wd-notify handlers <input' {feed}>&-
	# It is created under the lock.
	wait_for 5 test -e handlers.state/.running
	run -73 wd-notify handlers </dev/null
	exec {feed}>&-
}

@test "events of a database are followed by asking it again and again" {
	event a >lines
	wd-store -q sqlite:e.db lines
	start out bash -c 'while sleep 0.2; do wd-dump --since 10m --type event sqlite:e.db; done | wd-notify handlers'
	wait_for 5 test -s good.out
	event b | wd-store -q sqlite:e.db
	wait_for 5 grep -q '"b"' good.out
	[ "$(wc -l <good.out)" = 2 ]
	pkill -P "$started"
}

# --- the handlers of config/handlers, each with its real counterpart

handlers_of_config() {
	rm -rf handlers
	mkdir handlers
	cp "$ROOT/config/handlers/$1" handlers/
}

# A name that shells, headers, JSON, XML and terminals would interpret.
hostile_name='"; touch pwned; $(touch pwned) `touch pwned` </detail><x/> %s \n Bcc: x@example.org'

# inert: nothing of the name was executed.
inert() {
	[ -z "$(find . -name pwned)" ]
}

@test "handler mail: sendmail's interface" {
	handlers_of_config mail
	printf '#!/bin/sh\n[ "$*" = -t ] && cat >mail.txt\n' >sendmail
	chmod +x sendmail
	event 'd1' | SENDMAIL=$PWD/sendmail WD_MAIL_TO=ops@example.org wd-notify --once handlers
	grep -qx 'To: ops@example.org' mail.txt
	grep -qx 'drone d1' mail.txt
	event "$hostile_name"$'\nBcc: x@example.org' | SENDMAIL=$PWD/sendmail WD_MAIL_TO=ops@example.org wd-notify --once handlers
	# The name is in the body only: the header ends before it.
	[ "$(sed '/^$/q' mail.txt | grep -c .)" = 2 ]
	grep -qF "$hostile_name" mail.txt
	inert
}

@test "handler webhook: curl posts JSON to the address in a file" {
	handlers_of_config webhook
	cat >server.py <<-'X'
		import http.server
		class H(http.server.BaseHTTPRequestHandler):
		    def do_POST(self):
		        open('posted', 'wb').write(self.rfile.read(int(self.headers['Content-Length'])))
		        self.send_response(204)
		        self.end_headers()
		server = http.server.HTTPServer(('127.0.0.1', 0), H)
		print(server.server_port, flush=True)
		server.serve_forever()
	X
	start port python3 server.py
	wait_for 10 test -s port
	echo "url = \"http://127.0.0.1:$(cat port)/hook\"" >webhook
	event "$hostile_name" | WD_WEBHOOK=$PWD/webhook wd-notify --once handlers
	jq -e '.content == .text' posted
	[ "$(jq -r .text posted)" = "drone $hostile_name" ]
	inert
}

@test "handler tak: Cursor on Target over TCP" {
	handlers_of_config tak
	start port python3 -c 'import socket
s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1], flush=True)
open("cot", "wb").write(s.accept()[0].makefile("rb").read())'
	wait_for 10 test -s port
	event d1 | jq -c '. + {kit_ids: ["k"], lat: 50.1, lon: 8.2, alt: 120}' |
		WD_TAK_PORT=$(cat port) wd-notify --once handlers
	wait_for 5 test -s cot
	grep -q '<event .*uid="[^"]*d1' cot
	rm cot
	start port python3 -c 'import socket
s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1], flush=True)
open("cot", "wb").write(s.accept()[0].makefile("rb").read())'
	wait_for 10 test -s port
	event "${hostile_name:0:60}" | jq -c '. + {kit_ids: ["k"], lat: 50.1, lon: 8.2, alt: 120}' |
		WD_TAK_PORT=$(cat port) wd-notify --once handlers
	wait_for 5 test -s cot
	python3 -c 'import sys, xml.dom.minidom; d = xml.dom.minidom.parse("cot"); sys.exit(len(d.getElementsByTagName("x")))'
	inert
}

@test "handler syslog: logger" {
	handlers_of_config syslog
	printf '#!/bin/sh\ncat >logged\n' >logger
	chmod +x logger
	event d1 | PATH=$PWD:$PATH wd-notify --once handlers
	[ "$(cat logged)" = 'drone d1' ]
	event "$hostile_name" | PATH=$PWD:$PATH wd-notify --once handlers
	[ "$(cat logged)" = "drone $hostile_name" ]
	inert
}

@test "handler mqtt: mosquitto_pub" {
	command -v mosquitto >/dev/null || skip 'mosquitto is not installed'
	handlers_of_config mqtt
	free_port=$(free_ports 1)
	start broker mosquitto -v -p "$free_port"
	wait_for 10 mosquitto_pub -p "$free_port" -t up -n
	start received mosquitto_sub -p "$free_port" -t wardragon/events -C 1 -q 1
	wait_for 10 grep -q 'Sending SUBACK' broker.err
	event d1 >lines
	WD_MQTT_PORT=$free_port wd-notify --once handlers <lines
	wait_for 10 test -s received
	cmp received lines
	start received mosquitto_sub -p "$free_port" -t wardragon/events -C 1 -q 1
	wait_for 10 eval '[ "$(grep -c "Sending SUBACK" broker.err)" = 2 ]'
	event "$hostile_name" >lines
	WD_MQTT_PORT=$free_port wd-notify --once handlers <lines
	wait_for 10 test -s received
	cmp received lines
	inert
}

@test "the service manager is notified when it is ready; handlers do not see its socket" {
	command -v systemd-notify >/dev/null || skip "needs systemd-notify"
	handler good 'echo "${NOTIFY_SOCKET:-none}" >>seen'
	service_manager
	event a >lines
	NOTIFY_SOCKET=$PWD/notify wd-notify --once handlers <lines
	wait_for 5 grep -q READY=1 notified
	[ "$(<seen)" = none ]
}
