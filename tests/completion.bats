# The completion of bash, zsh and fish: options, and files and values as their arguments.
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

@test "each type that wd-dump prints, of which --help has two lines" {
	[ "$(complete_line wd-dump --type '' | xargs)" = \
		'coverage drone event flight kit kit_status reject signal system_health' ]
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
	cmp root/usr/share/fish/vendor_completions.d/wd-drain.fish "$BIN/../completion.fish"
	cmp root/usr/share/zsh/vendor-completions/_wd-tools "$BIN/../completion.zsh"
}

# offered LINE: what fish offers after it, without the descriptions.
offered() {
	HOME=$PWD fish --no-config -c "source $BIN/../completion.fish; complete -C '$1'" | cut -f1 | sort
}

@test "fish: each option of each program, values, files and folders" {
	local program
	touch kits.yaml
	mkdir spool
	for program in "$BIN"/wd-* "$ROOT"/scripts/wd-*; do
		program=$(basename "$program")
		"$program" --help | grep -oE '^ {2,6}(-[a-zA-Z], )?--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort >help
		offered "$program --" | sed 's/=$//' | diff - help
	done
	[ "$(offered 'wd-dump --type s')" = $'signal\nsystem_health' ]
	[ "$(offered 'wd-sim --fault http')" = $'http-404\nhttp-500\nhttp-503' ]
	[ "$(offered 'wd-poll -c ki')" = kits.yaml ]
	[ "$(offered 'wd-poll --spool s')" = spool/ ]
	[ "$(offered 'wd-export ht')" = html ]
	[ "$(offered 'wd-store sq')" = sqlite: ]
}

@test "zsh: options, values, files and databases" {
	touch kits.yaml
	mkdir functions
	cp "$BIN/../completion.zsh" functions/_wd-tools
	run -0 timeout 120 python3 - <<-'PYTHON'
	import os, pty
	pid, terminal = pty.fork()
	if pid == 0:
	    os.environ.update(TERM='dumb', PS1='ready> ', ZDOTDIR=os.getcwd(), HOME=os.getcwd())
	    os.execlp('zsh', 'zsh', '-f', '-i')
	said = b''
	def until(text):
	    global said
	    while text not in said:
	        said += os.read(terminal, 1000)
	    said = b''
	def send(text):
	    os.write(terminal, text.encode())
	until(b'ready> ')
	send('fpath=($PWD/functions $fpath); autoload -Uz compinit; compinit -u -D; unsetopt zle_bracketed_paste; echo sour""ced\n')
	until(b'sourced\r\n')
	for typed, completed in [('wd-poll --onc', 'wd-poll --once '), ('wd-dump --type sig', 'signal '),
	                         ('wd-poll -c ki', 'kits.yaml '), ('wd-export ht', 'html '),
	                         ('wd-store sqlite:ki', 'sqlite:kits.yaml ')]:
	    send(typed + '\t')
	    until(completed.encode() if not completed.startswith(typed) else completed[len(typed):].encode())
	    send('\x15')
	send('exit\n')
	os.waitpid(pid, 0)
	PYTHON
}
