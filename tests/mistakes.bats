# What a newcomer gets wrong: each mistake gives a message with its cause and its remedy.
load lib

setup_file() {
	pg_start
	psql -qd postgres -c "CREATE ROLE reader LOGIN" -c "CREATE ROLE locked LOGIN PASSWORD 'right'"
	# The role must give its password; all others are trusted.
	pg_as sed -i '1i local all locked scram-sha-256' "$PG_DIR/data/pg_hba.conf"
	psql -qd postgres -c 'SELECT pg_reload_conf()' >"$BATS_FILE_TMPDIR/reload"
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	stop_started
	[ -z "${mounted:-}" ] || umount "$mounted"
}

# kits TEXT…: the file kits.yaml with these lines below `kits:`.
kits() {
	printf 'kits:\n'
	printf '%s\n' "$@"
}

# says STATUS TEXT REMEDY COMMAND…: whether the command ends with that status, and one line of its output contains both
# texts.
says() {
	local want=$1 text=$2 remedy=$3 got=0
	shift 3
	timeout 60 "$@" >said 2>&1 </dev/null || got=$?
	if [ "$got" != "$want" ] || ! grep -F -e "$text" said | grep -qF -e "$remedy"; then
		echo "status $got instead of $want, or no line with '$text' and '$remedy':"
		cat said
		return 1
	fi
}

# will_say TEXT REMEDY COMMAND…: the same for a command that continues: it is ended then.
will_say() {
	local text=$1 remedy=$2
	shift 2
	start said "$@"
	wait_for 15 eval 'grep -hF -e "$text" said said.err | grep -qF -e "$remedy"' || {
		cat said said.err
		return 1
	}
	kill "$started"
	wait "$started" || true
}

@test "kits.yaml: missing, empty, invalid, with a typing error, twice the same kit" {
	says 78 'file=kits.yaml' 'No such file' wd-poll --once -c kits.yaml
	: >kits.yaml
	says 78 'no kits' 'see wd-kits(5)' wd-poll --once -c kits.yaml
	kits '  - id: a' '   api_url: "http://127.0.0.1:1"' >kits.yaml
	says 78 'kits.yaml:3: invalid YAML' 'in the same column' wd-poll --once -c kits.yaml
	kits $'\t- id: a' >kits.yaml
	says 78 'kits.yaml:2: invalid YAML' 'not with tabs' wd-poll --once -c kits.yaml
	kits '  - id:a' '    api_url: "http://127.0.0.1:1"' >kits.yaml
	says 78 'kits.yaml:3: invalid YAML' 'a space after the colon' wd-poll --once -c kits.yaml
	kits '  - id: "a' '    api_url: "http://127.0.0.1:1"' >kits.yaml
	says 78 'invalid YAML' 'quotation marks' wd-poll --once -c kits.yaml
	kits '  - id: a' '    api_ur: "http://127.0.0.1:1"' >kits.yaml
	says 78 'unknown key' 'did you mean api_url?' wd-poll --check -c kits.yaml
	kits '  - {id: a, api_url: "http://127.0.0.1:1"}' '  - {id: a, api_url: "http://127.0.0.1:2"}' >kits.yaml
	says 78 'duplicate id' 'kits.yaml' wd-poll --check -c kits.yaml
	kits '  - {id: a, api_url: "192.168.1.100:8088"}' >kits.yaml
	says 78 'api_url' 'http' wd-poll --check -c kits.yaml
	kits '  - {id: a, api_url: "http://127.0.0.1:1", bearer_token_file: alpha.token}' >kits.yaml
	says 78 'alpha.token' 'it must exist and be readable' wd-poll --check -c kits.yaml
	says 78 'file=missing.yaml' 'check the path' wd-watch -r missing.yaml --check
	says 78 'no kit has this id kit=b' 'kits.yaml' wd-poll --once --kit b -c <(kits '  - {id: a, api_url: "http://127.0.0.1:1"}')
}

# server STATUS BODY: a kit at $url that answers so.
server() {
	cat >server.py <<-'X'
		import http.server, sys
		class Kit(http.server.BaseHTTPRequestHandler):
		    def do_GET(self):
		        self.send_response(int(sys.argv[1]))
		        self.end_headers()
		        self.wfile.write(sys.argv[2].encode())
		server = http.server.HTTPServer(("127.0.0.1", 0), Kit)
		print(server.server_port)
		server.serve_forever()
	X
	start server python3 -u server.py "$@"
	wait_for 5 test -s server
	url=http://127.0.0.1:$(<server)
}

@test "a kit: wrong port, wrong name, another server, wrong token, TLS where there is none" {
	kits '  - {id: a, api_url: "http://127.0.0.1:1"}' >kits.yaml
	says 1 'connect' 'systemctl status dragonsync' wd-validate -q kits.yaml sqlite:t.db
	says 1 'poll failed kit=a' 'systemctl status dragonsync' wd-poll --once -c kits.yaml
	kits '  - {id: a, api_url: "http://no-such-kit.invalid:8088"}' >kits.yaml
	says 1 'resolve' 'getent hosts' wd-validate -q kits.yaml sqlite:t.db
	server 200 '<html>a router</html>'
	kits "  - {id: a, api_url: \"$url\"}" >kits.yaml
	says 1 'not_json' 'is this DragonSync? curl -i' wd-validate -q kits.yaml sqlite:t.db
	kits "  - {id: a, api_url: \"${url/http/https}\"}" >kits.yaml
	says 1 'tls' 'http://' wd-validate -q kits.yaml sqlite:t.db
	server 401 'who are you?'
	kits "  - {id: a, api_url: \"$url\"}" >kits.yaml
	says 1 '401' 'bearer_token_file' wd-validate -q kits.yaml sqlite:t.db
}

@test "no network" {
	unshare -rn true 2>/dev/null || skip "may not make a network namespace"
	kits '  - {id: a, api_url: "http://192.0.2.1:8088"}' >kits.yaml
	says 1 'connect' 'systemctl status dragonsync' unshare -rn "$ROOT/scripts/wd-validate" -q kits.yaml sqlite:t.db
}

@test "the clock of this machine is wrong; the clock of one kit is" {
	sim --kits 2 --clock-skew 3600
	kits "  - {id: a, api_url: \"$sim_url/kit-1\"}" "  - {id: b, api_url: \"$sim_url/kit-2\"}" >kits.yaml
	says 0 'clock' 'timedatectl set-ntp true' wd-validate -q kits.yaml sqlite:t.db
	will_say 'the clock of this machine is wrong' 'timedatectl' wd-poll -c kits.yaml
}

@test "PostgreSQL: not running, wrong password, no such database, no tables, no right to write" {
	url=postgresql://wardragon@/wd?host=$PG_DIR
	says 75 "server on socket $PWD/.s.PGSQL.5432: No such file" 'check that PostgreSQL runs' \
		wd-store --check "postgresql:///wd?host=$PWD"
	says 75 'server at 127.0.0.1, port 1: Connection refused' 'check that PostgreSQL runs' \
		wd-dump postgresql://127.0.0.1:1/wd
	says 78 'cannot use the database' 'password' env PGPASSWORD=wrong wd-store --check "postgresql://locked@/postgres?host=$PG_DIR"
	says 78 'cannot use the database' 'createdb' wd-store --check "postgresql://wardragon@/missing?host=$PG_DIR"
	pg_database wd
	says 78 'lacks a column' 'wd-store --migrate' wd-store --check "$url"
	wd-store -q --migrate "$url"
	says 78 'lacks a privilege' 'wd-store --migrate --roles' wd-store --check "postgresql://reader@/wd?host=$PG_DIR"
	says 64 'invalid URL of a database' 'postgresql://USER@HOST/DATABASE' wd-drain --once spool 'postgresql://???'
}

@test "SQLite: a folder, a file of something else, no right to write, a full disk" {
	mkdir folder
	echo '{"type":"drone","time":"2026-11-23T10:00:00Z","kit_id":"k","drone_id":"d"}' >line
	says 78 'file=folder' 'Is a directory' wd-store sqlite:folder line
	says 74 'file=folder' 'Is a directory' wd-dump sqlite:folder
	head -c 5000 /dev/urandom >noise.db
	says 78 'noise.db' 'restore a backup' wd-store sqlite:noise.db line
	says 78 'no/where.db' 'its folder' wd-store sqlite:no/where.db line
	full_disk
	says 74 'disk/t.db' 'full' wd-store sqlite:disk/t.db line
}

# full_disk: the folder disk, in which there is no space.
full_disk() {
	[ "$(id -u)" = 0 ] || skip "only root mounts a small disk"
	mkdir disk
	mount -t tmpfs -o size=256k tmpfs disk || skip "this container may not mount"
	mounted=$PWD/disk
	head -c 1M /dev/zero >disk/filler 2>/dev/null || true
}

@test "a full disk: the message names the file, also that of >, and the remedy" {
	full_disk
	echo '{"type":"drone","time":"2026-11-23T10:00:00Z","kit_id":"k","drone_id":"d"}' >line
	says 74 "file=$PWD/disk/help" 'df -h' bash -c 'wd-store --help >disk/help'
	says 74 "file=$PWD/disk/map.html" 'df -h' bash -c 'wd-export html line >disk/map.html'
	says 74 "file=$PWD/disk/replies" 'df -h' bash -c 'wd-poll --once --url http://127.0.0.1:1 >disk/replies'
	says 74 'spool=disk/spool' 'df -h' wd-poll --once --url http://127.0.0.1:1 --spool disk/spool
	says 74 'file=disk/metrics' 'df -h' bash -c 'wd-poll --once --url http://127.0.0.1:1 |\
		wd-normalize | wd-health --prometheus disk/metrics >out'
	mkdir -p spool/new
	says 75 'dir=disk/kept' 'df -h' bash -c 'wd-poll --once --url http://127.0.0.1:1 --spool spool
		wd-drain --once --keep disk/kept spool sqlite:t.db'
}

@test "the spool: mistyped, a file, used twice, not ours" {
	sim
	echo file >file
	says 66 'no such spool spool=spol' 'wd-poll --spool' wd-drain --once spol sqlite:t.db
	says 74 'spool' 'not a folder' wd-run --once --spool file -c <(kits "  - {api_url: \"$sim_url/kit-1\"}") sqlite:t.db
	mkdir -p spool/new
	start drain wd-drain spool sqlite:t.db
	wait_for 5 test -d spool.state
	says 73 'another wd-drain drains this spool' 'fuser' wd-drain --once spool sqlite:t.db
	start poll wd-poll --url "$sim_url/kit-1" --spool spool
	# A segment is opened when the spool is locked.
	wait_for 5 eval '[ -n "$(ls spool/tmp/poll)" ]'
	says 73 'another process writes to this spool' 'fuser' wd-poll --once --url "$sim_url/kit-1" --spool spool
}

@test "the live map: a port in use, no token, a token that cannot be read, no certificate" {
	sim
	says 69 "listen=${sim_url#http://}" 'ss -ltnp' wd-serve --listen "${sim_url#http://}" --input serve.sock
	says 64 'reachable from other machines' '--insecure' wd-serve --listen 0.0.0.0:0 --input serve.sock
	says 66 'file=token' 'check the path' wd-serve --token-file token --input serve.sock
	says 66 'file=cert.pem' 'check the path' wd-serve --listen 127.0.0.1:0 --cert cert.pem --key key.pem --input serve.sock
}

@test "a program that is not installed" {
	mkdir few
	for name in bash dirname readlink sed; do
		ln -s "$(command -v $name)" few
	done
	cp "$ROOT"/scripts/{wd-run,script.bash} few
	says 78 'not installed program=wd-poll' 'make install' env PATH="$PWD/few" few/wd-run sqlite:t.db
}

@test "wd-notify: handlers that are missing or not executable; wd-validate as a user without rights" {
	says 66 'no such directory dir=handlers' '' wd-notify handlers
	mkdir handlers
	echo '#!/bin/sh' >handlers/one
	says 78 'no executables in the directory' 'chmod +x' wd-notify handlers
	[ "$(id -u)" != 0 ] || skip "root may write everywhere"
	mkdir -m 500 closed
	kits '  - {id: a, api_url: "http://127.0.0.1:1"}' >kits.yaml
	says 1 'is not writable for user' 'sudo -u wd-drain' wd-validate -q kits.yaml sqlite:closed/t.db
}

@test "the command line: a forgotten stage, a forgotten target, a forgotten -c, an option mistyped" {
	sim
	wd-poll --once --url "$sim_url/kit-1" >replies
	says 64 'not a database' 'the first operand is the database' wd-store replies
	says 64 'not a database' 'did you mean -c kits.yaml?' wd-run kits.yaml
	says 64 'invalid URL of a database' 'postgresql://USER@HOST/DATABASE' wd-run --once 'postgresql://???'
	[ ! -e wardragon.spool ]
	says 64 '--onec' 'did you mean --once?' wd-poll --onec --url "$sim_url/kit-1"
	says 64 '--since=1x' '1w' wd-dump --since=1x sqlite:t.db
	says 64 'argument=drones' 'did you mean drone?' wd-dump --type drones sqlite:t.db
	says 64 'foo:/bar' 'mqtt://' wd-mqtt foo:/bar
	says 64 'htp:/x' 'http://HOST:PORT' wd-poll --url htp:/x
}
