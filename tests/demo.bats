# scripts/demo --map: the live map of three simulated kits (scripts/demo alone: fresh.bats).
load lib

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export WD_NO_APT=1 LTO=
}

teardown() {
	stop_started
}

# shows PATTERN: whether the state of the map contains it.
shows() {
	curl -sN --max-time 1 "${url}events" | grep -q "$1"
}

@test "scripts/demo --map: zones, kits, drones and events on the map, rows in the database; it ends by itself" {
	start out demo --map --seconds 30 --listen 127.0.0.1:0 sqlite:demo.db
	demo=$started
	wait_for 60 grep -q 'serving the map' out.err
	url=$(sed -n 's/.*serving the map url=//p' out.err | tr -d '"')
	wait_for 7 shows '"kind":"kit".*"kind":"drone"'
	wait_for 7 shows '"event":"first_seen"'
	curl -s "$url" >page
	grep -q '"zones":{"type":"FeatureCollection".*"name":"kit-1"' page
	grep -q '<title>wd-tools demo</title>' page
	wait "$demo"
	[ "$(sqlite3 demo.db "SELECT count(DISTINCT kit_id) FROM drones")" = 3 ]
	grep -q '^== stored in sqlite:demo.db' out
	# All its programs have ended.
	run -7 curl -s "${url}healthz"
}

@test "scripts/demo --map: SIGTERM ends it and its programs" {
	start out demo --map --listen 127.0.0.1:0 sqlite:demo.db
	wait_for 60 grep -q 'serving the map' out.err
	url=$(sed -n 's/.*serving the map url=//p' out.err | tr -d '"')
	ends_within 10 "$started" 143
	gone() { ! curl -s "${url}healthz"; }
	wait_for 5 gone
}

@test "scripts/demo --map: an address in use ends it with the reason" {
	start other wd-serve --listen 127.0.0.1:0 --input serve.sock
	wait_for 5 grep -q 'serving the map' other.err
	address=$(sed -n 's,.*http://\(.*\)/.*,\1,p' other.err)
	run -69 --separate-stderr demo --map --seconds 60 --listen "$address" sqlite:demo.db
	[[ $stderr == *"cannot listen listen=$address reason="* ]]
}
