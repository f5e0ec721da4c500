# What somebody who watches at a terminal sees, and nobody else.
load lib

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_started
}

# watch COLUMNS UNTIL COMMAND: runs the shell command at a terminal so wide until what it writes
# matches the regular expression UNTIL, then presses ^C; all that was written goes to the file seen.
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
	signal.alarm(20)
	seen, pressed = b'', False
	while True:
	    try:
	        more = os.read(terminal, 4096)
	    except OSError:
	        break
	    if not more:
	        break
	    seen += more
	    if not pressed and re.search(until, seen):
	        os.write(terminal, b'\x03')
	        pressed = True
	open('seen', 'wb').write(seen)
	sys.exit(not pressed)
	PYTHON
}

two_kits() {
	sim --kits 1
	printf 'kits:\n- id: up\n  api_url: %s\n- id: down\n  api_url: http://127.0.0.1:1\n' "$sim_url" >kits.yaml
}

@test "wd-poll shows one line in place, which goes before a message and at the end" {
	two_kits
	watch 80 '1 kits up, 1 down.*1 kits up, 1 down' 'wd-poll -c kits.yaml >lines'
	# Each time: back to the line's beginning, cleared, written, and back again.
	grep -qaP '\r\x1b\[Kwd-poll: 1 kits up, 1 down, [0-9.]+ replies/s\r' seen
	# The last thing that is done to the terminal is to clear the line.
	tail -c 5 seen | cmp - <(printf '\r\033[K\r')
	grep -q '"type":"reply"' lines
}

@test "a message clears the line first" {
	sim --kits 1
	printf 'kits:\n- id: up\n  api_url: %s\n' "$sim_url" >kits.yaml
	(
		wait_for 10 grep -qa '"endpoint":"drones"' lines
		sleep 1.5
		kill -HUP "$(<pid)"
	) 3>&- &
	watch 80 'kits loaded anew' 'echo $$ >pid; exec wd-poll -c kits.yaml >lines'
	grep -qaP '\r\x1b\[Kwd-poll: kits loaded anew kits=1\r$' seen
}

@test "a message of another stage takes its place, too" {
	two_kits
	watch 80 '(?s)kits up.*wd-health: kit changed its state kit=down ' \
		'wd-poll -c kits.yaml | { sleep 2; wd-health; } >lines'
	grep -qaP '\r\x1b\[Kwd-health: kit changed its state kit=down ' seen
}

@test "it is cut at the edge of the terminal" {
	two_kits
	watch 20 'wd-poll: 1 kits up.*wd-poll: 1 kits up' 'wd-poll -c kits.yaml >lines'
	grep -qaP '\x1b\[Kwd-poll: 1 kits up,\r' seen
	run -1 grep -aP 'kits up, ' seen
}

@test "nothing of it with -q, on a dumb terminal, in the background, or where lines go to the terminal" {
	two_kits
	for command in 'wd-poll -q -c kits.yaml >lines' 'TERM=dumb wd-poll -c kits.yaml >lines' \
		'set -m; wd-poll -c kits.yaml >lines' 'wd-poll -c kits.yaml'; do
		watch 80 done "$command & sleep 2; kill \$!; wait; echo done; sleep 0.1"
		run -1 grep -a 'kits up' seen
	done
	# The same, but for what hides it.
	watch 80 done 'wd-poll -c kits.yaml >lines & sleep 2; kill $!; wait; echo done; sleep 0.1'
	grep -qa 'kits up' seen
}

@test "nothing of it where stderr is no terminal" {
	two_kits
	start out wd-poll -c kits.yaml
	sleep 2.2
	kill "$started"
	wait "$started"
	run -1 grep -e 'kits up' -e $'\r' out.err
}

@test "wd-validate says what it waits for, and takes it away" {
	sim
	printf 'kits:\n- id: k\n  api_url: %s\n' "$sim_url" >kits.yaml
	watch 80 'verdict' 'wd-validate kits.yaml sqlite:here.db; sleep 0.1'
	grep -qaP '\r\x1b\[Kasking the kits, for at most 5 s\r\r\x1b\[K\r' seen
}
