# What wd-drain says each minute: what was done with the lines, and how much waits. Sourced by it.
# shellcheck shell=bash disable=SC2154,SC2034 # what it uses and sets, wd-drain sets and uses

drained=0 # segments, since the last report
declare -A counts=() # of lines, likewise, by what happened to them

# Passes on what wd-store says, but for its closing counts: a line for each run would be noise. They
# become news.
sift() {
	local line
	while IFS= read -r line; do
		if [[ $line =~ ^wd-store:\ (read=[0-9]+( [a-z]+=[0-9]+)*)$ ]]; then
			echo "counts ${BASH_REMATCH[1]}" >&"$bell"
		else
			printf '%s%s\n' "$erase" "$line" >&2
		fi
	done
}

# count "KEY=NUMBER …"
count() {
	local fields field key
	read -ra fields <<<"$1"
	for field in "${fields[@]}"; do
		key=${field%%=*}
		counts[$key]=$((${counts[$key]:-0} + ${field#*=}))
	done
}

# How much waits, said every now and then.
report_at=0
report() {
	local names oldest_s=0 bytes text key
	# shellcheck disable=SC2206 # a pattern
	names=($segment_names)
	read_clock
	report_at=$((now + 60000000))
	[ "$((drained + ${#names[@]}))" -gt 0 ] || return 0
	bytes=$(find . -maxdepth 1 -type f -printf '%s\n' | awk '{sum += $1} END {print sum + 0}')
	if [ ${#names[@]} -gt 0 ]; then
		oldest_s=$(((now - 10#${names[0]%-*}) / 1000000))
	fi
	text="drained=$drained waiting=${#names[@]} bytes=$bytes oldest_s=$oldest_s"
	for key in read stored unchanged rejected ignored; do
		text+=" $key=${counts[$key]:-0}"
	done
	counts=()
	[ "$log_level" -lt 1 ] || echo "$erase$program: segments $text" >&2
	notify "STATUS=$text"
	drained=0
}

# show_progress DONE ALL: of segments, at a terminal, once that has taken two seconds.
show_from=''
show_progress() {
	: "${show_from:=$((now + 2000000))}"
	[ "$now" -lt "$show_from" ] || status_line "$program: $1 of $2 segments are done"
}
