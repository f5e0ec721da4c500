# The systemd units: valid, sandboxed, with the users and folders that they need.
load lib
load rabbitmq

setup_file() {
	export PREFIX=$BATS_FILE_TMPDIR/usr
	make -s -C "$ROOT" install PREFIX="$PREFIX" >/dev/null 3>&-
}

teardown() {
	stop_started
	rabbit_stop
	[ -z "${shared:-}" ] || rm -rf "$shared"
}

units=(wd-poll wd-poll@ wd-mqtt wd-drain wd-drain@ wd-recv@ wd-notify wd-serve wd-health-report wd-prune wd-kits)

@test "systemd finds nothing wrong with the units" {
	run -0 systemd-analyze verify --man=no "$PREFIX"/lib/systemd/system/*
	[ -z "$output" ]
}

# A target is otherwise started after the units that it wants: with two of them in an order, that is a cycle, and
# `systemctl stop` of the target fails.
@test "what the target wants is started after it" {
	cd "$PREFIX/lib/systemd/system"
	for unit in $(grep -l '^WantedBy=wardragon.target' ./*); do
		grep -q '^PartOf=wardragon.target' "$unit" || continue
		grep -q '^After=.*wardragon.target' "$unit"
	done
}

# exposure UNIT: tenths of what systemd-analyze(1) says, from 0 to 100.
exposure() {
	systemd-analyze security --offline=true "$PREFIX/lib/systemd/system/$1.service" |
		sed -n 's/.*exposure level for .*: \([0-9]*\)\.\([0-9]\) .*/\1\2/p'
}

@test "the exposure of wd-poll, wd-mqtt, wd-recv and wd-serve is at most 1.2, of wd-notify 1.4, of wd-drain 0.5" {
	for unit in wd-poll wd-poll@ wd-mqtt wd-recv@ wd-serve; do
		[ "$((10#$(exposure $unit)))" -le 12 ]
	done
	# A script reports that it is ready by a child process: NotifyAccess=all.
	[ "$((10#$(exposure wd-notify)))" -le 14 ]
	for unit in wd-drain wd-drain@ wd-health-report wd-prune wd-kits; do
		[ "$((10#$(exposure $unit)))" -le 5 ]
	done
}

@test "wd-drain has no network, wd-poll no database" {
	cd "$PREFIX/lib/systemd/system"
	grep -q '^PrivateNetwork=yes' wd-drain.service
	grep -q '^RestrictAddressFamilies=AF_UNIX$' wd-drain.service
	run -1 grep -h '^\(EnvironmentFile\|LoadCredential\).*\(database-url\|drain\.env\)' wd-poll.service wd-poll@.service
	grep -q '^InaccessiblePaths=.*/run/postgresql' wd-poll.service
	[ "$(sed -n 's/^User=//p' wd-poll.service wd-drain.service | sort | xargs)" = "wd-drain wd-poll" ]
}

@test "the programs and options that units name exist" {
	cd "$PREFIX/lib/systemd/system"
	run -1 grep -h '@[A-Z]*@' "${units[@]/%/.service}"
	for unit in "${units[@]}"; do
		# wd-recv has a command line of its own, and that of another program after `--`.
		while read -r program options; do
			[ -x "$program" ]
			for option in $(grep -oE -- '--[a-z-]+' <<<"$options"); do
				"$program" --help | grep -q -e "$option"
			done
		done < <(sed -n 's/^ExecStart=//p' "$unit.service" | sed 's/ -- /\n/')
	done
}

@test "raspberry-pi.conf: valid for each of its units, with options that their programs accept" {
	cd "$BATS_TEST_TMPDIR"
	cp "$PREFIX"/lib/systemd/system/* .
	for unit in wd-poll wd-poll@ wd-drain wd-drain@ wd-prune; do
		install -Dm644 -t "$unit.service.d" "$ROOT/config/systemd/raspberry-pi.conf"
	done
	run -0 systemd-analyze verify --man=no "$PWD"/*.service
	[ -z "$output" ]
	options() {
		sed -n "s/^Environment=\"$1=\(.*\)\"$/\1/p" "$ROOT/config/systemd/raspberry-pi.conf"
	}
	grep -q 'ExecStart=.* \$POLL_OPTIONS' wd-poll.service
	grep -q 'ExecStart=.* \$PRUNE_OPTIONS' wd-prune.service
	printf 'kits:\n  - {id: k, api_url: http://127.0.0.1:1}\n' >kits.yaml
	# shellcheck disable=SC2046
	wd-poll --check -c kits.yaml --spool spool $(options POLL_OPTIONS)
	wd-store -q sqlite:w.db <<<'{"type":"kit","kit_id":"k"}'
	# shellcheck disable=SC2046
	wd-store --prune $(options PRUNE_OPTIONS) sqlite:w.db
}

# calls_of SET: the system calls that a set of systemd-analyze(1) stands for.
calls_of() {
	local name
	systemd-analyze syscall-filter "$1" | sed -n 's/^    \([@a-z0-9_-]*\).*/\1/p' | while read -r name; do
		case $name in
			@*) calls_of "$name" ;;
			*) echo "$name" ;;
		esac
	done
}

# forbidden TRACE UNIT: the calls in what strace -f wrote that the unit does not allow.
forbidden() {
	local set
	sed -n 's/^SystemCallFilter=//p' "$PREFIX/lib/systemd/system/$2.service" >filter
	for set in $(grep -v '^~' filter); do calls_of "$set"; done | sort -u >allowed
	for set in $(sed -n 's/^~//p' filter); do calls_of "$set"; done | sort -u >denied
	comm -23 allowed denied >rest
	sed -nE 's/^[0-9]+ +([a-z0-9_]+)\(.*/\1/p' "$1" | sort -u | comm -23 - rest
}

@test "the units allow the system calls and sockets that the programs use, and no others" {
	cd "$BATS_TEST_TMPDIR"
	sim
	# What is installed: sanitizers would have calls of their own.
	PATH=$PREFIX/bin:$PATH
	strace -f -qq -o poll wd-poll --once --url "$sim_url/kit-1" --id k --spool all
	grep -q 'socket(AF_INET' poll
	[ -z "$(forbidden poll wd-poll)" ]
	NOTIFY_SOCKET=$PWD/missing strace -f -qq -o drain wd-drain --once --state all.state all sqlite:one.db
	[ -z "$(ls all/new)" ]
	# SQLite gives its files to the owner of its database, where root runs it.
	[ -z "$(forbidden drain wd-drain | grep -vx fchown)" ]
	echo '{}' >report.in
	strace -f -qq -o serve wd-serve --listen 127.0.0.1:0 report.in >served
	[ -z "$(forbidden serve wd-serve)" ]
	grep -q 'socket(AF_UNIX' drain
	run -1 grep 'socket(AF_[^U]' drain
	strace -f -qq -o report wd-health --state all.state/current/health --report --since 1h
	[ -z "$(forbidden report wd-health-report)" ]
	run -1 grep 'socket(' report
	# The test would see one that is not allowed.
	echo '1 mount("a", "b") = 0' >>report
	[ "$(forbidden report wd-health-report)" = mount ]
}

# command_of FILE: the command line of a unit, or of a drop-in, in which systemd has replaced what it replaces.
command_of() {
	sed -n 's,^ExecStart=\(..*\),\1,p' "$1" | sed 's,/var/lib/wardragon/,,; s,/var/spool/wardragon/,,; s,%i,lines,; s,[$][$],$,g'
}

rows_are_stored() {
	[ -s stored.db ] && [ "$(sqlite_value stored.db 'SELECT count(*) FROM drones')" -gt 0 ]
}

@test "a shard sends to a queue, and wd-recv@ stores: with a password that systemd copies, and the system calls of the units" {
	need_rabbit
	cd "$BATS_TEST_TMPDIR"
	rabbit_start
	units=$PREFIX/lib/systemd/system
	# The drop-in is valid, and leaves what it does not name.
	cp "$units"/* .
	install -d wd-drain.service.d
	sed "s,/usr/bin,$PREFIX/bin," "$ROOT/config/systemd/wd-drain-send.conf" >wd-drain.service.d/wd-drain-send.conf
	run -0 systemd-analyze verify --man=no "$PWD"/*.service
	[ -z "$output" ]
	mkdir copied
	echo secret >copied/wardragon.broker-password
	echo sqlite:stored.db >copied/wardragon.database-url
	rabbitctl add_user shard secret
	rabbitctl set_permissions shard '.*' '.*' '.*'
	PATH=$PREFIX/bin:$PATH
	export CREDENTIALS_DIRECTORY=$PWD/copied BROKERS=$amqp_url
	export SEND_OPTIONS='--queue lines --username shard' RECV_OPTIONS='--username shard'
	wd-recv -q --declare --queue lines "$amqp_url"
	sim
	wd-poll --once --url "$sim_url/kit-1" --id k --spool all
	strace -f -qq -o sent bash -c "exec $(command_of wd-drain.service.d/wd-drain-send.conf | sed 's,^[^ ]*,& --once,')"
	[ -z "$(ls all/new)" ]
	[ -s health ]
	[ -z "$(forbidden sent wd-drain)" ]
	start received strace -D -f -qq -o calls bash -c "exec $(command_of wd-recv@.service)"
	wait_for 30 rows_are_stored
	ends_within 10 "$started"
	[ -z "$(forbidden calls wd-recv@ | grep -vx fchown)" ]
}

@test "wd-recv reports to systemd that it is ready also while no broker answers" {
	cd "$BATS_TEST_TMPDIR"
	service_manager
	start received env NOTIFY_SOCKET="$PWD/notify" wd-recv amqp://127.0.0.1:1 -- wd-store --acknowledge sqlite:one.db
	wait_for 10 grep -q READY=1 notified
	ends_within 10 "$started"
}

@test "a unit of one kit differs from that of all in nothing but the kit" {
	cd "$PREFIX/lib/systemd/system"
	for name in wd-poll wd-drain; do
		diff <(sed '/^Description/d; s,/all,/%i,g' $name.service) \
			<(sed '/^Description/d; s/ --kit %i//' $name@.service)
	done
}

@test "wd-kits writes a list that wd-poll can read, and what watches it reloads wd-poll" {
	[ "$(id -u)" = 0 ] || skip "only root can be two others"
	share
	cd "$PREFIX/lib/systemd/system"
	list=$(sed -n 's/^ExecStart=.*--output //p' wd-kits.service)
	[ "$(sed -n 's/^PathChanged=//p' wd-kits.path)" = "$list" ]
	[ "$(sed -n 's/^Unit=//p' wd-kits.path)" = wd-kits-reload.service ]
	grep -q "^d $(dirname "$list") 0750 wd-drain wardragon$" "$PREFIX/lib/tmpfiles.d/wd-tools.conf"
	grep -q '^ExecStart=.* [$]POLL_OPTIONS$' wd-poll.service
	cd "$shared"
	install -d -o 61002 -g 61000 -m 750 lists store
	umask "$(sed -n 's/^UMask=//p' "$PREFIX/lib/systemd/system/wd-kits.service")"
	as 61002 wd-store -q sqlite:store/one.db <<<'{"type":"kit","kit_id":"k","api_url":"http://10.0.0.7:8088"}'
	as 61002 wd-dump --kits --output "lists/$(basename "$list")" sqlite:store/one.db
	run -0 as 61001 wd-poll --check -c lists
	[[ $output == *'1 kits, 1 enabled' ]]
	# What is installed: a sanitizer cannot look for leaks under strace.
	PATH=$PREFIX/bin:$PATH strace -f -qq -o dump wd-dump --kits --output "$PWD/dumped.yaml" sqlite:store/one.db
	[ -z "$(forbidden dump wd-kits | grep -vx fchown)" ]
}

# token_server FILE: a kit at $url that answers any request, and writes its Authorization header to FILE.
token_server() {
	cat >server.py <<-'X'
		import http.server, sys
		class Kit(http.server.BaseHTTPRequestHandler):
		    def do_GET(self):
		        open(sys.argv[1], "w").write(self.headers.get("Authorization", ""))
		        self.send_response(200)
		        self.end_headers()
		        self.wfile.write(b'{"uid":"k","drones":[],"signals":[]}')
		server = http.server.HTTPServer(("127.0.0.1", 0), Kit)
		print(server.server_port)
		server.serve_forever()
	X
	start server python3 -u server.py "$1"
	wait_for 5 test -s server
	url=http://127.0.0.1:$(<server)
}

@test "secrets are read from the credentials that systemd copies; a reload asks for a restart" {
	cd "$BATS_TEST_TMPDIR"
	mkdir copied
	echo tok-1 >copied/kits_alpha.token
	token_server seen
	printf 'kits:\n- id: k\n  api_url: %s\n  bearer_token_file: credentials/alpha.token\n' "$url" >kits.yaml
	run -78 wd-poll --check -c kits.yaml
	CREDENTIALS_DIRECTORY=$PWD/copied run -0 wd-poll --check -c kits.yaml
	CREDENTIALS_DIRECTORY=$PWD/copied wd-poll --once -c kits.yaml
	[ "$(<seen)" = 'Bearer tok-1' ]
	start poll env CREDENTIALS_DIRECTORY="$PWD/copied" wd-poll -c kits.yaml
	wait_for 5 grep -q '"endpoint":"drones"' poll
	kill -HUP "$started"
	wait_for 5 grep -q 'changed credentials need a restart hint="systemctl restart wd-poll"' poll.err
}

@test "users and folders: two users share the spool's group" {
	[ "$(id -u)" = 0 ] || skip "only root makes users and folders of others, also in a tree of its own"
	root=$BATS_TEST_TMPDIR/root
	mkdir -p "$root/etc"
	systemd-sysusers --root="$root" "$PREFIX/lib/sysusers.d/wd-tools.conf"
	[ "$(grep -cE '^wd-(poll|drain|notify):' "$root/etc/passwd")" = 3 ]
	run -1 grep -E '^(wardragon:.*wd-notify|wd-notify:.*wd-poll)' "$root/etc/group"
	grep -E '^wardragon:' "$root/etc/group" | grep -w wd-poll | grep -qw wd-drain
	systemd-tmpfiles --root="$root" --create "$PREFIX/lib/tmpfiles.d/wd-tools.conf"
	[ "$(stat -c %a "$root/etc/wardragon/credentials")" = 700 ]
	[ "$(stat -c %a "$root/var/spool/wardragon")" = 755 ]
}

# prepare UNIT USER: what the unit does before it starts, for the user 61001 (wd-poll) or 61002 (wd-drain), in
# the group 61000, with $PWD for /var/spool/wardragon.
prepare() {
	local commands=$BATS_TEST_TMPDIR/commands
	sed -n 's,^ExecStartPre=,,p' "$PREFIX/lib/systemd/system/$1.service" |
		sed "s,-o wd-poll -g wardragon,-o 61001 -g 61000,; s,-o wd-drain -g wd-notify,-o 61002 -g 61004," |
		sed "s,/var/spool/wardragon,$PWD,g" >"$commands"
	while read -ra words; do
		case ${words[0]} in
			+*) "${words[0]#+}" "${words[@]:1}" || return ;;
			*) as "$2" "${words[@]}" || return ;;
		esac
	done <"$commands"
}

as() {
	setpriv --reuid "$1" --regid 61000 --clear-groups -- \
		env PATH="$shared/usr/bin:/usr/bin:/bin" HOME=/nonexistent "${@:2}"
}

# A folder in which the two users can be: the tests' own are closed to them, and perhaps the tree is.
share() {
	[ "$(id -u)" = 0 ] || skip "only root can be two others"
	shared=$(mktemp -d) && chmod 755 "$shared" && cd "$shared"
	make -s -C "$ROOT" install PREFIX="$shared/usr" >/dev/null 3>&-
	sim
	install -d -o 61002 store
}

# both_work FIRST SECOND: services that begin in that order.
both_work() {
	local service
	for service in "$@"; do
		umask "$(sed -n 's/^UMask=//p' "$PREFIX/lib/systemd/system/$service.service")"
		prepare "$service" "$([ "$service" = wd-poll ] && echo 61001 || echo 61002)"
	done
	umask 0027
	as 61001 wd-poll --once --url "$sim_url/kit-1" --spool "$PWD/all"
	umask 0077
	(cd store && as 61002 wd-drain --once --state all.state ../all sqlite:one.db)
	[ -z "$(ls all/new)" ]
	[ "$(sqlite_value store/one.db 'SELECT count(*) FROM system_health')" = 1 ]
	run ! setpriv --reuid 61003 --regid 61003 --clear-groups ls all
}

@test "two users can share a spool, and others see nothing of it" {
	share
	both_work wd-poll wd-drain
}

@test "events cross from wd-drain to wd-notify, and neither wd-poll nor others see them" {
	share
	prepare wd-poll 61001
	prepare wd-drain 61002
	umask 0027
	as 61001 wd-poll --once --url "$sim_url/kit-1" --spool "$PWD/all"
	umask 0077
	printf 'rules:\n  - {name: new, on: [first_seen], where: {kind: drone}}\n' >watch.yaml
	mkdir handlers
	printf '#!/bin/sh\ncat >>%s/state/delivered\n' "$PWD" >handlers/one
	chmod 755 handlers handlers/one
	chmod 644 watch.yaml
	install -d -o 61004 state
	(cd store && as 61002 wd-drain --once --watch ../watch.yaml --events ../events --state all.state ../all sqlite:one.db)
	[ -n "$(ls events/new)" ]
	run ! as 61001 ls events/new
	setpriv --reuid 61004 --regid 61004 --clear-groups -- env PATH="$shared/usr/bin:/usr/bin:/bin" HOME=/nonexistent \
		wd-notify --once --events events --state state handlers
	grep -q first_seen state/delivered
	[ -z "$(ls events/new)" ]
}

@test "the same when what drains begins" {
	share
	both_work wd-drain wd-poll
}

@test "a service that was taken over gets no rights from the other's start, nor from its own" {
	share
	prepare wd-poll 61001
	mkdir root-owned
	rmdir all/new all/bad
	as 61001 ln -s ../root-owned all/new
	as 61001 ln -s ../root-owned all/bad
	for unit in wd-poll wd-drain; do
		prepare $unit 61001 || true
		[ "$(stat -c '%u %a' root-owned)" = '0 755' ]
	done
}
