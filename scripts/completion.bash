# The static part of the completion for bash: scripts/completion puts the tables of the programs before it.
# shellcheck shell=bash disable=SC2154,SC2015 # the tables

# _wd_value PROGRAM KIND WORD: complete a word of the kind that --help calls FILE, DIR, TARGET or TYPE.
_wd_value() {
	local values
	case $2 in
		FILE | PATH | CONFIG) compgen -f -- "$3" ;;
		DIR | FOLDER) compgen -d -- "$3" ;;
		TARGET) _wd_target "$3" ;;
		*)
			# The record types of wd-export are those of wd-dump.
			read -ra values <<<"${_wd_values[$1]:-} ${_wd_values[wd-dump]}"
			compgen -W "$(printf '%s\n' "${values[@]}" | sed -n "s/^${2%%[^A-Z]*}://p" | sort -u)" -- "$3"
			;;
	esac
}

# A database: sqlite:FILE or postgresql://. bash splits words at a colon, so that the word may be FILE alone.
_wd_target() {
	if [ "${COMP_WORDS[COMP_CWORD]}" = : ] || [ "${COMP_WORDS[COMP_CWORD - 1]}" = : ]; then
		compgen -f -- "${1#:}"
	else
		compgen -W 'sqlite: postgresql://' -- "$1"
	fi
}

# COMP_WORDS has --config=FILE as three words.
_wd_complete() {
	local program=${1##*/} word=$2 before=${COMP_WORDS[COMP_CWORD - 1]} option options operands kind
	read -ra options <<<"${_wd_options[$program]:-}"
	read -ra operands <<<"${_wd_operands[$program]:-}"
	COMPREPLY=()
	if [ "$word" = = ]; then
		word=
	elif [ "$before" = = ]; then
		before=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	for option in "${options[@]}"; do
		if [ "${option%%:*}" = "$before" ] && [ -n "${option#*:}" ]; then
			compopt +o default -o filenames 2>/dev/null
			mapfile -t COMPREPLY < <(_wd_value "$program" "${option#*:}" "$word")
			return
		fi
	done
	if [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "${options[*]%%:*}" -- "$word")
		return
	fi
	# Operands, whichever is next: readline adds the files.
	for kind in "${operands[@]}"; do
		case $kind in
			FORMAT | TARGET) mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(_wd_value "$program" "$kind" "$word") ;;
		esac
	done
	[[ ${COMPREPLY[*]} != *: ]] && [[ ${COMPREPLY[*]} != *// ]] || compopt -o nospace 2>/dev/null
}

