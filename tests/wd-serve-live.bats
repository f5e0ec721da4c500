# wd-serve: HTTPS, lines from a socket, and what the live page shows besides tracks.
load lib
load export
load serve

@test "--cert and --key: HTTPS, also for other machines; both belong together" {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' \
		-keyout key.pem -out cert.pem 2>openssl.err
	echo 0123456789abcdef >token
	serve --cert cert.pem --key key.pem --token-file token
	[[ $url == https://127.0.0.1:* ]]
	[ "$(code --cacert cert.pem healthz)" = 200 ]
	run -60 curl -s "${url}healthz"
	run -35 curl -s --cacert cert.pem --tls-max 1.1 --ciphers DEFAULT:@SECLEVEL=0 "${url}healthz"
	curl -si --cacert cert.pem -d token=0123456789abcdef "${url}login" | grep -qi '^set-cookie: .*SameSite=Strict; Secure'
	[ "$(code --cacert cert.pem -c jar -d token=0123456789abcdef login)" = 303 ]
	drone a 1 >&8
	wait_for 10 grep -q '"a"' out
	wait_for 10 events_contain '"id":"a"' --cacert cert.pem -b jar
	exec 8>&-
	wait "$started"
	# On another address without --insecure, but with a token.
	run -0 wd-serve --listen 0.0.0.0:0 --cert cert.pem --key key.pem --token-file token lines
	run -64 wd-serve --listen 0.0.0.0:0 --cert cert.pem --key key.pem lines
	[[ $output == *'requires --token-file'* ]]
	run -64 wd-serve --listen 127.0.0.1:0 --cert cert.pem lines
	[[ $output == *'requires both --cert and --key'* ]]
	run -66 wd-serve --listen 127.0.0.1:0 --cert nothing --key key.pem lines
	run -78 wd-serve --listen 127.0.0.1:0 --cert key.pem --key cert.pem lines
	[[ $output == *'not a PEM file of the expected kind file=key.pem'* ]]
	openssl genrsa -out other.pem 2048 2>openssl.err
	run -78 wd-serve --listen 127.0.0.1:0 --cert cert.pem --key other.pem lines
	[[ $output == *'they must belong together'* ]]
}

# certificate NAME CN: make NAME.pem and NAME-key.pem.
certificate() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$2" -addext 'subjectAltName=IP:127.0.0.1' \
		-keyout "$1-key.pem" -out "$1.pem" 2>openssl.err
}

# served: the common name of the certificate.
served() {
	openssl s_client -connect "${url#https://}" </dev/null 2>/dev/null | openssl x509 -noout -subject | sed 's/.*CN *= *//'
}

# serves_as CN
serves_as() {
	[ "$(served)" = "$1" ]
}

@test "SIGHUP reads the certificate again; one that is unusable changes nothing; browsers reconnect" {
	certificate first one
	certificate second two
	cp first.pem cert.pem && cp first-key.pem key.pem
	serve --cert cert.pem --key key.pem
	url=${url%/}
	server=$started
	[ "$(served)" = one ]
	start stream curl -sN --cacert first.pem "$url/events" 8>&-
	wait_for 5 grep -q '^event: state' stream
	cp second.pem cert.pem
	kill -HUP "$server"
	wait_for 5 grep -q 'cannot serve HTTPS with this certificate and key.*belong together' out.err
	wait_for 5 serves_as one
	echo nothing >cert.pem
	kill -HUP "$server"
	wait_for 5 grep -q 'reload failed: keeping the current certificate' out.err
	[ "$(served)" = one ]
	cp second.pem cert.pem && cp second-key.pem key.pem
	kill -HUP "$server"
	wait_for 5 grep -q 'certificate reloaded cert=cert.pem' out.err
	[ "$(served)" = two ]
	drone a 1 >&8
	wait_for 5 grep -q '"a"' out
	url=$url/
	wait_for 10 events_contain '"id":"a"' --cacert second.pem
	exec 8>&-
	wait "$server"
	# A service, too; without a certificate there is nothing to reload.
	start out wd-serve --listen 127.0.0.1:0 --input serve.sock --cert cert.pem --key key.pem
	wait_for 5 grep -q 'waiting for lines' out.err
	kill -HUP "$started"
	wait_for 5 grep -q 'certificate reloaded' out.err
	ends_within 5 "$started"
}

# send: stdin to the socket.
send() {
	python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX); s.connect("serve.sock")
s.sendall(sys.stdin.buffer.read()); s.close()'
}

# listen OPTION…: start wd-serve with the socket ./serve.sock as input; sets $url.
listen() {
	start out wd-serve --listen 127.0.0.1:0 --input serve.sock "$@"
	wait_for 5 grep -q 'waiting for lines' out.err
	url=$(sed -n 's/.*url=//p' out.err | tr -d '"')
}

@test "--input: lines from several programs, mode 0660, removed at the end" {
	listen
	server=$started
	[ "$(stat -c %a serve.sock)" = 660 ]
	drone a 1 | send
	wait_for 10 metric_is tracks 1
	mkfifo first second
	for n in first second; do
		start "$n.out" python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX); s.connect("serve.sock")
for piece in open(sys.argv[1], "rb", 0): s.sendall(piece)' "$n"
	done
	exec 6>first 7>second
	# The halves of two lines arrive in turn.
	drone b 2 | head -c 40 >&6
	drone c 2 | head -c 50 >&7
	drone b 2 | tail -c +41 >&6
	drone c 2 | tail -c +51 >&7
	wait_for 10 metric_is tracks 3
	[ "$(metric malformed_lines_total)" = 0 ]
	# An unfinished line at the end of a connection is dropped; noise is counted.
	drone d 3 | head -c 60 >&6
	exec 6>&-
	printf 'noise\n\n' >&7
	exec 7>&-
	wait_for 10 metric_is malformed_lines_total 1
	head -c 17000000 /dev/zero | tr '\0' x | send
	drone e 4 | send
	wait_for 20 metric_is tracks 4
	wait_for 10 metric_is malformed_lines_total 2
	ends_within 5 "$server"
	[ ! -s out ]
	[ ! -e serve.sock ]
}

@test "--input: the service manager is notified when it is ready, alive and stopping" {
	service_manager
	export NOTIFY_SOCKET=$PWD/notify WATCHDOG_USEC=400000
	listen
	wait_for 5 eval '[ "$(head -1 notified)" = READY=1 ]'
	wait_for 5 eval '[ "$(grep -c WATCHDOG=1 notified)" -ge 3 ]'
	ends_within 5 "$started"
	wait_for 5 grep -q STOPPING=1 notified
}

@test "--input: a socket left behind is replaced; a live one and other files are not" {
	listen
	run -69 wd-serve --listen 127.0.0.1:0 --input serve.sock
	[[ $output == *'another process listens on this socket'* ]]
	kill -9 "$started"
	wait "$started" || true
	[ -S serve.sock ]
	listen
	drone a 1 | send
	wait_for 10 metric_is tracks 1
	echo precious >file
	run -73 wd-serve --listen 127.0.0.1:0 --input file
	[ "$(cat file)" = precious ]
	run -73 wd-serve --listen 127.0.0.1:0 --input missing/serve.sock
	run -64 wd-serve --listen 127.0.0.1:0 --input "$(printf 'x%.0s' {1..120})"
	run -64 wd-serve --listen 127.0.0.1:0 --input serve.sock lines
}

# event SECOND KIND SUBJECT [TEXT]: a record at 42, -71.
event() {
	printf '{"type":"event","time":"2026-11-23T10:00:%02dZ","rule":"r","zone":"HQ","event":"%s","subject":"%s","level":"critical","kit_ids":["k1"],"lat":42,"lon":-71,"why":"w","text":"%s"}\n' \
		"$1" "$2" "$3" "${4:-$2 $3}"
}

@test "the page shows events, zones, known drones and the coverage of kits" {
	cat >watch.yaml <<-'X'
		zones: [{name: "HQ <b>", circle: [42, -71], radius_m: 900}]
		known: [{tag: friendly, drone_id: "OURS*"}]
		rules: [{name: r, on: enter}]
	X
	wd-watch -r watch.yaml --zones >zones.json
	serve --zones zones.json
	{
		drone a 1
		drone ours-1 1
		event 1 enter a 'first <img src=x onerror=alert(1)>'
		event 1 enter a
		printf '{"type":"kit","kit_id":"k1","name":"Alpha"}\n'
		printf '{"type":"reply","time":"2026-11-23T10:00:02Z","kit_id":"k1","endpoint":"drones","ok":false,"error":"connect"}\n'
		for minute in {10..39}; do
			printf '{"type":"coverage","time":"2026-11-23T09:%s:00Z","kit_id":"k1","state":"%s"}\n' "$minute" \
				"$([ "$minute" -gt 36 ] && echo kit_down || echo listening)"
		done
	} >&8
	wait_for 5 metric_is lines_total 36
	start said browser "$url" "$(until_js 'tracks.length === 3 && events.length === 1 && kitTimes.size === 1')" \
		"[byId('events').textContent, document.querySelectorAll('#events img').length, byId('events-box').hidden]" \
		"[tracks.map(t => t.tag).join(), zones[0].name, document.body.dataset.zones]" \
		"view.choose(kits[0]); [byId('now').textContent, document.querySelector('.minutes').getAttribute('aria-label')]" \
		"setFilter('tag', 'friendly'); tracks.filter(t => view.shows(t) && t.kind === 'drone').map(t => t.id)" \
		"setFilter('tag', ''); sound.on" "$(until_js 'events.length === 2')" \
		"[byId('events').querySelector('button').className, document.body.dataset.events]" \
		"byId('events').querySelector('button').click(); [view.chosen.id, view.time]" 8>&-
	wait_for 30 has_lines said 6
	drone a 9 42.001 >&8
	event 9 leave a >&8
	wait "$started"
	[[ $(sed -n 2p said) == *'first <img src=x onerror=alert(1)>", 0, false]' ]]
	[ "$(sed -n 3p said)" = '["friendly,unknown,unknown", "HQ <b>", "1"]' ] ||
		[ "$(sed -n 3p said)" = '["unknown,friendly,unknown", "HQ <b>", "1"]' ]
	[[ $(sed -n 4p said) == *'Last reply2026-11-23 10:00:02 UTC, failed'*'listening 90 %'*'27 min listening, 3 min kit down'* ]]
	[ "$(sed -n 5p said)" = '["ours-1"]' ]
	[ "$(sed -n 6p said)" = false ]
	[[ $(sed -n 8p said) == '["critical", '* ]]
	[[ $(sed -n 9p said) == '["a", '* ]]
	[ "$(tail -1 said | jq -c .complaints)" = '[]' ]
}

@test "follow, motion, flights, filters by kit and altitude" {
	serve --gap 60
	{
		printf '{"type":"system_health","time":"2026-11-23T10:00:00Z","kit_id":"k1","lat":42,"lon":-71}\n'
		drone a 1 42.01
		printf '{"type":"drone","time":"2026-11-23T10:05:00Z","kit_id":"k2","drone_id":"a","lat":42.02,"lon":-71,"track_type":"drone","alt":300,"pilot_lat":42,"pilot_lon":-71.01}\n'
	} >&8
	wait_for 5 metric_is tracks 3
	start said browser "$url" "$(until_js 'tracks.length === 3')" \
		"view.choose(trackByKey.get('drone/k2/a')); setFollowing(true); [...document.querySelectorAll('#flights button')].map(b => b.textContent)" \
		"byId('facts').textContent" \
		"byId('below').value = 200; byId('below').dispatchEvent(new Event('input')); tracks.filter(t => view.shows(t)).map(t => t.key)" \
		"byId('below').value = ''; byId('below').dispatchEvent(new Event('input')); setFilter('kit', 'k2'); tracks.filter(t => view.shows(t)).map(t => t.key)" \
		"setFilter('kit', ''); map.setView([42.02, -71], 15, {animate: false}); 0" \
		"$(until_js 'view.chosen.count === 2')" \
		"[view.chosen.motion !== null, map.getBounds().contains([42.3, -71]), view.follows]" \
		"map.fire('dragstart'); view.follows" 8>&-
	wait_for 30 has_lines said 6
	printf '{"type":"drone","time":"2026-11-23T10:05:05Z","kit_id":"k2","drone_id":"a","lat":42.3,"lon":-71,"track_type":"drone","alt":300}\n' >&8
	wait "$started"
	[ "$(sed -n 2p said)" = '["11-23 10:00 – 10:00, under 1 min", "11-23 10:05 – 10:05, under 1 min, up to 300 m"]' ]
	[[ $(sed -n 3p said) == *'Pilot from kit826 m, 270° from k1'* ]]
	[ "$(sed -n 4p said)" = '["kit/k1/k1", "drone/k1/a"]' ] || [ "$(sed -n 4p said)" = '["drone/k1/a", "kit/k1/k1"]' ]
	[ "$(sed -n 5p said)" = '["drone/k2/a"]' ]
	[ "$(sed -n 8p said)" = '[true, true, true]' ]
	[ "$(sed -n 9p said)" = false ]
	[ "$(tail -1 said | jq -c .complaints)" = '[]' ]
}

@test "a screen reader gets names and roles, and is told of new events; a button keeps the focus" {
	serve
	{
		printf '{"type":"kit","kit_id":"k1","name":"Alpha"}\n'
		printf '{"type":"system_health","time":"2026-11-23T10:00:00Z","kit_id":"k1","lat":42,"lon":-71}\n'
		drone a 1
		drone b 2
		event 1 enter a 'a entered HQ'
	} >&8
	start said browser --accessibility tree "$url" "$(until_js 'tracks.length === 3 && events.length === 1')" \
		"byId('filters').open = true; view.choose(trackByKey.get('drone/k1/a')); list();
			const focused = [...document.querySelectorAll('#list button')].find(b => b.textContent.startsWith('b'));
			focused.focus(); byId('spoken').textContent + byId('spoken-alert').textContent" \
		"$(until_js 'events.length === 2 && trackByKey.has("drone/k1/c")')" \
		"list(); [document.activeElement === focused, focused.isConnected, byId('list').children.length]" \
		"byId('spoken-alert').textContent" 8>&-
	wait_for 30 has_lines said 2
	drone c 8 >&8
	event 9 leave a 'a left HQ' >&8
	wait "$started"
	# Events that are not new are not announced.
	[ "$(sed -n 2p said)" = '""' ]
	[ "$(sed -n 4,5p said)" = $'[true, true, 4]\n"a left HQ"' ]
	[ "$(tail -1 said | jq -c .complaints)" = '[]' ]
	while read -r wanted; do
		grep -qx -- "$wanted" tree || { echo "missing: $wanted"; cat tree; return 1; }
	done <<-'X'
		main Map
		region List
		complementary Details
		searchbox Search
		group Kinds
		button Drones
		combobox Kit all kits
		spinbutton Below m
		combobox Sort by newest
		list Tracks
		button b 10:00:02 k1
		list Events
		button 10:00:09 a left HQ
		button Sound off
		heading a
		list Flights
		button Follow
		button Close
		slider Time [0-9]*
		button Play
		combobox Trail all
		status polite
		alert assertive
		status
	X
	# Nothing that can be operated is without a name.
	not grep -xE '(button|slider|combobox|searchbox|spinbutton|link|checkbox)' tree
}

@test "zones that are no zones are refused or left out" {
	echo '{"type":"Feature"}' >zones.json
	run -78 wd-serve --listen 127.0.0.1:0 --zones zones.json lines
	[[ $output == *'not a GeoJSON FeatureCollection'* ]]
	run -66 wd-serve --listen 127.0.0.1:0 --zones missing lines
	cat >zones.json <<-'X'
		{"type":"FeatureCollection","known":[{"tag":1,"key":"drone_id","pattern":"[["},7],"features":[null,7,{"geometry":{"type":"Polygon","coordinates":[[[1],2,null]]}},
		{"type":"Feature","properties":{"name":"</script><script>alert(1)</script>"},"geometry":{"type":"Polygon","coordinates":[[[8,50],[9,50],[9,51]]]}}]}
	X
	drone a 1 >lines
	wd-export html --zones zones.json lines >page.html
	browser page.html '[zones.length, zones[0].name, tracks.length]' >said
	[ "$(sed -n 1p said)" = '[1, "</script><script>alert(1)</script>", 1]' ]
	[ "$(tail -1 said | jq -c .complaints)" = '[]' ]
}

@test "wd-export html shows the events of its input" {
	{
		drone a 1
		event 1 enter a
		event 2 leave a '</script><b>'
	} | wd-export html >page.html
	browser page.html '[events.length, events[1].text, document.body.dataset.events]' >said
	[ "$(sed -n 1p said)" = '[2, "</script><b>", "2"]' ]
	[ "$(tail -1 said | jq -c .complaints)" = '[]' ]
}
