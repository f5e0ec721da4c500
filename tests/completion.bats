# The completion of bash: options, and files and values as their arguments.
load lib

setup() {
	cd "$BATS_TEST_TMPDIR"
	# shellcheck source=/dev/null
	. "$BIN/../completion.bash"
}

# complete_line WORD…: print what <Tab> after the last word offers.
complete_line() {
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	local function
	function=$(complete -p "$1" | sed 's/.* -F \([^ ]*\) .*/\1/')
	"$function" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
	printf '%s\n' "${COMPREPLY[@]}" | sort
}

@test "each option of each program, and nothing else" {
	local program
	for program in "$BIN"/wd-* "$ROOT"/scripts/wd-*; do
		program=$(basename "$program")
		"$program" --help | grep -oE '^ {2,6}(-[a-zA-Z], )?--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort >help
		complete_line "$program" -- | diff - help
	done
}

@test "the start of an option" {
	[ "$(complete_line wd-poll --onc)" = --once ]
	[ "$(complete_line wd-poll --once --poll-)" = --poll-interval ]
	[ "$(complete_line wd-poll --nothing)" = '' ]
	[ "$(complete_line wd-poll -c)" = -c ]
}

@test "files and folders after the options that take them, nothing after others" {
	touch 'kits one.yaml' kits-two.yaml
	mkdir spool
	[ "$(complete_line wd-poll --config kits)" = $'kits one.yaml\nkits-two.yaml' ]
	[ "$(complete_line wd-poll -c kits-)" = kits-two.yaml ]
	[ "$(complete_line wd-poll --config = kits-)" = kits-two.yaml ]
	[ "$(complete_line wd-poll --config =)" = $'kits one.yaml\nkits-two.yaml\nspool' ]
	[ "$(complete_line wd-poll --spool '')" = spool ]
	[ "$(complete_line wd-poll --timeout '')" = '' ]
}

@test "the values that --help or the manual lists, and databases" {
	[ "$(complete_line wd-dump --type s)" = $'signal\nsystem_health' ]
	[ "$(complete_line wd-export h)" = html ]
	[ "$(complete_line wd-export --type dr)" = drone ]
	[ "$(complete_line wd-sim --fault http)" = $'http-404\nhttp-500\nhttp-503' ]
	[ "$(complete_line wd-store sq)" = sqlite: ]
	[ "$(complete_line wd-run po)" = postgresql:// ]
	touch here.db
	[ "$(complete_line wd-store sqlite : he)" = here.db ]
}

@test "an interactive bash completes on <Tab>" {
	run -0 timeout 60 python3 - "$BIN/../completion.bash" <<-'PYTHON'
	import os, pty, sys, time
	pid, terminal = pty.fork()
	if pid == 0:
	    os.environ.update(TERM='dumb', INPUTRC='/dev/null', PS1='ready> ', HISTFILE='')
	    os.execlp('bash', 'bash', '--norc', '--noprofile', '-i')
	said = b''
	def until(text):
	    global said
	    while text not in said:
	        said += os.read(terminal, 1000)
	until(b'ready> ')
	os.write(terminal, b'. %s; echo sourced\n' % sys.argv[1].encode())
	until(b'sourced\r\n')
	os.write(terminal, b'wd-poll --onc\t')
	until(b'wd-poll --once ')
	os.write(terminal, b'\x15exit\n')
	os.waitpid(pid, 0)
	PYTHON
}

@test "make install puts it where bash searches" {
	make -s -C "$ROOT" BUILD="$(dirname "$BIN")" DESTDIR="$PWD/root" PREFIX=/usr install-completion
	[ -f root/usr/share/bash-completion/completions/wd-poll ]
	cmp root/usr/share/bash-completion/completions/wd-drain "$BIN/../completion.bash"
}
