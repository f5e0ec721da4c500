# wd-poll and kits that misbehave: the error of each, without any effect on other kits.
load lib

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_started
}

hostile() {
	start hostile python3 "$BATS_TEST_DIRNAME/kit/hostile.py"
	wait_for 10 grep -q '^listening on ' hostile
	hostile_url=$(sed -n 's/^listening on //p' hostile)
}

# kit ID PATH: a hostile kit for kits.yaml.
kit() {
	printf '  - id: %s\n    api_url: %s/%s\n' "$1" "$hostile_url" "$2"
	[[ ! $2 =~ $endless ]] || echo '    timeout: 3'
}

# replies ENDPOINT: `KIT ok` or `KIT ERROR` for each reply, sorted.
replies() {
	jq -r --arg endpoint "$1" 'select(.type == "reply" and .endpoint == $endpoint)
		| "\(.kit_id) \(if .ok then "ok" else .error end)"' | sort
}

expected=(
	'good ok' 'good-chunked ok' 'good-unsized ok'
	'cut-length truncated' 'cut-chunked truncated' 'cut-unsized not_json' 'cut-head not_json'
	'nothing truncated' 'reset truncated' 'bad-chunk truncated'
	'http-0-9 http' 'http-7 http' 'binary http' 'bad-length http' 'nul-header http'
	# libcurl ignores a length above 2^63.
	'huge-length ok'
	'status-404 http' 'status-500 http' 'no-content not_json'
	'redirect-host redirect' 'redirect-file redirect'
	'limited rate_limited' 'limited-silent rate_limited' 'limited-zero rate_limited'
	'limited-negative rate_limited' 'limited-date rate_limited' 'limited-past rate_limited'
	'limited-9999 rate_limited' 'limited-long rate_limited' 'limited-junk rate_limited' 'busy http'
	'empty not_json' 'html not_json' 'number not_json' 'text not_json' 'two-values not_json'
	'raw-nul not_json' 'deep not_json'
	'nan ok' 'bad-utf8 ok' 'surrogate ok' 'nul ok' 'duplicate ok' 'huge-number ok' 'long-integer ok'
	'gzip not_json' 'transfer-gzip too_large'
	'giant-length too_large' 'giant-chunked too_large' 'giant-unsized too_large'
	'header-flood too_large' 'header-endless too_large' 'continue-flood too_large' 'hints-flood too_large'
	'heavy too_large' 'full ok'
	'hoard slow' 'hang timeout' 'drip slow' 'drip-head slow'
)
endless='^(hoard|hang|drip|drip-head)$'

@test "each misbehaviour has its error code, and none ends wd-poll" {
	hostile
	printf '%s\n' "${expected[@]}" | sort >expected
	# Concurrently, but in separate processes: the giants would exceed the limit for all bodies.
	# Only those that never end have a short timeout: the machine may be busy.
	for case in $(python3 "$BATS_TEST_DIRNAME/kit/hostile.py" --list); do
		timeout 120 wd-poll --once --url "$hostile_url/$case" --id "$case" --max-retries 0 \
			--timeout "$([[ $case =~ $endless ]] && echo 3 || echo 30)" \
			>"lines.$case" 2>"log.$case" 3>&- &
		echo "$! $case" >>pids
	done
	while read -r pid case; do
		status=0
		wait "$pid" || status=$?
		echo "$case $status" >>statuses
	done <pids
	cat lines.* >lines
	for endpoint in drones signals status config; do
		# libcurl 7 inflates an unrequested transfer encoding, libcurl 8 refuses it.
		replies "$endpoint" <lines | sed 's/^transfer-gzip http$/transfer-gzip too_large/' | diff expected -
	done
	# A kit that gave a usable reply is status 0, another 1.
	sed -E 's/ ok$/ 0/; s/ [a-z_]+$/ 1/' expected | diff - <(sort statuses)
	# Each line is valid JSON, and no redirect was followed.
	jq -e . lines >/dev/null
	[ "$(grep -c . hostile.err)" = $((4 * ${#expected[@]})) ]
}

# values CASE: the drone that wd-normalize writes, without its constant members.
values() {
	wd-poll --once --url "$hostile_url/$1" --id k 2>/dev/null >"raw.$1"
	wd-normalize <"raw.$1" | jq -c 'select(.type == "drone") | del(.type, .time, .kit_id, .track_type)'
}

@test "invalid numbers become null, invalid text is repaired" {
	hostile
	[ "$(values nan)" = '{"drone_id":"a"}' ]
	[ "$(values huge-number)" = '{"drone_id":"a"}' ]
	[ "$(values long-integer)" = '{"drone_id":"a"}' ]
	[ "$(values duplicate)" = '{"drone_id":"b"}' ]
	[ "$(values bad-utf8)" = '{"drone_id":"a","description":"��("}' ]
	[ "$(values surrogate)" = '{"drone_id":"a","description":"�"}' ]
	[ "$(values nul)" = '{"drone_id":"a","description":"x�y"}' ]
	# As received, not as the largest double.
	grep -q '"lat":1e999,"lon":-1e999' raw.huge-number
	run ! grep '1\.7976931348' raw.*
}

# waits CASE: for how long the kit is left alone, in whole seconds.
waits() {
	wd-poll --once --url "$hostile_url/$1" --id k 2>/dev/null |
		jq -r 'select(.endpoint == "drones") | .retry_in_s | round'
}

@test "Retry-After in every form is a wait of 1 to 300 s" {
	hostile
	[ "$(waits limited)" = 7 ]
	[ "$(waits busy)" = 9 ]
	[ "$(waits limited-zero)" = 1 ]
	[ "$(waits limited-past)" = 1 ]
	[ "$(waits limited-9999)" = 300 ]
	[ "$(waits limited-long)" = 300 ]
	for case in silent negative junk; do
		[ "$(waits "limited-$case")" = 60 ]
	done
	date=$(waits limited-date)
	# In 40 s, less what the machine takes.
	((date >= 10 && date <= 41))
}

@test "a rate limit is not a failure of the kit, and the kit is left alone" {
	hostile
	{
		echo kits:
		kit k limited-9999
	} >kits.yaml
	start lines wd-poll -c kits.yaml --poll-interval 0.2 --status-interval 0.2 --rate-limit 0
	wait_for 5 grep -q '"rate_limited"' lines
	sim
	start neighbour wd-poll --url "$sim_url" --id n --poll-interval 0.2 --rate-limit 0
	wait_for 5 ten_polls neighbour
	run ! grep -E '"failures":[1-9]' lines
	# Ten slots later, no endpoint has been polled a second time.
	[ "$(sort hostile.err | uniq -c | awk '$1 > 1')" = '' ]
}

ten_polls() {
	[ "$(grep -c '"endpoint":"drones"' "$1")" -ge 10 ]
}

sanitized() {
	grep -q __asan_init "$BIN/wd-poll"
}

polls_of() {
	[ "$(grep -c "\"kit_id\":\"$1\",\"endpoint\":\"drones\"" lines)" -ge "$2" ]
}

# unpunctual SECONDS FILE: the share of the good kits' /drones requests in it that came more than half
# that interval too early or too late after the one before.
unpunctual() {
	jq -nr --argjson every "$1" '
		def seconds: (.[:19] + "Z" | fromdate) + (.[19:26] | tonumber);
		[inputs | select(.type == "reply" and .endpoint == "drones" and (.kit_id | startswith("good")))
			| {kit_id, asked: ((.time | seconds) - .elapsed_ms / 1000)}]
		| group_by(.kit_id) | map(map(.asked) | [.[1:], .[:-1]] | transpose | .[] | .[0] - .[1])
		| map((. - $every | fabs) > $every / 2) | (map(select(.)) | length) / length' "$2"
}

@test "a hundred hostile kits at once: the others stay on schedule, memory stays below 96 MiB" {
	hostile
	sim --kits 6 --drones 100
	{
		echo kits:
		n=0
		while ((n < 100)); do
			for case in giant-chunked giant-unsized giant-length heavy full hoard hoard transfer-gzip \
				header-flood continue-flood drip; do
				kit "bad-$((n += 1))" "$case/$n"
			done
		done
		for k in 1 2 3 4 5; do
			printf '  - id: good-%s\n    api_url: %s/kit-%s\n    timeout: 10\n' "$k" "$sim_url" "$k"
		done
	} >kits.yaml
	options=(--poll-interval 2 --status-interval 5 --rate-limit 0 --max-retries 0 --initial-backoff 1
		--max-backoff 1)
	REQUEST_TIMEOUT=3 start lines wd-poll -c kits.yaml "${options[@]}"
	poll=$started began=$EPOCHREALTIME
	# How late the machine makes a poller that has no hostile kit.
	start alone wd-poll --url "$sim_url/kit-6" --id good-6 "${options[@]}"
	for k in 1 2 3 4 5; do
		wait_for 30 polls_of "good-$k" 7
	done
	peak=$(awk '/^VmHWM/ {print $2}' "/proc/$poll/status")
	waited=$(waited_share "$poll" "$began")
	kill -TERM "$poll" "$started"
	wait "$poll"
	wait "$started"
	echo "peak: $peak KiB"
	sanitized || ((peak < 96 * 1024))
	# A busy machine may delay a few, and more where it also delays the other, or lets this one wait
	# for a processor.
	late=$(unpunctual 2 lines) late_alone=$(unpunctual 2 alone)
	echo "of the good kits' requests, $late were late, without hostile kits $late_alone;" \
		"waited for a processor $waited of the time"
	sanitized || jq -en "$late < 0.25 + $late_alone + 2 * $waited"
	run ! jq -e 'select(.type == "reply" and (.kit_id | startswith("good")) and .ok == false)' lines
}

# state_of: the state of a kit with this error.
state_of() {
	sed -E 's/ ok$/ online/; s/ (truncated|timeout|slow)$/ offline/; s/ rate_limited$/ unknown/
		s/ (http|redirect|not_json|too_large)$/ error/'
}

@test "everything through the pipeline: each kit has its state, the database is intact" {
	hostile
	{
		echo kits:
		# Without those that would exceed the limit for all bodies.
		for case in $(python3 "$BATS_TEST_DIRNAME/kit/hostile.py" --list | grep -vE '^(giant-.*|heavy|hoard)$'); do
			kit "$case" "$case"
		done
	} >kits.yaml
	export REQUEST_TIMEOUT=30
	run bash -c 'wd-poll --once -c kits.yaml --max-retries 0 | wd-normalize | wd-health |
		wd-store sqlite:hostile.db; echo "${PIPESTATUS[@]}"'
	[ "${lines[-1]}" = '1 0 0 0' ]
	[ "$(sqlite_value hostile.db 'PRAGMA integrity_check')" = ok ]
	sqlite3 -separator ' ' hostile.db "SELECT kit_id, coalesce(status, 'unknown') FROM kits" | sort >states
	printf '%s\n' "${expected[@]}" | grep -vE '^(giant-.*|heavy|hoard) ' | state_of | sort | diff - states
	# At each endpoint, these kits answer with drones: a row, and a reject for each of the two other
	# endpoints. The longest body contains a text instead of a drone.
	usable=$(printf '%s\n' "${expected[@]}" | grep -c ' ok$')
	[ "$(sqlite_value hostile.db 'SELECT count(*) FROM drones')" = $((usable - 1)) ]
	[ "$(sqlite_value hostile.db 'SELECT count(*) FROM rejects')" = $((2 * usable + 1)) ]
	[ "$(sqlite_value hostile.db 'SELECT max(length(CAST(raw AS BLOB))) FROM rejects')" = 65536 ]
	# Invalid numbers are NULL.
	sqlite3 -separator ' ' hostile.db "SELECT kit_id, drone_id, lat, alt FROM drones
		WHERE kit_id IN ('nan', 'huge-number', 'long-integer') ORDER BY 1" |
		diff <(printf '%s\n' 'huge-number a  ' 'long-integer a  ' 'nan a  ') -
}

@test "--once ends although a kit with the id of another has requests that would be retried" {
	python3 - >port 3>&- <<-'X' &
		import http.server, threading
		class Kit(http.server.BaseHTTPRequestHandler):
		    seen = 0
		    def do_GET(self):
		        Kit.seen += self.path == "/status"
		        if self.path != "/status" or Kit.seen == 1:
		            threading.Event().wait()
		        self.send_response(200)
		        self.end_headers()
		        self.wfile.write(b'{"kit_id": "x"}')
		server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Kit)
		print(server.server_port, flush=True)
		server.serve_forever()
	X
	stop_later $!
	wait_for 10 test -s port
	printf '%s\n' kits: "- {id: x, api_url: http://127.0.0.1:1, enabled: false}" \
		"- api_url: http://127.0.0.1:$(<port)" >kits.yaml
	timeout 60 wd-poll -c kits.yaml --once --timeout 1 --max-retries 100 >out 2>out.err
	grep -q 'duplicate kit id: not polled' out.err
}
