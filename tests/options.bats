# The command line of every tool and script.
load lib

tools() {
	make -s -C "$ROOT" --eval 'print-tools:;@echo $(TOOLS)' print-tools
}

# The scripts that users start.
scripts() {
	(cd "$ROOT/scripts" && ls -d wd-*)
}

long_options() {
	grep -oE '^ {2,6}(-[a-zA-Z], )?--[a-z][a-z-]*' | grep -oE -- '--[a-z-]+' | sort -u
}

@test "every tool prints its help and version, and exits 0" {
	for tool in $(tools); do
		run -0 --separate-stderr "$tool" --help
		[[ ${lines[0]} == "usage: $tool [OPTION ...]"* ]]
		[ -z "$stderr" ]
		run -0 "$tool" -h
		run -0 "$tool" --version
		[[ ${lines[0]} =~ ^"$tool (wd-tools) "[0-9]+\.[0-9]+\.[0-9]+$ ]]
		run -0 "$tool" -V
	done
}

@test "every script prints its help and version, and exits 0" {
	for script in $(scripts); do
		run -0 --separate-stderr "$script" --help
		[[ $output == *" $script ["* ]]
		[ -z "$stderr" ]
		run -0 "$script" -h
		run -0 "$script" --version
		[[ $output =~ ^"$script (wd-tools) "[0-9]+\.[0-9]+\.[0-9]+$ ]]
		run -0 "$script" -V
		run -64 "$script" --no-such-option
		[[ ${lines[0]} == "$script: unknown option argument=--no-such-option" ]]
		[[ ${lines[1]} == "Try '$script --help'." ]]
	done
}

# refuses TOOL OPTION: whether the tool refuses a value for it, and names it.
refusals=0
refuses() {
	run -64 "$1" "$2=x"
	[[ ${lines[0]} == "$1: "*option*"$2"* ]]
	refusals=$((refusals + 1))
}

@test "an option that takes no argument is refused with one" {
	for tool in $(tools) $(scripts); do
		for option in $("$tool" --help | long_options); do
			"$tool" --help | grep -qE -- "$option(\[|=| [A-Z])" || refuses "$tool" "$option"
		done
	done
	[ "$refusals" -gt 40 ]
}

@test "--help fits 80 columns" {
	for tool in $(tools) $(scripts); do
		run -0 "$tool" --help
		run -1 grep -E '^.{81}' <<<"$output"
	done
}

@test "--help and the manual have the same options" {
	for tool in $(tools) $(scripts); do
		"$tool" --help | long_options >"$BATS_TEST_TMPDIR/help"
		# A line of the OPTIONS list: `.It Fl c , Fl -config Ar FILE`.
		sed -nE '/^\.Sh OPTIONS/,/^\.Sh [^O]/p' "$ROOT/man/$tool.1" | grep '^\.It Fl' |
			grep -oE 'Fl -[a-z][a-z-]*' | sed 's/^Fl -/--/' | sort -u >"$BATS_TEST_TMPDIR/manual"
		diff "$BATS_TEST_TMPDIR/help" "$BATS_TEST_TMPDIR/manual"
	done
}

@test "each variable of --help is in wd(7), in the README and in the example" {
	local variable missing=0
	for variable in $(for tool in $(tools); do "$tool" --help; done | grep -oE '\[[A-Z]+_[A-Z_]+\]' | tr -d '[]' | sort -u); do
		grep -q "^\.It Ev $variable " "$ROOT/man/wd.7" &&
			grep -q "^|.*\`$variable\`.*|" "$ROOT/README.md" &&
			grep -q "^$variable=" "$ROOT/config/wd.env.example" || { echo "$variable" && missing=1; }
	done
	[ "$missing" = 0 ]
}

@test "an unknown option is status 64 and named" {
	for tool in $(tools); do
		run -64 "$tool" --no-such-option
		[[ ${lines[0]} == "$tool: unknown option argument=--no-such-option" ]]
		[[ ${lines[1]} == "Try '$tool --help'." ]]
		run -64 "$tool" -qX
		[[ ${lines[0]} == "$tool: unknown option argument=-X" ]]
	done
}

@test "tools and scripts parse options alike: hints, abbreviations, values, clusters" {
	# A tool and a script, each with an option that takes a number.
	for command in 'wd-poll --once --timeout' 'wd-validate --json --timeout'; do
		read -r program flag number <<<"$command"
		run -64 "$program" --versoin
		[[ ${lines[0]} == "$program: unknown option argument=--versoin hint=\"did you mean --version?\"" ]]
		run -64 "$program" --v
		[[ ${lines[0]} == "$program: ambiguous option argument=--v" ]]
		run -64 "$program" --vers=x
		[[ ${lines[0]} == "$program: option takes no argument argument=\"--vers=x\"" ]]
		run -64 "$program" "$number"
		[[ ${lines[0]} == "$program: option needs an argument argument=$number" ]]
		run -64 "$program" -c
		[[ ${lines[0]} == "$program: option needs an argument argument=-c" ]]
		run -64 "$program" "$flag" "${number%?}" $'a "b\\\n\e\u9b'
		[[ ${lines[0]} == "$program: invalid value $number="* ]]
		run -0 "$program" --vers
		run -0 "$program" -qV
		run -0 "$program" -qcnowhere -V
	done
}

@test "tools and scripts quote values alike" {
	for value in plain 'a b' 'a=b' '"\' '' "it's" $'line\nfeed' $'\e[2J' $'\xff' '$x' '{}' '`'; do
		run -64 wd-poll "--timeout=$value"
		expected=${lines[0]#wd-poll: } expected=${expected%% expected=*}
		run -64 wd-validate "--timeout=$value"
		[[ ${lines[0]} == "wd-validate: $expected expected="* ]]
	done
}

@test "an invalid environment variable is status 64 and named" {
	POLL_INTERVAL=soon run -64 wd-poll --check
	[[ ${lines[0]} == "wd-poll: invalid value POLL_INTERVAL=soon expected="* ]]
	STALE_THRESHOLD=-1 run -64 wd-health </dev/null
	[[ ${lines[0]} == "wd-health: invalid value STALE_THRESHOLD=-1 expected="* ]]
}

@test "LOG_LEVEL, -q and -v set the log level; an unknown level is a warning" {
	LOG_LEVEL=loud run -0 wd-normalize </dev/null
	[[ $output == *"unknown level LOG_LEVEL=loud"* ]]
	LOG_LEVEL=ERROR run -0 wd-normalize </dev/null
	[ -z "$output" ]
	run -0 wd-normalize -q -v </dev/null
}

@test "a full or closed stdout is status 74, logged once" {
	run -74 sh -c 'exec wd-normalize </dev/null >/dev/full --help'
	for tool in wd-normalize wd-health; do
		run -74 sh -c 'echo "{\"type\":\"x\"}" | { '"$tool"' >/dev/full; }'
		[ "${#lines[@]}" = 1 ]
		[[ ${lines[0]} == "$tool: cannot write file=stdout reason="* ]]
		run -74 sh -c 'echo "{\"type\":\"x\"}" | { '"$tool"' >&-; }'
		[[ ${lines[0]} == "$tool: cannot write file=stdout reason="* ]]
	done
}
