# wd-drain --watch, --events and --copy, with the real stages.
load lib
load crash/service

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cat >watch.yaml <<-'X'
		rules:
		  - {name: visitors, on: [first_seen, seen, lost], where: {kind: [drone, aircraft]}, level: info}
	X
	# For doze().
	silent=$PWD/silent
	mkfifo "$silent"
	mkdir -p handlers spool/new
	printf '#!/bin/sh\ncat >>delivered\n' >handlers/one
	chmod +x handlers/one
}

teardown() {
	service_kill
	stop_started
}

# segments COUNT: of the replies of a simulated kit, from which events follow, into ./all/new.
segments() {
	sim --kits 1 --drones 8 --aircraft 4
	wd-poll --once --url "$sim_url/kit-1" --id kit-1 >replies
	mkdir -p all/new
	"$ROOT/tests/segments.py" all/new "$1" <replies
}

events_of() {
	sqlite3 "$1" 'SELECT time, rule, zone, event, subject, text FROM events ORDER BY 1, 2, 3, 4, 5'
}

drained() {
	[ -z "$(ls -A spool/new)" ]
}

@test "events are stored and delivered, those that the filters alone would give" {
	segments 20
	cp all/new/* spool/new/
	cat all/new/* | wd-normalize | wd-health --replay | wd-watch -r watch.yaml --only >expected
	[ "$(wc -l <expected)" -ge 12 ]
	wd-drain --once --watch watch.yaml --events events spool sqlite:t.db
	drained
	events_of t.db >stored
	[ "$(wc -l <stored)" = "$(wc -l <expected)" ]
	wd-notify --once --events events handlers
	cmp <(sort delivered) <(sort expected)
	[ -s spool.state/current/watch ]
}

@test "several wd-drain share a queue of events, each under the name of its spool" {
	segments 10
	mkdir -p other/new
	cp all/new/* spool/new/
	cp all/new/* other/new/
	cat all/new/* | wd-normalize | wd-health --replay | wd-watch -r watch.yaml --only >expected
	start one wd-drain --watch watch.yaml --events events spool sqlite:one.db
	start two wd-drain --watch watch.yaml --events events other/ sqlite:two.db
	wait_for 20 eval '[ -z "$(find spool/new other/new -type f)" ]'
	[ "$(ls events/tmp | xargs)" = 'other spool' ]
	cmp <(cat events/new/* | sort) <(cat expected expected | sort)
}

@test "a wrong rules file is refused at the start, with file and line" {
	printf 'rules:\n  - {name: x, on: [nothing]}\n' >wrong.yaml
	run -78 wd-drain --watch wrong.yaml spool sqlite:t.db
	[[ $output == *'wd-watch: wrong.yaml:2: '* ]]
	run -78 wd-drain --watch missing.yaml spool sqlite:t.db
	[ ! -e t.db ]
	run -64 wd-drain --events events spool sqlite:t.db
	run -64 wd-drain --watch watch.yaml --events spool/events spool sqlite:t.db
	run -64 wd-drain --watch watch.yaml spool -- cat
	run -64 wd-drain --copy socket spool -- cat
}

@test "kill -9 of every stage: the events are those of an undisturbed run, and each is delivered once" {
	segments 120
	mkdir -p once/new
	cp all/new/* once/new/
	wd-drain -q --once --watch watch.yaml once sqlite:once.db
	drain() {
		launch drain.err wd-drain --watch watch.yaml --events events spool sqlite:killed.db
		drain_pid=$launched
	}
	start notify wd-notify -q --events events --max-age 604800 handlers
	drain
	roles=(wd-normalize wd-health wd-watch wd-tee wd-store drain)
	number=0
	for segment in all/new/*; do
		mv "$segment" spool/new/
		number=$((number + 1))
		[ $((number % 6)) = 0 ] || continue
		role=${roles[number / 6 % 6]}
		await_victim "$role"
		doze $((RANDOM % 40))
		kill -9 "$victim" || true
		# A new wd-drain does not handle SIGHUP yet.
		if [ "$role" = drain ]; then
			wait "$drain_pid" || true
			drain
		else
			kill -HUP "$drain_pid"
		fi
	done
	wait_for 30 drained
	ends_within 2 "$drain_pid"
	drain_pid=
	events_of once.db >undisturbed
	[ "$(wc -l <undisturbed)" -ge 12 ]
	diff undisturbed <(events_of killed.db)
	wait_for 10 eval '[ -z "$(ls events/new)$(ls handlers.state/one/new)" ]'
	diff <(cut -d '|' -f 1,5 undisturbed | sort) <(jq -r '"\(.time)|\(.subject)"' delivered | sort)
}

@test "--copy: the reader gets what is stored, and a reader that reads nothing delays nothing" {
	# Less than a socket holds: wd-tee does not wait at the end, either.
	segments 8
	start listening python3 -u -c 'import socket
s = socket.socket(socket.AF_UNIX); s.bind("socket"); s.listen(); print("listening")
p = s.accept()[0].makefile("rb")
open("copy", "wb", 0).writelines(p)
q = s.accept()[0]; print("silent"); s.accept()'
	wait_for 5 grep -q listening listening
	cp all/new/* spool/new/
	wd-drain --once --watch watch.yaml --copy socket spool sqlite:t.db
	cat all/new/* | wd-normalize | wd-health --replay | wd-watch -r watch.yaml >expected
	wait_for 5 cmp copy expected
	cp all/new/* spool/new/
	wd-drain --once --copy socket spool sqlite:u.db
	drained
	[ "$(sqlite_value u.db 'SELECT count(*) FROM drones')" -gt 0 ]
}
