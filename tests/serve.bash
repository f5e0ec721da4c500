# wd-serve and its browsers, for tests. `load serve` after `load lib`.
# shellcheck shell=bash disable=SC2034,SC2154

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	: >lines
}

teardown() {
	exec 8>&-
	stop_started
}

browser() {
	"$BATS_TEST_DIRNAME/browser.py" "$@"
}

# serve OPTION…: start wd-serve with the FIFO `in` as input, open as descriptor 8; sets $url.
serve() {
	rm -f in
	mkfifo in
	start out wd-serve --listen 127.0.0.1:0 "$@" in
	exec 8>in
	wait_for 5 grep -q 'serving the map' out.err
	url=$(sed -n 's/.*url=//p' out.err | tr -d '"')
}

# Descriptor 8 must stay closed in other background programs (8>&-), or the input never ends.

# code OPTION… PATH: print the HTTP status.
code() {
	curl -s -o body -w '%{http_code}' "${@:1:$#-1}" "$url${*: -1}"
}

metric() {
	curl -s "${url}metrics" | sed -n "s/^wd_serve_$1 //p"
}

# metric_is NAME VALUE
metric_is() {
	[ "$(metric "$1")" = "$2" ]
}

# events_contain TEXT OPTION…: whether a browser gets this text within two seconds; what it gets is in the file `events`.
events_contain() {
	curl -sN --max-time 2 "${@:2}" "${url}events" >events || true
	grep -q -e "$1" events
}

# has_lines FILE NUMBER: at least this number.
has_lines() {
	(($(wc -l <"$1") >= $2))
}

# drone ID SECOND [LAT]: a record.
drone() {
	printf '{"type":"drone","time":"2026-11-23T10:00:%02dZ","kit_id":"k1","drone_id":"%s","lat":%s,"lon":-71,"track_type":"drone"}\n' \
		"$2" "$1" "${3:-42}"
}

# until_js CONDITION: an expression that waits for it in the page.
until_js() {
	echo "new Promise(done => {const wait = () => ($1) ? done(true) : setTimeout(wait, 20); wait()})"
}
