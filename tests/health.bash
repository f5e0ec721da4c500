# What the tests of wd-health share.
# shellcheck shell=bash

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	stop_started
}

# reply KIT TIME [ENDPOINT [ERROR [MESSAGE]]]: a reply line; good without ERROR. TIME is one of day,
# or -N for N seconds ago.
reply() {
	local time=2026-11-23T$2Z
	[[ $2 != -* ]] || time=$(date -u -d "$2 seconds" +%FT%T.%6NZ)
	printf '{"type":"reply","kit_id":"%s","endpoint":"%s","time":"%s",' "$1" "${3:-drones}" "$time"
	if [ -n "${4:-}" ]; then
		printf '"ok":false,"error":"%s","message":"%s"}\n' "$4" "${5:-}"
	else
		printf '"ok":true,"http_status":200}\n'
	fi
}

# states FILE: "KIT STATE" of each kit_status in it.
states() {
	jq -r 'select(.type == "kit_status") | .kit_id + " " + .status' "$1"
}
