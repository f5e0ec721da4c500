# The service that the crash rounds run, and how its processes are killed. `load crash/service`.
# shellcheck shell=bash disable=SC2034,SC2154 # what it sets, tests/crash.bats uses, and the reverse
#
# Only what was started here is killed: pids are found by walking down from $poll_pid, $drain_pid and
# the throw-away PostgreSQL's postmaster.

poll_pid='' drain_pid=''
service_first=1 # of the simulator's kits: the service polls this one and the next
declare -gA kills=()

# service_start TARGET: polls $sim_url's two kits, whose sky changes once a second, into ./spool, and
# drains that into TARGET; every segment is kept in ./kept, every event is in ./events.
service_start() {
	service_target=$1
	mkdir -p seen spool/new
	silent=$PWD/silent
	mkfifo "$silent"
	printf 'kits:\n' >kits.yaml
	printf '  - {id: "kit-%s", api_url: "%s/kit-%s"}\n' 1 "$sim_url" "$service_first" \
		2 "$sim_url" $((service_first + 1)) >>kits.yaml
	printf 'rules: [{name: visitors, on: [first_seen, seen, lost], level: info}]\n' >watch.yaml
	drain=(wd-drain --keep kept --watch watch.yaml --events events)
	service_mend
}

# A signal that comes before the new process has become that program would do in it what bats does at
# its own end: say that the test has failed, and tear down.
launch() {
	local log=$1
	shift
	"$@" >>"$log" 2>&1 3>&- &
	launched=$!
	await became_another "$launched"
}

# await COMMAND…: wait until it succeeds, for at most 40 s, without starting a process.
await() {
	local until=$((SECONDS + 40)) nothing
	until "$@"; do
		[ $SECONDS -lt $until ] || return
		read -rt 0.005 nothing <>"$silent" || true
	done
}

# became_another PID: that is no copy of ourselves any more; or it is gone.
became_another() {
	local ours theirs=()
	mapfile -d '' ours <"/proc/$BASHPID/cmdline"
	mapfile -d '' theirs <"/proc/$1/cmdline"
	[ "${theirs[*]}" != "${ours[*]}" ]
}

running() {
	[ -n "$1" ] && kill -0 "$1" 2>/dev/null
}

# Starts again what is dead, as a service manager would.
service_mend() {
	if ! running "$poll_pid"; then
		link_segments
		launch poll.err wd-poll -c kits.yaml --poll-interval 0.2 --status-interval 1 \
			--initial-backoff 0.2 --max-backoff 0.2 --rate-limit 0 --spool spool
		poll_pid=$launched
	fi
	if ! running "$drain_pid"; then
		launch drain.err "${drain[@]}" spool "$service_target"
		drain_pid=$launched
	fi
	[ -z "${PG_DIR:-}" ] || database_runs || database_mend
}

database_runs() {
	local pid
	postmaster && running "$pid"
}

# The backends of a postmaster that was killed have to notice it first.
database_mend() {
	wait_for 30 pg_up
	# As an operator would, who knows that it is back.
	kill -HUP "$drain_pid" 2>/dev/null || true
}

# Polls no more, stores what is there. Fails where something stays in the spool.
service_stop() {
	local pid
	for pid in "$poll_pid" "$drain_pid"; do
		running "$pid" || continue
		kill "$pid"
		wait_for 10 not running "$pid"
	done
	poll_pid='' drain_pid=''
	link_segments
	# It may have been asked to end before it could recover what the one before it had left.
	wd-poll --once -c kits.yaml --rate-limit 0 --spool spool 2>>poll.err
	"${drain[@]}" --once spool "$service_target" 2>>drain.err
	[ -z "$(find spool/tmp spool/new spool/bad -type f)" ]
}

service_kill() {
	local pid
	for pid in "$poll_pid" "$drain_pid"; do
		! running "$pid" || kill -9 "$pid"
	done
}

# A second name for each segment while it is being written: what is in there was accepted, whatever
# becomes of the spool.
link_segments() {
	local file
	for file in spool/tmp/poll/*-*; do
		[ -e "seen/${file##*/}" ] || ln "$file" seen/ 2>/dev/null || true
	done
}

# bad_segment NUMBER: a sealed segment whose reply holds a drone without a name: a reject.
bad_segment() {
	local name
	name=${EPOCHREALTIME/./}-$(printf '%08x' "$1")
	printf '{"type":"reply","kit_id":"kit-1","endpoint":"drones","time":"%(%FT%T)T.000000Z",' -1 >seen/"$name"
	printf '"ok":true,"elapsed_ms":1,"attempts":1,"body":[{"lat":%s}]}\n' "$1" >>seen/"$name"
	ln seen/"$name" spool/new/
}

# The functions that look for a victim start no process, so that a round is short.

# Sets $pid.
postmaster() {
	read -r pid <"$PG_DIR/data/postmaster.pid"
} 2>/dev/null

# below PID NAME: adds the processes of that name below PID to $found.
below() {
	local child children=() name=''
	read -ra children <"/proc/$1/task/$1/children"
	for child in "${children[@]}"; do
		read -r name <"/proc/$child/comm" && [ "$name" = "$2" ] && found+=("$child")
		below "$child" "$2"
	done
} 2>/dev/null

# find_victim ROLE: sets $victim, one of several at random.
find_victim() {
	local pid='' found=()
	case $1 in
		poll) found=("$poll_pid") ;;
		drain) found=("$drain_pid") ;;
		postmaster) postmaster && found=("$pid") ;;
		backend) postmaster && below "$pid" postgres ;;
		*) below "$drain_pid" "$1" ;;
	esac
	[ ${#found[@]} -gt 0 ] && victim=${found[RANDOM % ${#found[@]}]}
}

# await_victim ROLE: looks for it all the time, for 40 s at most.
await_victim() {
	await find_linked_victim "$1"
}

find_linked_victim() {
	find_victim "$1" || { link_segments && false; }
}

# Field 22: when the process was started.
born() {
	local fields
	read -ra fields <"/proc/$1/stat" && born=${fields[21]}
} 2>/dev/null

# strike ROLE: kills one if there is one, up to 50 ms later. Fails where it ended by itself
# meanwhile: its number may be another's.
strike() {
	local victim='' born='' first
	await_victim "$1" && born "$victim" || return
	first=$born
	doze $((RANDOM % 50))
	born=''
	born "$victim" && [ "$born" = "$first" ] && kill -9 "$victim" 2>/dev/null || return
	await not running "$victim"
}

# crash_round ROLE…: kills a process of one of these roles, and starts again what is dead. A wait of
# wd-drain before it starts its stages again is cut short.
crash_round() {
	local - role=${*:RANDOM % $# + 1:1} deadline=$((SECONDS + 60))
	# What bats does before each command of a function takes longer than the round.
	set +T
	until strike "$role"; do
		[ $SECONDS -lt $deadline ] || return
		service_mend
	done
	kills[$role]=$((${kills[$role]:-0} + 1))
	[ "$role" = drain ] || kill -HUP "$drain_pid" 2>/dev/null || true
	service_mend
}

# doze MILLISECONDS
doze() {
	local nothing
	link_segments
	read -rt "$(printf '0.%03d' "$1")" nothing <>"$silent" || true
}
