# Shared by the scripts that users start: options, log messages, where programs are. Sourced.
# shellcheck shell=bash disable=SC2034 # variables for the scripts
set -uo pipefail
export LC_ALL=C.UTF-8

# Exit statuses, from sysexits.h.
readonly ex_usage=64 ex_data=65 ex_noinput=66 ex_unavailable=69 ex_busy=73 ex_io=74 ex_again=75 ex_config=78

program=${0##*/}
program_dir=$(dirname "$(readlink -f "$0")")

# Print the text of --help: the comment at the top of the script.
usage() {
	sed -n '2,${/^#/!q; s/^# \{0,1\}//p}' "$0"
}

version() {
	local text
	find_programs wd-store
	text=$(wd-store --version) && text=${text%%$'\n'*} && echo "$program ${text#wd-store }"
}

# --- log

log_level=1 # 0: warnings and errors, 1: information, 2: debug

read_log_level() {
	case ${LOG_LEVEL:-info} in
		[dD]*) log_level=2 ;;
		[iI]*) log_level=1 ;;
		*) log_level=0 ;;
	esac
}

# Clears the status line that a program may have left at the terminal; see common/log/log.h.
erase=
if [ -t 2 ] && [ "${TERM:-dumb}" != dumb ]; then
	erase=$'\r\033[K'
fi

# quote VALUE: set $quoted to the value as common/log/log.c logs it: in quotes unless it is plain, with everything
# but printable ASCII as \xNN.
quote() {
	local LC_ALL=C text=$1 i byte
	quoted=$text
	[[ ! $text =~ ^[][a-zA-Z0-9_.,:\;/@%+#~*\(\)\<\>\|?\&!^-]+$ ]] || return 0
	quoted='"'
	for ((i = 0; i < ${#text}; i++)); do
		byte=${text:i:1}
		case $byte in
			[\"\\]) quoted+=\\$byte ;;
			$'\n') quoted+='\n' ;;
			[' '-'~']) quoted+=$byte ;;
			*) printf -v byte '\\x%02x' "'$byte" && quoted+=\\x${byte: -2} ;;
		esac
	done
	quoted+='"'
}

# log LEVEL MESSAGE [KEY=VALUE]…: one line, in the form of the C tools.
log() {
	[ "$1" -le "$log_level" ] || return 0
	local text=$2 field quoted
	for field in "${@:3}"; do
		quote "${field#*=}"
		text+=" ${field%%=*}=$quoted"
	done
	printf '%s%s: %s\n' "$erase" "$program" "$text" >&2
}

# in_foreground: whether this process is in the foreground of its terminal.
in_foreground() {
	local stat
	stat=$(<"/proc/$$/stat")
	# shellcheck disable=SC2086 # words: state, parent, group, session, terminal, its group; see proc(5)
	set -- ${stat##*) }
	[ "$3" = "$6" ]
}

# status_line TEXT: show it at the terminal until the next message; "" removes it.
status_line() {
	if [ -n "$erase" ] && [ "$log_level" -gt 0 ] && in_foreground; then
		printf '%s%s\r' "$erase" "$1" >&2
	fi
}

# die STATUS MESSAGE [KEY=VALUE]…
die() {
	log 0 "${@:2}"
	exit "$1"
}

# usage_error MESSAGE [KEY=VALUE]…: exit because of the command line.
usage_error() {
	log 0 "$@"
	echo "Try '$program --help'." >&2
	exit "$ex_usage"
}

# --- options, parsed like those of the C tools (common/cli/opt.c): the table is the text of --help

# one_edit_apart A B: whether one character was inserted, deleted or replaced, or two were swapped.
one_edit_apart() {
	local a=$1 b=$2
	[ ${#a} -ge 3 ] && [ ${#b} -ge 3 ] || return 1
	while [ -n "$a" ] && [ "${a:0:1}" = "${b:0:1}" ]; do
		a=${a:1} b=${b:1}
	done
	while [ -n "$a" ] && [ -n "$b" ] && [ "${a: -1}" = "${b: -1}" ]; do
		a=${a:0:-1} b=${b:0:-1}
	done
	[ "${#a}${#b}" != 22 ] || { [ "$a" = "${b:1}${b:0:1}" ] && return; }
	[ -n "$a$b" ] && [ ${#a} -le 1 ] && [ ${#b} -le 1 ]
}

# takes[NAME]: the argument of each long option, "" if it takes none; long[LETTER]: its long form.
declare -A takes=() long=()
read_option_table() {
	local line
	while IFS= read -r line; do
		if [[ $line =~ ^\ {2,6}(-([a-zA-Z]),\ )?--([a-z-]+)(\ ([A-Z]+))? ]]; then
			takes[${BASH_REMATCH[3]}]=${BASH_REMATCH[5]}
			[ -z "${BASH_REMATCH[2]}" ] || long[${BASH_REMATCH[2]}]=${BASH_REMATCH[3]}
		fi
	done < <(usage)
}

# long_option WORD: set $name to the option that it names, perhaps abbreviated.
long_option() {
	local candidate found=() hint=()
	name=${1#--} name=${name%%=*}
	[ -z "${takes[$name]+set}" ] || return 0
	for candidate in "${!takes[@]}"; do
		[[ $candidate != "$name"* ]] || found+=("$candidate")
		! one_edit_apart "$name" "$candidate" || hint=("hint=did you mean --$candidate?")
	done
	case ${#found[@]} in
		0) usage_error "unknown option" "argument=$1" "${hint[@]}" ;;
		1) name=${found[0]} ;;
		*) usage_error "ambiguous option" "argument=$1" ;;
	esac
}

# take_option NAME [VALUE]: the options of every script; the others are for the script's set_option.
take_option() {
	case $1 in
		help) usage && exit 0 ;;
		version)
			version
			exit
			;;
		*) set_option "$@" ;;
	esac
}

# parse_options ARGUMENT…: call set_option NAME [VALUE] for each option, and set the array $operands.
parse_options() {
	local name letter given
	operands=()
	read_option_table
	while [ $# -gt 0 ]; do
		given=$1
		case $1 in
			--)
				operands+=("${@:2}")
				return
				;;
			--*)
				long_option "$1"
				[[ $1 != *=* ]] || set -- "$1" "${1#*=}" "${@:2}"
				[ -n "${takes[$name]}" ] || [[ $given != *=* ]] || usage_error "option takes no argument" "argument=$given"
				;;
			-?*)
				letter=${1:1:1}
				name=${long[$letter]:-}
				[ -n "$name" ] || usage_error "unknown option" "argument=-$letter"
				given=-$letter
				if [ -n "${1:2}" ] && [ -n "${takes[$name]}" ]; then
					set -- "$1" "${1:2}" "${@:2}"
				elif [ -n "${1:2}" ]; then
					set -- "$1" "-${1:2}" "${@:2}"
				fi
				;;
			*)
				operands+=("$1")
				shift
				continue
				;;
		esac
		if [ -z "${takes[$name]}" ]; then
			take_option "$name"
			shift
		else
			[ $# -gt 1 ] || usage_error "option needs an argument" "argument=$given"
			take_option "$name" "$2"
			shift 2
		fi
	done
}

# whole_number OPTION VALUE MAX: exit unless the value is a number from 1 to MAX.
whole_number() {
	if ! [[ $2 =~ ^[0-9]{1,7}$ ]] || [ "$((10#$2))" -lt 1 ] || [ "$((10#$2))" -gt "$3" ]; then
		usage_error "invalid value" "--$1=$2" "expected=a number from 1 to $3"
	fi
}

# --- where things are

# Search programs on PATH, then where make(1) and `make install` put them, relative to the scripts.
PATH=$PATH:$program_dir
for folder in "$program_dir/../build/bin" "$program_dir/../../bin"; do
	[ ! -x "$folder/wd-poll" ] || PATH=$PATH:$folder
done
unset folder

# find_programs NAME…: exit if one of them is not installed.
find_programs() {
	local name hint
	for name in "$@"; do
		hint="apt-get install jq util-linux coreutils"
		[[ $name != wd-* ]] || hint="make install, or make in the sources"
		command -v "$name" >/dev/null || die "$ex_config" "not installed" "program=$name" "hint=$hint"
	done
}
