# wd-serve: lines pass through, and a browser shows them live.
load lib
load export
load serve

@test "lines pass through unchanged, whatever they are, and it ends with the input" {
	{
		records
		printf 'no json\n{"type":"mark","mark":"0123456789abcdef.1"}\n{"type":"new"}\n'
	} >lines
	wd-serve --listen 127.0.0.1:0 <lines >got 2>err
	cmp lines got
	wd-serve --listen 127.0.0.1:0 lines >got 2>err
	cmp lines got
	# A line is passed on at once, while more may come.
	serve
	drone a 1 >&8
	wait_for 5 grep -q '"a"' out
}

@test "a browser gets the state, then what changes" {
	serve
	records >&8
	wait_for 5 metric_is tracks 5
	start said "$BATS_TEST_DIRNAME/browser.py" "$url" "$(until_js 'tracks.length === 5')" 'document.body.dataset.markers' \
		"$(until_js 'trackByKey.has("drone/k1/new")')" "$(until_js 'trackByKey.get("drone/k1/new").count === 2')" \
		'[trackByKey.get("drone/k1/new").where(-Infinity, Infinity)[0], view.time === view.last]' 8>&-
	wait_for 20 metric_is browsers 1
	wait_for 20 grep -q true said
	printf '{"type":"drone","time":"2026-11-23T11:00:01Z","kit_id":"k1","drone_id":"new","lat":42.5,"lon":-71,"track_type":"drone"}\n' >&8
	wait_for 20 has_lines said 3
	printf '{"type":"drone","time":"2026-11-23T11:00:02Z","kit_id":"k1","drone_id":"new","lat":42.6,"lon":-71,"track_type":"drone"}\n' >&8
	wait "$started"
	[ "$(sed -n 5p said)" = '[42.6, true]' ]
	# It requested the events and nothing else; nothing was logged.
	[ "$(tail -1 said | jq -c '[(.requests | unique), .complaints]')" = "[[\"${url}events\"],[]]" ]
}

@test "two browsers, and a restart: they reconnect and get the new state" {
	# Not one that the kernel assigns to other connections before it is used again.
	port=$(free_ports 1)
	serve --listen "127.0.0.1:$port"
	first=$started
	drone a 1 >&8
	for n in 1 2; do
		start "said$n" "$BATS_TEST_DIRNAME/browser.py" "$url" "$(until_js 'trackByKey.has("drone/k1/a")')" \
			"$(until_js 'trackByKey.has("drone/k1/b") && !trackByKey.has("drone/k1/a")')" \
			'byId("connection").hidden' 8>&-
		browsers[n]=$started
	done
	wait_for 20 metric_is browsers 2
	wait_for 20 grep -q true said1
	wait_for 20 grep -q true said2
	exec 8>&-
	wait "$first"
	mkfifo again
	drone b 2 >first
	start out2 wd-serve --listen "127.0.0.1:$port" first again
	exec 8>again
	wait "${browsers[1]}" "${browsers[2]}"
	[ "$(sed -n 2,3p said1)" = $'true\ntrue' ]
	[ "$(sed -n 2,3p said2)" = $'true\ntrue' ]
}

@test "hostile strings are inert" {
	serve
	jq -nc --arg t "$hostile<img src=x onerror=alert(1)>" '{type: "drone", time: "2026-11-23T10:00:00Z",
		kit_id: $t[:60], drone_id: $t[30:90], lat: 1, lon: 2, description: $t, callsign: $t}' >&8
	printf '{"type":"drone","time":"2026-11-23T10:00:00Z","kit_id":"k","drone_id":"a\\ndata: x\\n\\nevent: state\\u2028","lat":1,"lon":2}\n' >&8
	browser "$url" "$(until_js 'tracks.length === 2')" 'view.choose(tracks[0]); byId("subject").textContent' \
		'document.querySelectorAll("img, b script, iframe").length' >said
	[ "$(sed -n 2p said | jq -r .)" = "$hostile<img src=x onerror=alert(1)>" ]
	[ "$(sed -n 3p said)" = 0 ]
	[ "$(tail -1 said | jq -c .complaints)" = '[]' ]
}

@test "a name that resolves to this server, and another origin, are refused" {
	serve
	[ "$(code '')" = 200 ]
	[ "$(code -H 'Host: localhost:1' '')" = 200 ]
	[ "$(code -H 'Host: [::1]' '')" = 200 ]
	[ "$(code -H 'Host: evil.example' '')" = 403 ]
	[ "$(code -H 'Host: evil.example' healthz)" = 403 ]
	[ "$(code -H 'Origin: http://evil.example' events)" = 403 ]
	[ "$(code -H 'Origin: null' '')" = 403 ]
	[ "$(code -X DELETE '')" = 405 ]
	[ "$(code nothing)" = 404 ]
	exec 8>&-
	wait "$started"
	serve --host map.example
	[ "$(code -H 'Host: map.example:8090' -H 'Origin: https://map.example:8090' '')" = 200 ]
	[ "$(code -H 'Host: map.example.evil' '')" = 403 ]
}

@test "the token is asked for once and becomes a cookie; only /healthz needs none" {
	echo 0123456789abcdef >token
	serve --token-file token
	[ "$(code healthz)" = 200 ]
	for path in '' events metrics; do
		[ "$(code "$path")" = 401 ]
	done
	[ "$(code -d token=0123456789abcdee login)" = 403 ]
	[ "$(code -d token= login)" = 403 ]
	[ "$(code -d "token=$(head -c 5000 /dev/zero | tr '\0' a)" login)" = 403 ]
	[ "$(code login)" = 401 ]
	[ "$(code -c jar -d token=0123456789abcdef login)" = 303 ]
	grep -q '^#HttpOnly_127.0.0.1.*wd_serve' jar
	not grep -q 0123456789abcdef jar
	[ "$(code -b jar '')" = 200 ]
	grep -q 'id="records"' body
	[ "$(code -b jar metrics)" = 200 ]
	[ "$(code -b wd_serve=x '')" = 401 ]
	curl -si -d token=0123456789abcdef "${url}login" | grep -qi '^set-cookie: .*HttpOnly; SameSite=Strict'
	not grep -q 0123456789abcdef out.err
}

@test "headers and policy allow nothing from elsewhere" {
	serve
	curl -si "$url" | tr -d '\r' >page
	for header in 'Referrer-Policy: no-referrer' 'X-Content-Type-Options: nosniff' 'Cache-Control: no-store' \
		'X-Frame-Options: DENY'; do
		grep -qx "$header" page
	done
	grep -q "default-src 'none'.*connect-src 'self'" page
}

@test "an address that others reach needs --insecure and a token" {
	echo 0123456789abcdef >token
	run -64 wd-serve --listen 0.0.0.0:0 lines
	[[ $output == *'reachable from other machines listen=0.0.0.0:0 hint='*'--insecure'* ]]
	run -64 wd-serve --listen 0.0.0.0:0 --insecure lines
	[[ $output == *'requires --token-file'* ]]
	run -0 wd-serve --listen 0.0.0.0:0 --insecure --token-file token lines
	run -0 wd-serve --listen '[::1]:0' lines
	[[ $output == *'url=http://[::1]:'* || $output == *'url="http://[::1]:'* ]]
	for address in nothing 127.0.0.1 127.0.0.1:x localhost:80 :80; do
		run -64 wd-serve --listen "$address" lines
		[[ $output == *"not an address to listen on listen=$address"* ]]
	done
	serve
	port=${url##*:} port=${port%/}
	run -69 wd-serve --listen "127.0.0.1:$port" lines
	[[ $output == *'cannot listen'*'reason='* ]]
}

@test "a token file must be a regular file with a long token" {
	run -66 wd-serve --token-file nothing lines
	echo short >token
	run -78 wd-serve --token-file token lines
	[[ $output == *'too short or too long'* ]]
	mkfifo fifo
	run -78 wd-serve --token-file fifo lines
	run -78 wd-serve --token-file . lines
	[[ $output == *'not a regular file'* ]]
}

@test "a browser that does not read is disconnected; lines and other browsers go on" {
	serve --max-points 1000000
	cat >sleeper.py <<-'X'
	import socket, sys, time
	host, port = sys.argv[1].rstrip('/').split(':')
	s = socket.socket()
	s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
	s.connect((host, int(port)))
	s.sendall(b'GET /events HTTP/1.1\r\nHost: ' + host.encode() + b'\r\n\r\n')
	time.sleep(1000)
	X
	start sleeper python3 sleeper.py "${url#http://}" 8>&-
	wait_for 10 metric_is browsers 1
	jq -nc 'range(8) as $i | range(5000) as $d | {type: "drone", kit_id: "k", drone_id: "d\($d)",
		time: (1795464500 + $i | todate), lat: 1, lon: 2, description: ("x" * 500)}' >many
	cat many >&8
	cat many >&8
	wait_for 20 metric_is slow_browsers_total 1
	wait_for 20 metric_is lines_total 80000
	cat many many >lines
	wait_for 10 cmp lines out
}

@test "connections that never finish their request are closed, so that others are served" {
	serve
	cat >slow.py <<-'X'
	import select, socket, sys, time
	host, port = sys.argv[1].rstrip('/').split(':')
	held = [socket.create_connection((host, int(port))) for _ in range(200)]
	for s in held:
	    s.sendall(b'GET / HTTP/1.1\r\nHost: ')
	print('held', flush=True)
	while held:  # each sends something before the connection counts as idle
	    time.sleep(1)
	    for s in held[:]:
	        try:
	            s.sendall(b'x')
	            if select.select([s], [], [], 0)[0] and not s.recv(1000):
	                raise OSError
	        except OSError:
	            held.remove(s)
	X
	start slow python3 slow.py "${url#http://}" 8>&-
	slow=$started
	wait_for 20 grep -q held slow
	[ "$(curl -s -m 1 -o body -w '%{http_code}' "${url}healthz")" = 000 ]
	wait_for 40 metric_is expired_connections_total 200
	wait "$slow"
	[ "$(code healthz)" = 200 ]
}

@test "a browser gets a state that takes longer to send than changes to arrive" {
	serve --max-points 1000000
	jq -nc 'range(5000) as $d | {type: "drone", kit_id: "k", drone_id: "d\($d)", time: "2026-11-23T10:00:00Z",
		lat: 1, lon: 2, description: ("x" * 2500)}' >&8
	wait_for 20 metric_is tracks 5000
	cat >late.py <<-'X'
	import os, socket, sys, time
	host, port = sys.argv[1].rstrip('/').split(':')
	s = socket.socket()
	s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
	s.connect((host, int(port)))
	s.sendall(b'GET /events HTTP/1.1\r\nHost: ' + host.encode() + b'\r\n\r\n')
	got = b''
	while not os.path.exists('go'):  # slowly, but always, or the connection counts as idle
	    got += s.recv(4096)
	    time.sleep(0.02)
	while b'"id":"second"' not in got:
	    piece = s.recv(1 << 20)
	    if not piece:
	        sys.exit(f'disconnected after {len(got)} bytes')
	    got += piece
	print(got.count(b'x'))
	X
	start late python3 late.py "${url#http://}" 8>&-
	late=$started
	wait_for 10 metric_is browsers 1
	drone first 1 >&8
	wait_for 10 metric_is tracks 5001
	drone second 2 >&8
	wait_for 10 metric_is tracks 5002
	touch go
	wait "$late" || { cat late.err; false; }
	(($(cat late) >= 12500000))
	[ "$(metric slow_browsers_total)" = 0 ]
}

@test "--keep drops what is older than the newest by that" {
	serve --keep 60
	drone old 1 >&8
	drone new 2 >&8
	wait_for 5 metric_is tracks 2
	printf '{"type":"drone","time":"2026-11-23T10:01:02Z","kit_id":"k1","drone_id":"new","lat":42.6,"lon":-71}\n' >&8
	wait_for 15 metric_is tracks 1
	wait_for 10 events_contain '"id":"new"'
	not grep -q '"id":"old"' events
}

@test "--max-points bounds server and page; tracks that do not fit are mentioned" {
	serve --max-points 1000
	track() {
		jq -nc --arg from "$1" --arg until "$2" 'range($from | tonumber; $until | tonumber) | {type: "drone", kit_id: "k",
			drone_id: "d", time: (1795464500 + . | todate), lat: (42 + . / 100000), lon: -71, track_type: "drone"}'
	}
	start said browser "$url" "$(until_js 'tracks.length === 1')" "$(until_js 'view.last === 1795466299000')" \
		"$(until_js 'view.last === 1795467499000')" \
		'recount(); [tracks[0].count > 300, tracks[0].count <= 1000, tracks[0].times[tracks[0].count - 1] === view.last, byId("full").hidden]' \
		"$(until_js '!byId("full").hidden')" 8>&-
	wait_for 20 metric_is browsers 1
	track 0 900 >&8
	wait_for 20 grep -q true said
	# A browser that is open gets every point.
	track 900 1800 >&8
	wait_for 20 has_lines said 2
	track 1800 3000 >&8
	wait_for 20 has_lines said 4
	jq -nc 'range(100) | {type: "drone", kit_id: "k", drone_id: "other-\(.)", time: (1795467499 | todate), lat: 1, lon: 2}' >&8
	wait "$started"
	[ "$(sed -n 4p said)" = '[true, true, true, true]' ]
	[ "$(sed -n 5p said)" = true ]
	[ "$(tail -1 said | jq -c .complaints)" = '[]' ]
	grep -q 'no room for more tracks: new ones are dropped tracks=[0-9]* hint="a larger --max-points"' out.err
	[ "$(metric dropped_records_total)" -gt 0 ]
}

@test "--title, --tiles, --gap reach the page; a wrong --tiles is status 64" {
	serve --title 'A & B' --tiles 'http://127.0.0.1:9/{z}/{x}/{y}.png' --tiles-credit us --gap 5
	curl -s "$url" >page
	grep -qF '<title>A &amp; B</title>' page
	grep -qF 'img-src http://127.0.0.1:9"' page
	grep -qF '"gap_ms":5000,"live":true' page
	run -64 wd-serve --tiles nowhere lines
}
