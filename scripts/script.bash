# What the scripts that users start share: --help, what they say, where programs are. Sourced.
# shellcheck shell=bash disable=SC2034 # what it sets, they use
set -uo pipefail
export LC_ALL=C.UTF-8

# The statuses of sysexits.h that scripts end with.
readonly ex_usage=64 ex_data=65 ex_unavailable=69 ex_busy=73 ex_io=74 ex_again=75 ex_config=78

program=${0##*/}
program_dir=$(dirname "$(readlink -f "$0")")

# The text of --help is the comment at the script's top.
usage() {
	sed -n '2,${/^#/!q; s/^# \{0,1\}//p}' "$0"
}

version() {
	local text
	find_programs wd-store
	text=$(wd-store --version) && text=${text%%$'\n'*} && echo "$program ${text#wd-store }"
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

# At a terminal the status line of a program may stand where a message comes; see common/log.h.
erase=
if [ -t 2 ] && [ "${TERM:-dumb}" != dumb ]; then
	erase=$'\r\033[K'
fi

# say LOUDNESS MESSAGE [KEY=VALUE]…: one line, in the way of the other tools.
say() {
	[ "$1" -le "$loudness" ] || return 0
	local text=$2 field
	for field in "${@:3}"; do
		text+=" ${field%%=*}=$(printf '%q' "${field#*=}")"
	done
	printf '%s%s: %s\n' "$erase" "$program" "$text" >&2
}

# in_foreground: whether we have the terminal, as no job in the background has.
in_foreground() {
	local stat
	stat=$(<"/proc/$$/stat")
	# shellcheck disable=SC2086 # words: state, parent, group, session, terminal, its group; see proc(5)
	set -- ${stat##*) }
	[ "$3" = "$6" ]
}

# meanwhile TEXT: stands at the terminal until something else is said there; "" takes it away.
meanwhile() {
	if [ -n "$erase" ] && [ "$loudness" -gt 0 ] && in_foreground; then
		printf '%s%s\r' "$erase" "$1" >&2
	fi
}

# die STATUS MESSAGE [KEY=VALUE]…
die() {
	say 0 "${@:2}"
	exit "$1"
}

# no_argument OPTION=VALUE: ends the program; the option takes none.
no_argument() {
	die "$ex_usage" "option takes no argument" "option=${1%%=*}"
}

# whole_number OPTION VALUE LARGEST: ends the program unless it is one from 1.
whole_number() {
	if ! [[ $2 =~ ^[0-9]{1,7}$ ]] || [ "$((10#$2))" -lt 1 ] || [ "$((10#$2))" -gt "$3" ]; then
		die "$ex_usage" "not a number from 1 to $3" "option=$1" "value=$2"
	fi
}

# --- where things are

# Programs are looked for on PATH, then where make(1) and `make install` put them, seen from the scripts.
PATH=$PATH:$program_dir
for folder in "$program_dir/../build/bin" "$program_dir/../../bin"; do
	[ ! -x "$folder/wd-poll" ] || PATH=$PATH:$folder
done
unset folder

# find_programs NAME…: ends the program where one of them is not installed.
find_programs() {
	local name
	for name in "$@"; do
		command -v "$name" >/dev/null || die "$ex_config" "not installed" "program=$name"
	done
}
