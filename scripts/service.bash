# What wd-run and wd-drain share: what they say, time, signals, the service manager. Sourced.
# shellcheck shell=bash disable=SC2034 # what it sets, they use
set -uo pipefail
export LC_ALL=C.UTF-8

# The statuses of sysexits.h that scripts end with.
readonly ex_usage=64 ex_unavailable=69 ex_busy=73 ex_io=74 ex_again=75 ex_config=78

program=${0##*/}
program_dir=$(dirname "$(readlink -f "$0")")

# The text of --help is the comment at the script's top.
usage() {
	sed -n '2,${/^#/!q; s/^# \{0,1\}//p}' "$0"
}

version() {
	local text
	text=$(wd-store --version) && echo "$program ${text#wd-store }"
}

# --- what is said

loudness=1 # 0: only warnings and errors, 1: also what people want to know, 2: everything

read_log_level() {
	case ${LOG_LEVEL:-info} in
		[dD]*) loudness=2 ;;
		[iI]*) loudness=1 ;;
		*) loudness=0 ;;
	esac
}

# say LOUDNESS MESSAGE [KEY=VALUE]…: one line, in the way of the other tools.
say() {
	[ "$1" -le "$loudness" ] || return 0
	local text=$2 field
	for field in "${@:3}"; do
		text+=" ${field%%=*}=$(printf '%q' "${field#*=}")"
	done
	printf '%s: %s\n' "$program" "$text" >&2
}

# die STATUS MESSAGE [KEY=VALUE]…
die() {
	say 0 "${@:2}"
	exit "$1"
}

# whole_number OPTION VALUE LARGEST: ends the program unless it is one from 1.
whole_number() {
	if ! [[ $2 =~ ^[0-9]{1,7}$ ]] || [ "$((10#$2))" -lt 1 ] || [ "$((10#$2))" -gt "$3" ]; then
		die "$ex_usage" "not a number from 1 to $3" "option=$1" "value=$2"
	fi
}

# --- where things are

# Programs are looked for on PATH, then where make(1) puts them, beside the scripts.
find_programs() {
	local name
	PATH=$PATH:$program_dir:$program_dir/../build/bin
	for name in "$@"; do
		command -v "$name" >/dev/null || die "$ex_config" "not installed" "program=$name"
	done
}

# absolute PATH [FOLDER]: as seen from FOLDER, by default the current one.
absolute() {
	case $1 in
		/*) printf '%s\n' "$1" ;;
		*) printf '%s\n' "${2:-$PWD}/$1" ;;
	esac
}

# --- time and signals

stopping='' # when SIGTERM or SIGINT came first, in microseconds
woken=''    # whether SIGHUP came

# Sets $now, in microseconds.
read_clock() {
	now=${EPOCHREALTIME/[.,]/}
}

trap 'read_clock; stopping=${stopping:-$now}' TERM INT
trap 'woken=1' HUP

# A pipe that nobody closes. Reading it is how to wait without starting a process, and whoever has
# news writes a line into it.
exec {bell}<> <(:)

# await_news SECONDS: the next line in $news; fails when the time is up.
await_news() {
	read -rt "$1" -u "$bell" news
}

# pause SECONDS: less when a signal comes.
pause() {
	local until
	read_clock
	until=$((now + $1 * 1000000))
	woken=
	while [ "$now" -lt "$until" ] && [ -z "$stopping$woken" ]; do
		await_news 0.25
		alive
		read_clock
	done
}

# --- the service manager

# notify ARGUMENT…: of systemd-notify(1), where somebody listens.
notify() {
	[ -z "${NOTIFY_SOCKET:-}" ] || systemd-notify "$@" || say 0 "cannot notify systemd"
}

# Tells the watchdog that something was done or is awaited, no oftener than it needs to hear.
alive_at=0
alive() {
	[ -n "${WATCHDOG_USEC:-}" ] || return 0
	read_clock
	if [ "$((now - alive_at))" -ge "$((WATCHDOG_USEC / 4))" ]; then
		alive_at=$now
		notify WATCHDOG=1
	fi
}
