# wd-poll --spool as a whole: what it writes survives, and what it does when it cannot write.
load lib

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	# LeakSanitizer traces the process itself, and only one can: without this, the sanitized build
	# ends with an error of its own. All other tests look for leaks.
	strace=(strace -qq -o trace -E "ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0")
}

teardown() {
	stop_started
}

# poll OPTIONS…: polls the simulator's first kit ten times a second, into the spool.
poll() {
	start poll "${tracer[@]}" wd-poll --url "$sim_url/kit-1" --id kit-1 --poll-interval 0.1 \
		--rate-limit 0 --spool spool "$@"
}
tracer=()

sealed() {
	[ "$(ls spool/new 2>/dev/null | wc -l)" -ge "${1:-1}" ]
}

lines() {
	cat spool/*/* 2>/dev/null
}

whole_lines() {
	lines | grep '}$' | sort
}

logged() {
	grep -q -e "$1" poll.err
}

@test "the spool holds what stdout would show" {
	sim --seed 1
	run -0 wd-poll --once --url "$sim_url/kit-1" --spool spool
	[ -z "$(ls spool/tmp/poll)" ]
	sealed 1
	[ "$(lines | jq -r '.type' | sort | uniq -c | tr -s ' \n' ' ')" = " 1 kit 4 reply " ]
	run -0 --separate-stderr wd-poll --once --url "$sim_url/kit-1" --spool spool
	[ -z "$output" ]
}

# poll_kits OPTION…: polls kits.yaml until the kits are in the spool; then "ID ENABLED SOURCE" of their lines.
poll_kits() {
	rm -f spool/new/*
	start poll wd-poll -c kits.yaml --spool spool --poll-interval 0.2 --status-interval 0.5 --rate-limit 0 "$@"
	wait_for 10 eval '[ "$(cat spool/new/* | grep -c "\"endpoint\":\"drones\"")" -ge 4 ]'
	ends_within 1 "$started"
	cat spool/new/* | jq -r 'select(.type == "kit") | "\(.kit_id) \(.enabled) \(.source)"' | xargs
}

@test "a kit that is removed from kits.yaml while wd-poll is down becomes removed" {
	sim --kits 4
	id=$(curl -s "$sim_url/kit-4/status" | jq -r .uid)
	printf '%s\n' kits: "- {id: a, api_url: $sim_url/kit-1}" "- {id: b, api_url: $sim_url/kit-2, source: both}" \
		"- {id: c, api_url: $sim_url/kit-3}" "- {api_url: $sim_url/kit-4}" >kits.yaml
	[ "$(poll_kits)" = "a true http b true both c true http $id true http" ]
	cat spool/new/* | wd-normalize | wd-health -q --state state | wd-store -q sqlite:t.db
	# A kit without a configured id is still there, and nothing is removed.
	[ "$(poll_kits)" = "a true http b true both c true http $id true http" ]
	# Some kits, to try something: the others are not gone.
	[ "$(poll_kits --kit a)" = 'a true http' ]
	wd-poll -q -c kits.yaml --spool spool --once --kit a
	printf '%s\n' kits: "- {id: a, api_url: $sim_url/kit-1}" "- {id: c, api_url: $sim_url/kit-3, enabled: false}" >kits.yaml
	[ "$(poll_kits)" = "a true http c false http b false both $id false http" ]
	cat spool/new/* | wd-normalize | wd-health -q --state state | wd-store -q sqlite:t.db
	[ "$(sqlite_value t.db "SELECT kit_id, enabled, source FROM kits ORDER BY kit_id" | xargs)" = \
		"a|1|http b|0|both c|0|http $id|0|http" ]
	[ "$(wd-health --state state --report=json | jq -r '"\(.kit_id) \(.status)"' | sort | xargs)" = \
		"a online b removed c removed $id removed" ]
	# It is reported once.
	[ "$(poll_kits)" = 'a true http c false http' ]
}

@test "a kit without a configured id that is disabled while wd-poll is down becomes removed" {
	sim
	id=$(curl -s "$sim_url/status" | jq -r .uid)
	printf '%s\n' kits: "- api_url: $sim_url" >kits.yaml
	[ "$(poll_kits)" = "$id true http" ]
	grep -q "$id" spool/poll.kits
	rm -f spool/new/*
	printf '%s\n' kits: "- {api_url: $sim_url, enabled: false}" >kits.yaml
	# Nothing is polled: the line is written with the first tick line.
	start poll wd-poll -c kits.yaml --spool spool
	wait_for 30 sealed
	[ "$(cat spool/new/* | jq -r 'select(.type == "kit") | "\(.kit_id) \(.enabled)"')" = "$id false" ]
	# It is reported once.
	wait_for 10 eval '! grep "$id" spool/poll.kits'
}

@test "the former name of a kit that reports the id of another becomes removed after a restart" {
	sim --kits 2
	id=$(curl -s "$sim_url/kit-1/status" | jq -r .uid)
	mkdir -p spool
	echo "{\"type\":\"kit\",\"kit_id\":\"former\",\"api_url\":\"$sim_url/kit-1\",\"enabled\":false}" >spool/poll.kits
	printf '%s\n' kits: "- {id: $id, api_url: $sim_url/kit-2}" "- {api_url: $sim_url/kit-1}" >kits.yaml
	[ "$(poll_kits)" = "$id true http former false null" ]
	[ "$(jq -r .kit_id spool/poll.kits | xargs)" = "$id" ]
}

@test "segments appear each second, in the order of their names" {
	sim
	poll
	wait_for 10 sealed 3
	wait_for 10 eval '[ "$(lines | grep -c "\"endpoint\":\"drones\"")" -ge 20 ]'
	kill -TERM "$started"
	wait "$started"
	[ -z "$(ls spool/tmp/poll)" ]
	lines | jq -r 'select(.type == "reply" and .endpoint == "drones").time' >times
	sort -c times
	[ "$(wc -l <times)" -ge 20 ]
}

@test "killed: each line that was in the file is there after the next start, once" {
	sim
	poll
	wait_for 10 sealed 1
	# A segment may be sealed just before the signal comes.
	until kill -9 "$started"; wait "$started" || true; [ -s spool/tmp/poll/* ]; do
		poll
		wait_for 10 eval '[ -s spool/tmp/poll/* ]'
	done
	whole_lines >before
	wd-poll --once --url "$sim_url/kit-1" --id kit-1 --spool spool 2>err
	grep -q 'recovered a segment' err
	[ -z "$(ls spool/tmp/poll)" ]
	lines | sort >after
	[ -z "$(comm -23 before after)" ]
	[ "$(uniq -d after | grep -vc '"type":"kit"')" = 0 ]
}

@test "a torn line is dropped and logged" {
	mkdir -p spool/tmp/poll
	printf '{"type":"a"}\n{"type":' >spool/tmp/poll/1763927999123456-00000000
	sim
	run -0 wd-poll --once --url "$sim_url/kit-1" --spool spool
	[[ $output == *"dropped a torn line"*"bytes=8"* ]]
	[ "$(cat spool/new/1763927999123456-00000000)" = '{"type":"a"}' ]
}

@test "a second writer is status 73, a file where the spool should be 74" {
	sim
	poll
	wait_for 10 sealed 1
	run -73 wd-poll --once --url "$sim_url/kit-1" --spool spool
	[[ $output == *"another process writes to this spool"* ]]
	touch file
	run -74 wd-poll --once --url "$sim_url/kit-1" --spool file
}

@test "--spool-max: stops polling, logs it once, continues when it is drained" {
	sim --drones 100
	poll --spool-max 1M
	wait_for 20 logged 'the spool is at its limit'
	wait_for 5 eval '[ -z "$(ls spool/tmp/poll)" ]'
	# What was asked before may still come.
	silent() {
		bytes=$(lines | wc -c)
		sleep 1
		[ "$(lines | wc -c)" = "$bytes" ]
	}
	wait_for 5 silent
	[ "$(grep -c 'at its limit' poll.err)" = 1 ]
	rm spool/new/*
	wait_for 10 logged 'room again'
	wait_for 10 sealed 1
}

@test "--spool-seal: how long a segment stays open" {
	sim
	start poll wd-poll --url "$sim_url/kit-1" --spool spool --spool-seal 60
	wait_for 10 eval '[ -s spool/tmp/poll/* ]'
	[ -z "$(ls spool/new)" ]
	ends_within 2 "$started"
	sealed 1
	run -64 wd-poll --url "$sim_url/kit-1" --spool spool --spool-seal 0
}

@test "a network file system is refused, unless forced" {
	sim
	# The file system's type (the first word of what fstatfs answers) as NFS has it.
	traced=("${strace[@]}" -e trace=fstatfs -e inject=fstatfs:poke_exit=@arg2=6969000000000000)
	run -78 "${traced[@]}" wd-poll --once --url "$sim_url/kit-1" --spool spool
	[[ $output == *"network file system"*"--spool-force"* ]]
	run -0 "${traced[@]}" wd-poll --once --url "$sim_url/kit-1" --spool spool --spool-force
	sealed 1
}

@test "an fsync that fails ends it with 74, and that descriptor is not synchronised again" {
	sim
	tracer=("${strace[@]}" -f -e trace=fsync,close,openat -e inject=fsync:error=EIO:when=5)
	poll
	status=0
	wait "$started" || status=$?
	[ "$status" = 74 ]
	logged 'cannot make a segment durable'
	fd=$(sed -n 's/.*fsync(\([0-9]*\)).*INJECTED.*/\1/p' trace)
	sed '1,/INJECTED/d' trace | sed "/close($fd)/q" | run -1 grep "fsync($fd)"
	wd-poll --once --url "$sim_url/kit-1" --id kit-1 --spool spool 2>err
	grep -q 'recovered a segment' err
}

@test "a full disk: stops polling, logs it once, loses nothing, continues" {
	sim
	mkdir -p spool/tmp/poll
	tracer=("${strace[@]}" -f -P "$PWD/spool/tmp/poll" -e trace=openat
		-e inject=openat:error=ENOSPC:when=4..6)
	poll
	wait_for 10 logged 'the disk is full'
	wait_for 20 logged 'room again'
	[ "$(grep -c 'the disk is full' poll.err)" = 1 ]
	wait_for 10 sealed 3
}

@test "--once does not wait for room: at the limit, and on a full disk" {
	sim
	wd-poll --once --url "$sim_url/kit-1" --spool spool
	truncate -s 2M spool/new/*
	run -75 wd-poll --once --url "$sim_url/kit-1" --spool spool --spool-max 1M
	[[ $output == *'wd-poll: no room: not everything was polled spool=spool'* ]]
	rm -r spool
	mkdir -p spool/tmp/poll
	run timeout 120 "${strace[@]}" -f -P "$PWD/spool/tmp/poll" -e trace=openat \
		-e inject=openat:error=ENOSPC:when=3+ wd-poll --once --url "$sim_url/kit-1" --spool spool
	[[ $output == *'the disk is full: nothing is received until there is room'* ]]
	[[ $output == *'the disk is full: lines are lost'* ]]
	((status == 74 || status == 75))
}

@test "the service manager is notified when it is ready, alive and stopping" {
	sim
	service_manager
	export NOTIFY_SOCKET=$PWD/notify WATCHDOG_USEC=400000
	poll
	wait_for 5 eval '[ "$(head -1 notified)" = READY=1 ]'
	wait_for 5 eval '[ "$(grep -c WATCHDOG=1 notified)" -ge 3 ]'
	kill -TERM "$started"
	wait_for 5 grep -q STOPPING=1 notified
	# It still holds the spool.
	ended_with 0 "$started"
	NOTIFY_SOCKET=$PWD/missing run -0 wd-poll --once --url "$sim_url/kit-1" --spool spool
	[[ $output == *"cannot notify the service manager"* ]]
}

# leave: what a killed wd-poll left: a segment with a torn tail, and one that is nothing else.
leave() {
	rm -rf spool
	mkdir -p spool/tmp/poll spool/new
	printf '{"type":"a"}\n{"type":' >spool/tmp/poll/1763927999123456-00000000
	printf '{"ty' >spool/tmp/poll/1763927999123457-00000000
}

poll_once() {
	"$@" wd-poll --once --url "$sim_url/kit-1" --id kit-1 --spool spool
}

# Whether the next start finds every line that was in the spool, once, and leaves nothing in tmp/.
recovers() {
	whole_lines >before
	poll_once 2>err || return
	whole_lines >after
	[ -z "$(comm -23 before after)" ] && [ -z "$(ls spool/tmp/poll)" ] &&
		[ "$(lines | grep -c '"type":"a"')" = 1 ] && [ "$(lines | grep -vc '}$')" = 0 ]
}

# at_every_call HARM STATUS CALLS: with HARM done at the first of these system calls on the spool, the
# second, and so on until there is none; each time it ends with STATUS. Sets $points to their number.
at_every_call() {
	for ((points = 0; points < 50; points++)); do
		leave
		run poll_once "${strace[@]}" -f -P "$PWD/spool/tmp/poll" -P "$PWD/spool/new" \
			-P "$PWD/spool/tmp/poll/1763927999123456-00000000" -e "trace=$3" \
			-e "inject=$3:$1:when=$((points + 1))"
		if [ "$status" = 0 ]; then
			recovers
			return
		fi
		[ "$status" = "$2" ]
		recovers
	done
	return 1
}

# survives HARM STATUS: that, for each of the calls that recovery and sealing make.
survives() {
	local call
	sim
	for call in pwrite64 ftruncate fsync renameat unlinkat; do
		at_every_call "$1" "$2" "$call"
		[ "$points" -ge 1 ]
	done
}

@test "killed at every call that recovery and sealing make: nothing is lost" {
	survives signal=KILL 137
}

@test "an I/O error of every such call ends it with 74; the next start recovers" {
	survives error=EIO 74
}
