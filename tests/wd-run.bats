# wd-run: both services run, are started again when they end, and stop when they should.
load lib

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export POLL_INTERVAL=0.5 STATUS_POLL_INTERVAL=1
}

teardown() {
	stop_started
}

two_kits() {
	sim --kits 2
	wd-sim --kits 2 --port "${sim_url##*:}" --print-config |
		sed 's/api_url.*/&\n    rate_limit: 1000/' >kits.yaml
}

# pid_of SERVICE: the newest process that wd-run started for it.
pid_of() {
	sed -n "s/^wd-run: started service=$1 pid=//p" run.err | tail -1
}

stored() {
	[ "$(sqlite_value "${2:-wardragon.db}" 'SELECT count(*) FROM drones')" -gt "$1" ]
}

rows() {
	sqlite_value wardragon.db 'SELECT count(*) FROM drones'
}

logged() {
	grep -q -e "$1" run.err
}

@test "with nothing but kits.yaml it stores, and SIGTERM ends it with an empty spool" {
	two_kits
	start run wd-run
	both_online() {
		[ "$(sqlite_value wardragon.db "SELECT group_concat(status) FROM kits")" = online,online ]
	}
	wait_for 10 both_online
	wait_for 10 stored 0
	ends_within 3 "$started"
	[ -z "$(find wardragon.spool/new wardragon.spool/tmp -type f)" ]
	both_online
}

@test "a service that is killed is started again, and storing continues" {
	two_kits
	start run wd-run -v
	wait_for 10 stored 0
	kill -9 "$(pid_of wd-poll)"
	wait_for 5 logged 'a service ended: starting it again service=wd-poll status=137 retry_in=1s'
	kill -9 "$(pid_of wd-drain)"
	wait_for 5 logged 'a service ended: starting it again service=wd-drain status=137 retry_in=1s'
	wait_for 10 stored "$(rows)"
	ends_within 3 "$started"
}

@test "a service that keeps failing is started again after 1, 2, 4 s" {
	two_kits
	mkdir fakes
	printf '#!/bin/sh\nexit 70\n' >fakes/wd-drain
	chmod +x fakes/wd-drain
	PATH=$PWD/fakes:$PATH start run wd-run -v
	wait_for 12 logged retry_in=4s
	[ "$(sed -n 's/.*service=wd-drain status=70 retry_in=//p' run.err | head -3 | xargs)" = "1s 2s 4s" ]
	# The other one continued, and the spool holds what it polled.
	wait_for 5 eval '[ -n "$(ls wardragon.spool/new)" ]'
	[ "$(grep -c service=wd-poll run.err)" = 1 ]
	ends_within 3 "$started"
}

@test "if it is killed, its services end" {
	two_kits
	start run wd-run -v
	wait_for 10 stored 0
	kill -9 "$started"
	wait_for 5 not kill -0 "$(pid_of wd-poll)"
	wait_for 5 not kill -0 "$(pid_of wd-drain)"
}

@test "SIGHUP reloads the kits" {
	two_kits
	start run wd-run
	wait_for 10 stored 0
	sed -i 's/sim-2/renamed/' kits.yaml
	kill -HUP "$started"
	wait_for 5 logged 'wd-poll: kits reloaded'
	renamed() {
		[ "$(sqlite_value wardragon.db "SELECT count(*) FROM kits WHERE kit_id = 'renamed'")" = 1 ]
	}
	wait_for 10 renamed
	! logged 'ended: starting it again'
}

@test "its terminal: ^C ends it, and so does closing it; SIGHUP alone does not" {
	two_kits
	timeout 80 python3 - <<-'X'
		import os, pty, shutil, signal
		def start():
		    pid, terminal = pty.fork()
		    if pid == 0:
		        os.execlp("wd-run", "wd-run")
		    seen = b""
		    while b"online" not in seen:
		        seen += os.read(terminal, 4096)
		    return pid, terminal
		def ends(pid):
		    return os.waitpid(pid, 0) == (pid, 0)
		pid, terminal = start()
		os.kill(pid, signal.SIGHUP)
		seen = b""
		while b"kits reloaded" not in seen:
		    seen += os.read(terminal, 4096)
		os.write(terminal, b"\x03")
		assert ends(pid)
		shutil.rmtree("wardragon.spool.state")
		pid, terminal = start()
		os.close(terminal)
		assert ends(pid)
	X
	[ -z "$(find wardragon.spool/tmp -type f)" ]
}

@test "SIGTERM while the database is away: within 3 s, and the spool keeps what was polled" {
	two_kits
	mkdir none
	start run wd-run "postgresql://absent@/none?host=$PWD/none"
	wait_for 10 logged 'wd-store: .*database'
	wait_for 10 eval 'cat wardragon.spool/new/*-* wardragon.spool/tmp/poll/*-* | grep -q \"type\":\"reply\"'
	ends_within 3 "$started"
	cat wardragon.spool/new/* | jq -es 'map(select(.type == "reply")) | length > 0'
	run -0 wd-run --once -q sqlite:later.db
	stored 0 later.db
	[ -z "$(ls wardragon.spool/new)" ]
}

@test "--once: polls, stores, ends; its status is that of the pipeline" {
	two_kits
	run -0 wd-run --once
	stored 0
	printf 'kits:\n- id: gone\n  api_url: http://127.0.0.1:1\n  rate_limit: 1000\n' >gone.yaml
	run -1 wd-run --once --config gone.yaml
	mkdir none
	run -75 wd-run --once "postgresql://absent@/none?host=$PWD/none" -c gone.yaml
	[ -n "$(ls wardragon.spool/new)" ]
}

@test "--kit has a spool of its own, and other kits are not polled" {
	two_kits
	run -0 wd-run --once --kit sim-2
	[ -d wardragon-sim-2.spool/new ]
	[ ! -e wardragon.spool ]
	[ "$(sqlite_value wardragon.db 'SELECT group_concat(DISTINCT kit_id) FROM drones')" = sim-2 ]
	run -64 wd-run --once --kit a/b
	[[ $output == *"give --spool, too"* ]]
	run -78 wd-run --once --kit absent --spool s
}

@test "--spool, --spool-max, --keep, --state and --prometheus are passed on" {
	two_kits
	run -0 wd-run --once --spool=here --spool-max 2M --keep kept --state st --prometheus m.prom -- sqlite:t.db
	[ -d here/new ]
	[ -s st/current/health ]
	zstd -dcq kept/*.zst | grep -q '"type":"reply"'
	grep -q '^wardragon_kit_state{' m.prom
	stored 0 t.db
	run -64 wd-run --once --spool-max 1
	run -64 wd-run --spool-max 1
}

@test "what cannot work from the beginning is not tried again" {
	run -78 wd-run --config missing.yaml
	[[ $output != *"starting it again"* ]]
	echo >file
	run -74 wd-run --spool file
	[ "$output" = 'wd-run: the spool is not a folder spool=file' ]
	POLL_INTERVAL=soon run -64 wd-run
}

@test "--watch and --notify: events are stored, and each reaches the handlers once" {
	two_kits
	printf 'rules:\n  - {name: new, on: [first_seen], where: {kind: drone}}\n' >watch.yaml
	mkdir handlers
	printf '#!/bin/sh\ncat >>delivered\n' >handlers/one
	chmod +x handlers/one
	run -0 wd-run --once --spool wardragon.spool/ --watch watch.yaml --notify handlers
	events=$(sqlite_value wardragon.db 'SELECT count(*) FROM events')
	[ "$events" -gt 0 ]
	[ "$(wc -l <delivered)" = "$events" ]
	rm -r wardragon.* delivered handlers.state
	start run wd-run --watch watch.yaml --notify handlers
	wait_for 10 test -s delivered
	ends_within 3 "$started"
	# What was killed with them is delivered by the next one.
	wd-notify --once --events wardragon.spool.events handlers
	[ "$(wc -l <delivered)" = "$(sqlite_value wardragon.db 'SELECT count(*) FROM events')" ]
}

@test "--once --notify: a drain that queues nothing is no failure of wd-notify" {
	two_kits
	mkdir handlers fake
	printf '#!/bin/sh\n' | tee handlers/one >fake/wd-drain
	chmod +x handlers/one fake/wd-drain
	PATH=$PWD/fake:$PATH run -0 wd-run --once --watch watch.yaml --notify handlers
}

@test "--serve: a live map of what is stored" {
	two_kits
	port=$(free_ports 1)
	start run wd-run --serve "127.0.0.1:$port"
	live() {
		curl -sN --max-time 2 "http://127.0.0.1:$port/events" >live || true
		grep -q sim-1 live
	}
	wait_for 15 live
	# Lines are copied to the map before they are stored.
	wait_for 10 stored 0
	ends_within 3 "$started"
}

@test "--watch and --notify: mistakes" {
	two_kits
	printf 'rules:\n  - {name: x, on: [nothing]}\n' >wrong.yaml
	run -78 wd-run --watch wrong.yaml
	[[ $output == *'wd-watch: wrong.yaml:2: '* ]]
	run -64 wd-run --notify handlers
	[[ $output == *'there are no events without --watch'* ]]
	printf 'rules:\n  - {name: new, on: [first_seen], where: {kind: drone}}\n' >watch.yaml
	mkdir empty
	run -78 wd-run --watch watch.yaml --notify empty
	run -64 wd-run --once --serve 127.0.0.1:0
}

@test "HEALTH_FILE is written when something was stored, and only then" {
	two_kits
	mkdir none
	HEALTH_FILE=$PWD/healthy run -75 wd-run --once "postgresql://absent@/none?host=$PWD/none"
	[ ! -e healthy ]
	HEALTH_FILE=healthy start run wd-run
	wait_for 10 test -s healthy
	touch -d '1 hour ago' healthy old
	wait_for 5 test healthy -nt old
}

@test "a spool that others use is status 73" {
	two_kits
	wd-poll --once -c kits.yaml --spool wardragon.spool
	exec 7<wardragon.spool
	flock 7
	run -73 wd-run --once
	exec 7<&-
}

@test "a word that is no database is status 64: nothing is polled, nothing is lost" {
	two_kits
	wd-poll --once -c kits.yaml --spool wardragon.spool
	before=$(ls wardragon.spool/new)
	run -64 wd-run kits.yaml
	[ "$output" = 'wd-run: not a database argument=kits.yaml hint="did you mean -c kits.yaml?"' ]
	for target in '' wardragon.spool postgres:secret@host/db; do
		run -64 wd-run --once "$target"
		[[ $output != *secret* ]]
	done
	DATABASE_URL=kits.yaml run -64 wd-run --once
	[ "$(ls wardragon.spool/new)" = "$before" ]
	# And both accept the same names.
	for target in postgres://h/d postgresql+asyncpg://h/d sqlite:x.db; do
		run -78 wd-run --once --spool none -c missing.yaml "$target"
	done
}

@test "the wall clock is set back: a killed service comes back within seconds all the same" {
	[[ $BIN != */san/* ]] || skip "a sanitizer must be the first library"
	library=$(find /usr/lib -name libfaketimeMT.so.1 | head -1)
	[ -n "$library" ] || {
		echo "faketime is not installed"
		return 1
	}
	two_kits
	echo +0 >offset
	LD_PRELOAD=$library FAKETIME_TIMESTAMP_FILE=$PWD/offset FAKETIME_NO_CACHE=1 \
		FAKETIME_DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1 start run wd-run -v
	wait_for 10 stored 0
	echo -3600 >offset
	kill -9 "$(pid_of wd-poll)"
	wait_for 5 eval '[ "$(grep -c "started service=wd-poll" run.err)" = 2 ]'
	kill -9 "$(pid_of wd-drain)"
	wait_for 5 eval '[ "$(grep -c "started service=wd-drain" run.err)" = 2 ]'
	wait_for 10 stored "$(rows)"
	ends_within 3 "$started"
}

@test "the command line: help, version, mistakes" {
	run -0 wd-run --help
	[[ $output == *"wd-run [OPTION ...]"* ]]
	run -0 wd-run -h
	for option in -V --version; do
		run -0 wd-run $option
		[[ $output == "wd-run (wd-tools) "* ]]
	done
	run -64 wd-run --nonsense
	run -64 wd-run one two
	run -64 wd-run --kit
	two_kits
	run -0 --separate-stderr wd-run --quiet --once
	[ -z "$stderr" ]
	run -0 --separate-stderr wd-run --verbose --once
	[[ $stderr == *"wd-run: started service=wd-poll"* ]]
}
