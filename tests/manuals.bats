# The manuals and the README: every example runs unchanged, every reference resolves.
#
# In the EXAMPLES of a page, a .Dl line is a command and a .Bd -literal block a script (or a kits.yaml, or lines
# of NDJSON); in the README, indented lines are a script and fenced ones are something else. The examples of a
# page run in its order, in a folder of their own.
load lib
load rabbitmq

setup_file() {
	pg_start
	rabbit_start
	wd-recv -q --declare "$amqp_url"
}

teardown_file() {
	rabbit_stop
	pg_stop
}

# Examples that cannot run here: lines "REASON | REGULAR EXPRESSION".
not_run() {
	cat <<-'END'
	installs packages and builds; tests/fresh.bats runs it | ^ *scripts/(demo|check)
	installs packages; tests/fresh.bats has them installed | ^apt-get 
	needs the project's server                             | ^git 
	builds packages; tests/package.bats does               | ^scripts/package 
	needs a container engine                               | ^docker 
	tests/completion.bats runs it                          | ^\. build/
	removes users                                          | ^userdel 
	builds what is tested here                             | ^make( |$)
	are the tests, or measure for minutes                  | ^(bats|scripts/bench) 
	needs a second machine                                 | ^rsync |ssh home
	needs an installed package; tests/systemd.bats has it  | raspberry-pi.conf
	needs root and systemd; tests/systemd.bats has units   | ^(systemd-|systemctl |journalctl )
	is done as another user                                | ^sudo 
	needs a certificate; tests/wd-serve.bats has one       | ^wd-serve --listen 10
	needs a broker; tests/wd-mqtt.bats runs it              | ^mosquitto_sub 
	needs a TAK server                                     | TCP:tak
	needs an MQTT broker; tests/wd-sim-mqtt.bats has one   | mqtt://127|^mosquitto_sub
	END
}

# not_here LINE: whether not_run matches it.
not_here() {
	grep -qEf <(not_run | sed 's/.*| //') <<<"$1"
}

teardown() {
	stop_started
}

# examples_of PAGE FOLDER: write its examples to FOLDER/01, FOLDER/02, … as rendered for a reader, with a mark
# before each line of an example.
examples_of() {
	mkdir -p "$2"
	awk '/^\.Sh / {in_examples = $2 == "EXAMPLES"}
		!in_examples {print; next}
		/^\.Dl / {sub(/^\.Dl /, ".Dl @@example " ++n " ")}
		/^\.Bd -literal/ {inside = 1; n++}
		/^\.Ed/ {inside = 0}
		inside && !/^\./ {$0 = "@@example " n " " $0}
		{print}' "$1" |
		mandoc -T ascii -O width=1000 | sed 's/.\x08//g' |
		awk -v folder="$2" 'sub(/^ *@@example /, "") {
			n = $1
			sub(/^[0-9]+ ?/, "")
			print > sprintf("%s/%02d", folder, n)}'
}

# readme_examples FOLDER: the same for each indented block of the README.
readme_examples() {
	mkdir -p "$1"
	awk -v folder="$1" '/^```/ {fenced = !fenced}
		/^    / && !fenced {
			if (!inside)
				n++
			inside = 1
			print substr($0, 5) > sprintf("%s/%02d", folder, n)
			next}
		NF {inside = 0}' "$ROOT/README.md"
}

# here FILE: print it with the addresses and paths of the examples replaced by those of this test.
here() {
	sed -E -e "s#https?://[a-z0-9.-]+:8088#$sim_url/kit-1#g" \
		-e "s#postgres(ql)?://[^ \"')]+#$pg_url#g" \
		-e "s#amqp://[a-z0-9.]+#$amqp_url#g" \
		-e "s#--port 8088#--port $free_port#g" \
		-e '/--print-config/!s#wd-sim( |$)#wd-sim --port 0 #; s#--port 0 (.*--port)#\1#' \
		-e "s#(^|[ =:\"'])/(etc|var|srv|run)/#\1$PWD/\2/#g" "$1"
}

# furnish FOLDER: a folder as the examples assume it: kits, a day of replies, a database.
furnish() {
	local kit
	mkdir -p "$1" && cd "$1" || return
	for kit in 1 2 3; do
		[ "$kit" != 1 ] || echo 'kits:'
		printf '  - id: kit-%s\n    name: Kit %s\n    api_url: %s/kit-%s\n    tags: [north]\n' \
			"$kit" "$kit" "$sim_url" "$kit"
	done >kits.yaml
	cp "$BATS_TEST_TMPDIR/day.ndjson" .
	cp "$ROOT/config/watch.yaml.example" watch.yaml
	wd-normalize -q day.ndjson | wd-health -q | wd-store -q sqlite:wardragon.db
}

# furnish_paths FILE: create the absolute paths in it that an example assumes to exist.
furnish_paths() {
	local path
	grep -oE "$PWD/(etc|var|srv|run)/[^ \"';|)]+" "$1" | sort -u | while IFS= read -r path; do
		mkdir -p "$(dirname "$path")"
		[ ! -e "$path" ] || continue
		case $path in
			*/kits.yaml) cp kits.yaml "$path" ;;
			*/health) wd-normalize -q day.ndjson | wd-health -q --state "$path" >passed ;;
			*/spool/*) mkdir -p "$path" ;;
			*.db) cp wardragon.db "$path" ;;
		esac
	done
}

# endless LINE: whether it runs until interrupted.
endless() {
	grep -E '(^|[ |])wd-(poll|sim|run|drain|recv)( |$)' <<<"$1" |
		grep -qvE -- '--(once|check|declare|print-config|help|version)'
}

# has_output: whether the running command has written anything.
has_output() {
	[ -s stdout ] || [ -s stderr ] || [ -n "$(find . -type f -newer begun ! -name std\* -size +0)" ]
}

# handles_signals SESSION: whether each of our programs in it catches or ignores SIGTERM (bit 14); one that is
# still being loaded does not, and would be killed.
handles_signals() {
	local pid
	for pid in $(pgrep -s "$1" '^wd-'); do
		grep -qsE '^Sig(Cgt|Ign):.*[4-7c-f][0-9a-f]{3}$' "/proc/$pid/status" || return 1
	done
}

# interrupt SESSION: end our programs and scripts in it.
interrupt() {
	wait_for 5 handles_signals "$1"
	pkill -TERM -s "$1" '^wd-' || true
	pkill -TERM -s "$1" -f '^bash [^ ]*/wd-' || true
}

# run_line LINE: its status; an endless one is interrupted when it has written something, as ^C does it: all of
# our programs at once.
run_line() {
	local status=0 session
	rm -f stdout stderr
	touch begun
	setsid bash -c "trap : TERM; set -o pipefail; $1" >stdout 2>stderr 3>&- </dev/null &
	session=$!
	if endless "$1"; then
		wait_for 3 has_output || true
		interrupt "$session"
	fi
	wait_for 20 not kill -0 "$session" || pkill -KILL -s "$session" || true
	wait "$session" || status=$?
	return "$status"
}

# run_script FILE: run line after line, as typed; a line that ends with & runs in the background.
run_script() {
	local line='' more complaint pid status=0 beside=()
	while IFS= read -r more; do
		line+=$more
		# An incomplete command: append the next line.
		if [[ $line == *\\ ]] || ! complaint=$(bash -nc "$line" 2>&1) || [ -n "$complaint" ]; then
			line+=$'\n'
			continue
		fi
		if not_here "$line"; then
			line=
			continue
		fi
		case $line in
			'export '* | 'cd '*) eval "$line" ;;
			*'&')
				start beside setsid bash -c "exec ${line%&}"
				beside+=("$started")
				wait_for 5 test -s beside
				;;
			*) run_line "$line" || { status=$? && break; } ;;
		esac
		line=
	done <"$1"
	[ -z "$line" ] || [ "$status" != 0 ] || {
		echo "not a whole command: $line" >stderr
		status=2
	}
	for pid in "${beside[@]}"; do
		kill "$pid"
		wait "$pid" || status=$?
	done
	return "$status"
}

# run_example FILE: a kits.yaml is checked, NDJSON is stored without a reject, a script runs.
run_example() {
	case $(grep -m1 . "$1") in
		kits:*) wd-poll --check -c "$1" >stdout 2>stderr && not test -s stderr ;;
		'{'*) wd-normalize -q "$1" | wd-store sqlite:example.db 2>stderr && grep -q 'rejected=0' stderr ;;
		*) run_script "$1" ;;
	esac
}

# all_run FOLDER: run every example in it except those of not_run; print those that fail.
all_run() {
	local file failed=0 status
	for file in "$1"/*; do
		here "$file" >"$file.here"
		furnish_paths "$file.here"
		status=0
		run_example "$file.here" || status=$?
		[ "$status" != 0 ] || continue
		failed=1
		echo "$(basename "$1"): status $status:"
		cat "$file" stderr
	done
	return "$failed"
}

# with_a_kit: the simulated kit, the database and the port that replace the addresses in examples.
with_a_kit() {
	sim --kits 3
	pg_database examples
	wd-store -q --migrate "$pg_url"
	rabbit_environment
	free_port=$(free_ports 1)
	wd-poll --once --url "$sim_url/kit-1" --id kit-1 >"$BATS_TEST_TMPDIR/day.ndjson"
}

@test "an example that fails or is incomplete is detected" {
	mkdir -p "$BATS_TEST_TMPDIR/examples" && cd "$BATS_TEST_TMPDIR"
	sim_url=http://127.0.0.1:1 pg_url=none amqp_url=none free_port=1
	for example in 'true' 'wd-poll --check -c nowhere' 'false | cat' 'echo "' 'wd-health | false'; do
		printf '%s\n' "$example" >examples/01
		rm -f examples/*.here
		run all_run examples
		[ "$status" = "$([ "$example" = true ] && echo 0 || echo 1)" ]
	done
}

@test "every example of the manuals runs" {
	local page name failed=0
	with_a_kit
	for page in "$ROOT"/man/*.[157]; do
		name=$(basename "$page")
		examples_of "$page" "$BATS_TEST_TMPDIR/$name"
		[ -n "$(ls "$BATS_TEST_TMPDIR/$name")" ] || {
			echo "$name: no example"
			failed=1
			continue
		}
		(furnish "$BATS_TEST_TMPDIR/run-$name" && all_run "$BATS_TEST_TMPDIR/$name") || failed=1
	done
	[ "$failed" = 0 ]
}

@test "every indented line of the README runs" {
	with_a_kit
	readme_examples "$BATS_TEST_TMPDIR/README.md"
	furnish "$BATS_TEST_TMPDIR/run"
	ln -s "$ROOT/Makefile" "$ROOT/tools" "$ROOT/common" .
	all_run "$BATS_TEST_TMPDIR/README.md"
}

@test "each entry of not_run matches an example" {
	local page why pattern
	readme_examples "$BATS_TEST_TMPDIR/all/README.md"
	for page in "$ROOT"/man/*.[157]; do
		examples_of "$page" "$BATS_TEST_TMPDIR/all/$(basename "$page")"
	done
	while IFS='|' read -r why pattern; do
		grep -rqE -- "${pattern# }" "$BATS_TEST_TMPDIR/all" || {
			echo "found nowhere: $pattern"
			return 1
		}
	done < <(not_run)
}

# pages: print the names of our pages, "wd-poll.1".
pages() {
	(cd "$ROOT/man" && ls)
}

@test "pages refer to pages that exist" {
	local page ref failed=0
	for page in $(pages); do
		for ref in $(sed -nE 's/^\.Xr (wd[a-z-]*) ([1-8]).*/\1.\2/p' "$ROOT/man/$page"); do
			[ -f "$ROOT/man/$ref" ] || { echo "$page: no page $ref" && failed=1; }
		done
	done
	[ "$failed" = 0 ]
}

@test "each page of a program has the standard sections" {
	local page section failed=0
	for page in "$ROOT"/man/*.1; do
		for section in NAME SYNOPSIS DESCRIPTION OPTIONS ENVIRONMENT 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
			grep -qx "\.Sh $section" "$page" || { echo "$(basename "$page"): no $section" && failed=1; }
		done
	done
	[ "$failed" = 0 ]
}

@test "every program and every script that users start has a page" {
	local name failed=0
	for name in "$BIN"/wd-* "$ROOT"/scripts/wd-*; do
		[ -f "$ROOT/man/$(basename "$name").1" ] || { echo "no page: $name" && failed=1; }
	done
	[ "$failed" = 0 ]
}

@test "the check closes as the README describes" {
	local closing
	closing=$(sed -nE 's/^printf .*\\n(%s passed.*)\\n.*/\1/p' "$ROOT/scripts/check")
	[ -n "$closing" ]
	grep -qF "closes with a line \`${closing//%s/N}\`." "$ROOT/README.md"
}

@test "the glossary of wd(7) has the unit of each column that is a number" {
	local column missing=0
	sed -n '/^\.Ss Units/,/^\.Sh/p' "$ROOT/man/wd.7" | grep ' Ta ' | grep -oE '[a-z_]+' >"$BATS_TEST_TMPDIR/units"
	for column in $(grep -oE '"[a-z_0-9]+", COLUMN_(REAL|INTEGER|BIGINT)' "$ROOT/common/record/columns.c" | cut -d'"' -f2 | sort -u); do
		grep -qx "$column" "$BATS_TEST_TMPDIR/units" || { echo "no unit: $column" && missing=1; }
	done
	[ "$missing" = 0 ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/units")" -gt 40 ]
}

@test "the README lists the packages that the build needs" {
	local package
	# shellcheck source=scripts/apt.bash
	. "$ROOT/scripts/apt.bash"
	for package in "${build_packages[@]}"; do
		sed -n '/^    apt-get install make/,/^    apt-get install jq/p' "$ROOT/README.md" | grep -qw -e "$package"
	done
}
