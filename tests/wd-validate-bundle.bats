# wd-validate --bundle: what a maintainer needs, without what identifies people, places and machines.
load lib
load postgresql

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir fake
	printf '#!/bin/sh\ncat journal 2>/dev/null\n' >fake/journalctl
	printf '#!/bin/sh\necho "ActiveState=active"\n' >fake/systemctl
	chmod +x fake/*
	PATH=$PWD/fake:$PATH
}

teardown() {
	stop_started
}

# bundle [OPTION…]: make a bundle of kits.yaml and wardragon.db, and unpack it into wd-bundle/.
bundle() {
	run --separate-stderr wd-validate --bundle b.tar "$@"
	rm -rf wd-bundle
	tar -xf b.tar
}

# lacks VALUE…: whether the bundle has none of them, whatever their case.
lacks() {
	local value failed=0
	for value; do
		! grep -riF -e "$value" wd-bundle || failed=1
	done
	[ "$failed" = 0 ]
}

# replay BODY…: kits whose /drones and /status have these bodies, at $sim_url.
replay() {
	mkdir -p replies
	printf 'HTTP/1.0 200 OK\r\n\r\n%s' "$1" >replies/poll00-status.http
	printf 'HTTP/1.0 200 OK\r\n\r\n%s' "$2" >replies/poll00-drones.http
	printf 'HTTP/1.0 200 OK\r\n\r\n{"signals":[]}' >replies/poll00-signals.http
	sim --replay replies
}

@test "no id, address, name, coordinate or secret of two kits is in the bundle, wherever it occurred" {
	sim --kits 2
	cat >kits.yaml <<-X
		# Kits of Hans Mustermann
		kits:
		  - id: alpha-kit
		    name: "Hilltop North"
		    location: "behind the barn of Erika"
		    api_url: $sim_url/kit-1
		    headers: {X-Key: "tops3cret"}
		  - {id: bravo-kit, api_url: "$sim_url/kit-2", tags: [reserve]}
		  - id: gone
		    enabled: false
		    api_url: https://me:pa55word@field.example.net:8443
	X
	wd-run -q --once -c kits.yaml sqlite:wardragon.db 2>run.err
	wd-poll -qq --once -c kits.yaml >replies.ndjson
	jq -r '.. | objects | (.id, .uid, .drone_id, .mac, .operator_id, .callsign, .icao, .hex, .alert_id, .seen_by,
		.serial, .registration, .description, .self_id) | strings | select(length > 3)' replies.ndjson | sort -u >ids
	jq -r '.. | objects | (.lat, .lon, .pilot_lat, .pilot_lon, .home_lat, .home_lon, .sensor_lat, .sensor_lon)
		| numbers | select(. != 0)' replies.ndjson | sort -u >places
	[ "$(wc -l <ids)" -gt 20 ] && [ "$(wc -l <places)" -gt 10 ]
	{
		sed 's/^/2026-11-26T12:00:00+0000 wd-poll[7]: wd-poll: drone /' ids
		sed 's/^/2026-11-26T12:00:00+0000 wd-health[8]: at /' places
		echo '2026-11-26T12:00:00+0000 wd-poll[7]: wd-poll: poll failed kit=alpha-kit endpoint=drones error=connect' \
			'message="Failed to connect to 10.9.8.7 port 8088 after 3 ms: Connection refused"'
		echo '2026-11-26T12:00:00+0000 wd-poll[7]: from /home/hmustermann/kits/kits.yaml, fe80::1a2b, field.example.net'
		echo '2026-11-26T12:00:00+0000 wd-poll[7]: kit=charlie-kit name="Tower of Erika" user=hmustermann'
		cat run.err
	} >journal
	MQTT_PASSWORD=mqttsecret DATABASE_URL=postgresql://collector:dbsecret@db.example.org/wardragon \
		bundle --with-replies --spool wardragon.spool kits.yaml sqlite:wardragon.db
	mapfile -t values < <(cat ids places)
	lacks "${values[@]}"
	lacks Mustermann Hilltop Erika barn alpha-kit bravo-kit charlie-kit tops3cret pa55word field.example mqttsecret dbsecret \
		collector db.example 10.9.8.7 fe80 "Tower of" "$(uname -n)" "$PWD"
	# What is needed remains.
	grep -q 'poll failed kit=kit-[0-9a-f]*-1 endpoint=drones error=connect message="Failed to connect to address-' wd-bundle/journal.txt
	grep -q 'port 8088 after 3 ms: Connection refused' wd-bundle/journal.txt
	grep -qE '^ok +kit kit-[0-9a-f]*-2: answers /status in' wd-bundle/checks.txt
	grep -q "^wd-poll (wd-tools) " wd-bundle/versions.txt
	grep -q "^ActiveState=active" wd-bundle/units.txt
	grep -q "^drones: $(sqlite3 wardragon.db 'SELECT count(*) FROM drones') rows" wd-bundle/database.txt
	jq -es '[.[] | select(.type == "reply")] | length == 8' wd-bundle/replies.ndjson
}

@test "one value has one substitute in all files; distances between coordinates stay" {
	sim --kits 2
	printf 'kits:\n  - {id: k-one, api_url: %s/kit-1}\n  - {id: k-two, api_url: %s/kit-2}\n' "$sim_url" "$sim_url" >kits.yaml
	echo 'wd-poll: kit answers again kit=k-two' >journal
	bundle --with-replies kits.yaml
	two=$(sed -n 's/.*kit=//p' wd-bundle/journal.txt)
	[[ $two =~ ^kit-[0-9a-f]{4}-2$ ]]
	grep -q "id: $two," wd-bundle/kits.yaml
	[ "$(jq -r 'select(.type == "kit") | .kit_id' wd-bundle/replies.ndjson | tail -1)" = "$two" ]
	wd-poll -qq --once -c kits.yaml >replies.ndjson
	position='[.[] | select(.endpoint == "status") | .body | [.lat, .lon]] | sort | (.[1][0] - .[0][0]) * 1e5 | round'
	[ "$(jq -s "$position" wd-bundle/replies.ndjson)" = "$(jq -s "$position" replies.ndjson)" ]
	# The next bundle has other substitutes and another offset.
	cp -r wd-bundle first
	bundle --with-replies kits.yaml
	[ "$(sed -n 's/.*kit=//p' wd-bundle/journal.txt)" != "$two" ]
	jq -r '.body?.lat // empty' wd-bundle/replies.ndjson >offset
	jq -r '.body?.lat // empty' first/replies.ndjson | run ! diff -q - offset
}

@test "without --with-replies no reply is in it; the configuration keeps its keys" {
	sim
	sed "s,http://127.0.0.1:8088,$sim_url," "$ROOT/config/kits.yaml.example" | sed '/^  - id: mobile/,$d' >kits.yaml
	bundle kits.yaml
	[ ! -e wd-bundle/replies.ndjson ]
	sed 's/#.*//' "$ROOT/config/kits.yaml.example" | grep -oE '^ *(- )?[a-z_]+:' | tr -d ' :-' | sort -u >keys
	printf 'kits:\n' >kits.yaml
	sed 's/#.*//' "$ROOT/config/kits.yaml.example" | grep -E '^ *(- )?[a-z_]+:' >kits.yaml
	bundle kits.yaml
	grep -oE '^ *(- )?[a-z_]+:' wd-bundle/kits.yaml | tr -d ' :-' | sort -u | diff keys -
	lacks 'Radio mast' kit-002 mobile-001 192.168.1.100 north wardragon-AB12
}

@test "hostile text: control characters, patterns, escapes and keys do no harm" {
	replay '{"uid":"ev\u001b[2Jil\u0000/../x","lat":48.13715,"lon":"11.57612","note":"geheim","48.13715":1,"pos":[48.13715,11.57612]}' \
		'{"drones":[{"id":".*","lat":48.13715,"lon":11.57612,"description":"a\tb $(touch pwned) `id`","mac":"60:60:1f:aa:bb:cc",
			"60-60-1f-aa-bb-cc":{"rid":[["60:60:1F:AA:BB:CC"]]},"serial":158100000000001,"seen_by":"k"}]}'
	printf 'kits:\n  - {id: k, api_url: %s}\n' "$sim_url" >kits.yaml
	printf 'wd-health: malformed line passed through line="ab\033]0;x\007 48.13715 geheim \\"60:60:1f:aa:bb:cc\\" Xyz\xfczy"\n' >journal
	printf 'a\0b %s\n' "$(head -c 5000 /dev/zero | tr '\0' x)" >>journal
	bundle --with-replies kits.yaml
	[ -s wd-bundle/replies.ndjson ] && [ -s wd-bundle/journal.txt ]
	run ! grep -rP '[^ -~]' wd-bundle
	lacks 48.13715 11.57612 geheim 60:60:1f 60-60-1f 158100000000001 pwned Xyz evil
	[ ! -e pwned ]
	# The mapping still finds the drone where it is now.
	wd-normalize -q wd-bundle/replies.ndjson | jq -es '[.[] | select(.type == "drone")] | length == 1 and .[0].lat != null'
}

@test "PostgreSQL: tables and rejects, without names and passwords" {
	sim
	printf 'kits:\n  - {id: karl, api_url: %s}\n' "$sim_url" >kits.yaml
	pg_database bundled
	wd-store -q --migrate "$pg_url"
	wd-run -q --once -c kits.yaml "$pg_url"
	bundle kits.yaml "postgresql://wardragon:s%33same@/bundled?host=$PG_DIR"
	lacks karl s3same s%33same "$PG_DIR"
	grep -q '^drones drone_id text NO' wd-bundle/database.txt
	grep -q '^kit-[0-9a-f]*-1 ' wd-bundle/database.txt
}

@test "the contents are printed first; each file is listed" {
	sim
	printf 'kits:\n  - {id: k, api_url: %s}\n' "$sim_url" >kits.yaml
	bundle kits.yaml
	[ "$status" = 0 ]
	[[ $(tail -2 <<<"$output" | head -1) == "ok       bundle b.tar: written; "* ]]
	sed -nE 's/^ok +bundle ([a-z]+\.[a-z]+): .* \([0-9]+ lines\)$/\1/p' <<<"$output" | sort | diff - <(ls wd-bundle)
	run -0 --separate-stderr wd-validate --json --bundle b.tar kits.yaml
	jq -se 'any(.subject == "bundle checks.txt")' <<<"$output"
	[ "$(stat -c %a b.tar)" = 600 ]
}

@test "a file is replaced as a whole or not at all" {
	sim
	printf 'kits:\n  - {id: k, api_url: %s}\n' "$sim_url" >kits.yaml
	run -74 wd-validate --bundle nowhere/b.tar
	[[ $output == 'wd-validate: cannot write file=nowhere/b.tar '* ]]
	run -74 wd-validate --bundle .
	run -64 wd-validate --with-replies
	echo before >b.tar
	printf '#!/bin/sh\nfor last; do :; done\necho half\nexit 1\n' >fake/tar
	chmod +x fake/tar
	run -74 wd-validate --bundle b.tar kits.yaml
	[[ ${lines[-1]} == 'wd-validate: cannot write file=b.tar' ]]
	[ "$(cat b.tar)" = before ]
	[ -z "$(find . -name 'b.tar.*')" ]
}
