# Lines and rules for the tests of wd-watch. `load watch` after `load lib`.
# shellcheck shell=bash disable=SC2154,SC2034

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cat >watch.yaml <<-'X'
		zones:
		  - {name: HQ, circle: [50, 8], radius_m: 1000}
		rules:
		  - name: intruder
		    on: [enter, dwell, leave, present]
		    zones: HQ
		    where: {kind: drone}
		    level: critical
	X
}

# at SECONDS: a time of the recording.
at() {
	date -u -d "@$((1795500000 + $1))" +%FT%T.000000Z
}

# drone SECONDS METRES [ID [KIT [MEMBERS]]]: an observation so many metres north of HQ's center.
drone() {
	awk -v time="$(at "$1")" -v m="$2" -v id="${3:-d1}" -v kit="${4:-k1}" -v more="${5:-}" 'BEGIN {
		printf "{\"type\":\"drone\",\"time\":\"%s\",\"kit_id\":\"%s\",\"drone_id\":\"%s\",", time, kit, id
		printf "\"track_type\":\"drone\",\"lat\":%.7f,\"lon\":8%s}\n", 50 + m / 111195.0797, more
	}'
}

# reply SECONDS [KIT]: moves the kit's time.
reply() {
	printf '{"type":"reply","kit_id":"%s","endpoint":"drones","time":"%s","ok":true}\n' "${2:-k1}" "$(at "$1")"
}

# status SECONDS STATE [KIT]
status() {
	printf '{"type":"kit_status","time":"%s","kit_id":"%s","status":"%s"}\n' "$(at "$1")" "${3:-k1}" "$2"
}

# events [OPTION…]: of stdin, one a line: seconds, rule, zone, event, subject, kits.
events() {
	wd-watch -r watch.yaml --only "$@" |
		jq -r '[(.time | sub("\\.0+Z"; "Z") | fromdate - 1795500000), .rule, .zone, .event, .subject, (.kit_ids | join("+"))] | join(" ")'
}
