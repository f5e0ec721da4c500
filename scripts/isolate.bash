# How wd-drain finds the line that makes a stage fail. Sourced by it.
# shellcheck shell=bash disable=SC2154,SC2004 # what it uses, wd-drain sets

readonly nothing_passes="segments fail, and nothing passes that would put the blame on them"

# A line is only blamed when something else passed since its segment began to fail. Else the
# pipeline itself may be at fault, and good lines must not suffer for it.
blameable() {
	[ "$passed" -gt "${passed_before[$1]:-$passed}" ]
}

# isolate SEGMENT: splits it by lines until those that fail stand alone, sets them aside, stores the
# others and lets the segment go. Succeeds when there is nothing more to do about it now.
isolate() {
	local name=$1 culprits=() line
	if ! [ -f "$name" ] || ! cat -- "$name" >/dev/null; then
		set_aside_whole "$name"
		return
	fi
	find_culprits "$name" || return
	if ! blameable "$name"; then
		defer "$name"
		return
	fi
	for line in "${culprits[@]}"; do
		set_aside_line "$name" "$line" || return
	done
	finish "$name"
}

# The next segments may pass. When several do not, the fault is not theirs.
defer() {
	if [ ${#deferred[@]} -ge 3 ]; then
		back_off "$status" "$nothing_passes"
		return
	fi
	deferred[$1]=1
}

# Fills $culprits with the numbers of the lines that fail. Fails where a wait was due, which is over
# then: all is to be tried again.
find_culprits() {
	local name=$1 ranges=() first last middle
	ranges=("1 $(awk 'END {print NR}' "./$name")")
	while [ ${#ranges[@]} -gt 0 ]; do
		[ -z "$stopping" ] || return 1
		read -r first last <<<"${ranges[-1]}"
		unset 'ranges[-1]'
		try_lines "$name" "$first" "$last" && continue
		back_off_if_outside || return
		if [ "$first" -lt "$last" ]; then
			middle=$(((first + last) / 2))
			ranges+=("$((middle + 1)) $last" "$first $middle")
			continue
		fi
		culprits+=("$first")
		# When nothing passes at all there is no need to try hundreds of lines.
		[ ${#culprits[@]} -lt 3 ] || blameable "$name" || return 0
	done
}

# try_lines SEGMENT FIRST LAST: a single line gets all its attempts, so that it does not take the
# blame for whoever kills stages at random.
try_lines() {
	local attempt most=1
	[ "$2" -lt "$3" ] || most=$attempts_max
	for ((attempt = 0; attempt < most; attempt++)); do
		alive
		run lines_of "$@" && return
		case $status in
			"$ex_unavailable" | "$ex_again" | "$ex_usage" | "$ex_config" | 126 | 127) return 1 ;;
		esac
	done
	return 1
}

set_aside_line() {
	local file=../bad/$1-$2
	if ! { sed -n "$2p" "./$1" >"$file.part" && sync -- "$file.part" &&
		mv -f -- "$file.part" "$file"; }; then
		back_off "$ex_again" "cannot set a line aside"
		return
	fi
	log 0 "set a line aside: it makes a stage fail" "file=$spool/bad/$1-$2"
}

set_aside_whole() {
	if ! mv -- "$1" ../bad/; then
		back_off "$ex_again" "cannot set a segment aside"
		return
	fi
	log 0 "set a segment aside: it cannot be read" "file=$spool/bad/$1"
	forget "$1"
}

# All that is left are segments that failed whole, and nothing has passed since: tries each again,
# for the first that passes shows that the others are to blame.
retry_deferred() {
	local name
	for name in "${!deferred[@]}"; do
		[ -z "$stopping" ] || return
		if blameable "$name"; then
			isolate "$name" || return
		elif run whole_segments "$name"; then
			finish "$name" || return
		else
			back_off_if_outside || return
		fi
	done
	[ ${#deferred[@]} -eq 0 ] ||
		back_off "$status" "$nothing_passes"
}
