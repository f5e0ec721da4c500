# What wd-run and wd-drain share beside that: time, signals, the service manager. Sourced.
# shellcheck shell=bash disable=SC2034 # what it sets, they use

# shellcheck source=scripts/script.bash
. "$(dirname "$(readlink -f "$0")")/script.bash"

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

# pause SECONDS: less when a signal comes. Callers empty $woken before they say that they wait: who
# reads that may send SIGHUP at once.
pause() {
	local until
	read_clock
	until=$((now + $1 * 1000000))
	while [ "$now" -lt "$until" ] && [ -z "$stopping$woken" ]; do
		await_news 0.25
		alive
		read_clock
	done
}

# --- the service manager

# notify ARGUMENT…: of systemd-notify(1), where somebody listens.
notify() {
	[ -z "${NOTIFY_SOCKET:-}" ] || systemd-notify "$@" || log 0 "cannot notify systemd"
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
