# Status lines and progress: shown at a terminal, and nowhere else.
load lib
load store

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_started
}

# watch COLUMNS UNTIL COMMAND: run the shell command at a terminal of that width until its output matches the
# regular expression UNTIL, then press ^C; the output goes to the file `seen` as it arrives.
watch() {
	python3 - "$@" <<-'PYTHON'
	import fcntl, os, pty, re, signal, struct, sys, termios
	columns, until, command = int(sys.argv[1]), sys.argv[2].encode(), sys.argv[3]
	pid, terminal = pty.fork()
	if pid == 0:
	    os.closerange(3, 256)
	    os.environ['TERM'] = 'xterm'
	    fcntl.ioctl(2, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
	    os.execlp('bash', 'bash', '-c', command)
	signal.signal(signal.SIGALRM, lambda *_: os.killpg(pid, signal.SIGKILL))
	signal.alarm(300)
	seen, pressed = b'', False
	file = open('seen', 'wb', buffering=0)
	while True:
	    try:
	        more = os.read(terminal, 4096)
	    except OSError:
	        break
	    if not more:
	        break
	    seen += more
	    file.write(more)
	    if not pressed and re.search(until, seen):
	        os.write(terminal, b'\x03')
	        pressed = True
	sys.exit(not pressed)
	PYTHON
}

# await TEXT: wait until the terminal has shown it; also for the shell at the terminal.
await() {
	until grep -qa -e "$1" seen; do sleep 0.05; done
}
export -f await

two_kits() {
	sim --kits 1
	printf 'kits:\n- id: up\n  api_url: %s\n- id: down\n  api_url: http://127.0.0.1:1\n' "$sim_url" >kits.yaml
}

@test "wd-poll updates one line, and clears it at the end" {
	two_kits
	watch 80 '1 kits up, 1 down.*1 kits up, 1 down' 'wd-poll -c kits.yaml >lines'
	# Each time: carriage return, clear, text, carriage return.
	grep -qaP '\r\x1b\[Kwd-poll: 1 kits up, 1 down, [0-9.]+ replies/s\r' seen
	# Finally the line is cleared.
	tail -c 5 seen | cmp - <(printf '\r\033[K\r')
	grep -q '"type":"reply"' lines
}

@test "a message clears the line first" {
	sim --kits 1
	printf 'kits:\n- id: up\n  api_url: %s\n' "$sim_url" >kits.yaml
	(
		wait_for 10 grep -qa 'kits up' seen
		kill -HUP "$(<pid)"
	) 3>&- &
	watch 80 'kits reloaded' 'echo $$ >pid; exec wd-poll -c kits.yaml >lines'
	grep -qaP '\r\x1b\[Kwd-poll: kits reloaded kits=1\r$' seen
}

@test "a message of another stage replaces it" {
	two_kits
	watch 80 '(?s)kits up.*wd-health: kit changed its state kit=down ' \
		'wd-poll -c kits.yaml | { await "kits up"; wd-health; } >lines'
	grep -qaP '\r\x1b\[Kwd-health: kit changed its state kit=down ' seen
}

@test "it is cut at the edge of the terminal" {
	two_kits
	watch 20 'wd-poll: 1 kits up.*wd-poll: 1 kits up' 'wd-poll -c kits.yaml >lines'
	grep -qaP '\x1b\[Kwd-poll: 1 kits up,\r' seen
	run -1 grep -aP 'kits up, ' seen
}

@test "not shown with -q, on a dumb terminal, in the background, or if stdout is the terminal" {
	two_kits
	for command in 'wd-poll -q -c kits.yaml >lines' 'TERM=dumb wd-poll -c kits.yaml >lines' \
		'set -m; wd-poll -c kits.yaml >lines' 'wd-poll -c kits.yaml'; do
		watch 80 done "$command & sleep 2; kill \$!; wait; echo done; sleep 0.1"
		run -1 grep -a 'kits up' seen
	done
	# The same without what hides it.
	watch 80 done 'wd-poll -c kits.yaml >lines & await "kits up"; kill $!; wait; echo done; sleep 0.1'
	grep -qa 'kits up' seen
}

@test "not shown if stderr is not a terminal" {
	two_kits
	start out wd-poll -c kits.yaml
	wait_for 5 grep -q '"endpoint":"drones"' out
	sleep 2.2
	kill "$started"
	wait "$started"
	run -1 grep -e 'kits up' -e $'\r' out.err
}

# Readers for the shell at the terminal, which keep a writer of 2 MB busy for longer than two seconds:
# `read_slowly TEXT` reads a pipeful at a time until the terminal has shown TEXT, however late the writer
# starts; `slow` reads nothing for 3 s.
read_slowly() {
	until grep -qa -e "$1" seen; do
		[ "$(head -c 65536 | wc -c)" != 0 ] || return 0
		sleep 0.3
	done
	cat >/dev/null
}
slow() {
	sleep 3
	cat >/dev/null
}
export -f read_slowly slow

# hold FILE: holds the lock of the SQLite database, says so in the file `locked`, and lets go 3 s after wd-store
# has logged that it waits.
hold() {
	{
		printf 'BEGIN IMMEDIATE;\n.shell touch locked\n'
		await 'wd-store: the database is unavailable'
		sleep 3
		echo 'COMMIT;'
	} | sqlite3 "$1"
}
export -f hold

@test "filters that read files show progress after two seconds, and clear it" {
	drones 1 20000 >lines
	watch 80 done 'wd-normalize lines | read_slowly "wd-normalize: [0-9]*% of" &
		wd-health lines | read_slowly "wd-health: [0-9]*% of" &
		wd-export csv lines | read_slowly "wd-export: [0-9]*% of" & wait; echo done; sleep 0.1'
	for tool in wd-normalize wd-health wd-export; do
		grep -qaP "\r\x1b\[K$tool: \d+% of 2\.\d MB, \d+ lines, \d+ lines/s, \d+:\d\d left\r" seen
	done
	grep -qaP '\r\x1b\[K\rdone' seen
	# Shorter runs show nothing; on a busy machine that may take several attempts.
	for _ in {1..10}; do
		began=$EPOCHREALTIME
		watch 80 done 'wd-normalize lines | { sleep 0.5; cat >/dev/null; }; echo done; sleep 0.1'
		grep -qa done seen
		run grep -aP '/s|\x1b' seen
		[ "$status" != 1 ] || break
		((${EPOCHREALTIME/./} - ${began/./} > 2000000))
	done
	[ "$status" = 1 ]
}

@test "so do a filter with a file as stdin, and wd-store" {
	drones 1 20000 >lines
	wd-store -q sqlite:t.db <<<''
	watch 80 done 'wd-health <lines | read_slowly "wd-health: [0-9]*% of" & wait; echo done; sleep 0.1'
	grep -qaP '\x1b\[Kwd-health: \d+% of ' seen
	watch 80 done 'hold t.db & until [ -e locked ]; do sleep 0.01; done
		wd-store --batch 5000 sqlite:t.db lines; echo done; sleep 0.1'
	grep -qaP '\r\x1b\[Kwd-store: \d+% of 2\.\d MB, \d+ lines, \d+ lines/s, \d+:\d\d left\r' seen
	grep -qaP 'wd-store: read=20000 stored=20000 ' seen
}

@test "wd-dump shows the number of rows and the time of the last" {
	drones 1 20000 | wd-store -q sqlite:t.db
	watch 80 done 'wd-dump sqlite:t.db | read_slowly "wd-dump: [0-9]* rows"; echo done; sleep 0.1'
	grep -qaP '\r\x1b\[Kwd-dump: \d+ rows, \d+ rows/s, at 2026-11-23T0\d:\d\d:\d\dZ\r' seen
	grep -qaP '\r\x1b\[K\rdone' seen
}

@test "not shown if reading from a pipe, with -q, on a dumb terminal, in the background, under a pager" {
	drones 1 20000 >lines
	wd-store -q sqlite:t.db lines
	watch 80 done "cat lines | wd-normalize lines - | slow & wd-health -q lines | slow &
		TERM=dumb wd-export csv lines | slow & wd-dump -q sqlite:t.db | slow &
		set -m; wd-normalize lines | slow & wait; echo done; sleep 0.1"
	grep -qa done seen
	run -1 grep -aP '/s|\x1b' seen
	watch 80 done "stty -icanon; wd-normalize lines | slow & wd-dump sqlite:t.db | slow &
		wait; echo done; sleep 0.1"
	run -1 grep -aP '/s|\x1b' seen
}

@test "not shown if the output goes to the terminal" {
	drones 1 20000 >lines
	wd-store -q sqlite:t.db lines
	for command in 'wd-normalize lines' 'wd-dump sqlite:t.db'; do
		# The terminal blocks for a while, as after ^S.
		watch 80 'done' "python3 -c 'import termios as t, time
t.tcflow(1, t.TCOOFF); open(\"off\", \"w\"); time.sleep(3); t.tcflow(1, t.TCOON)' &
			until [ -e off ]; do sleep 0.01; done; rm off; $command; echo done; sleep 0.1"
		grep -qa '"drone_id":"d20000"' seen
		run -1 grep -aP 'lines/s|rows/s|\x1b' seen
	done
}

# spool NUMBER: a folder `spool` with that many segments.
spool() {
	local n
	rm -rf spool && mkdir -p spool/new
	for ((n = 1; n <= $1; n++)); do
		drone 1 >"spool/new/$((1795456000000000 + n))-00000001"
	done
}

# slow_stage: a wd-normalize in the folder `slow` that starts 2.5 s late, so that a run takes longer than the
# two seconds after which progress is shown.
slow_stage() {
	mkdir -p slow
	printf '#!/bin/sh\nsleep 2.5\nexec %s/wd-normalize "$@"\n' "$BIN" >slow/wd-normalize
	chmod +x slow/wd-normalize
}

@test "wd-drain --once shows the number of segments that are done" {
	spool 2
	slow_stage
	watch 80 over 'PATH=$PWD/slow:$PATH wd-drain --once --batch 1 spool sqlite:t.db; echo over; sleep 0.1'
	grep -qaP '\r\x1b\[Kwd-drain: \d of 2 segments are done\r' seen
	grep -qaP '\r\x1b\[Kwd-drain: segments drained=2 waiting=0 .*\r$' seen
}

@test "not shown with -q, in the background, without --once" {
	slow_stage
	for command in 'wd-drain -q --once' 'set -m; wd-drain --once' 'wd-drain'; do
		spool 2
		watch 80 over "PATH=\$PWD/slow:\$PATH; $command --batch 1 spool sqlite:t.db &
			until [ -z \"\$(ls spool/new)\" ]; do sleep 0.05; done; kill \$!; wait; echo over; sleep 0.1"
		grep -qa over seen
		run -1 grep -a 'are done' seen
	done
}

@test "wd-store --migrate shows that it works" {
	watch 80 complete 'wd-store --migrate sqlite:new.db; sleep 0.1'
	grep -qaP '\r\x1b\[Kwd-store: completing the tables\r\r\x1b\[Kwd-store: the tables are complete\r$' seen
}

@test "wd-validate shows what it waits for, and clears it" {
	sim
	printf 'kits:\n- id: k\n  api_url: %s\n' "$sim_url" >kits.yaml
	watch 80 'verdict' 'wd-validate kits.yaml sqlite:here.db; sleep 0.1'
	grep -qaP '\r\x1b\[Kpolling the kits: at most 5 s\r\r\x1b\[K\r' seen
}
