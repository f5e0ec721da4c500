# wd-normalize: given these replies, expect these records.

load lib

# Every file of tests/data/replies has the lines that it becomes in tests/data/golden.
@test "each rule of the mapping gives its golden lines" {
	local file name status=0
	for file in "$DATA"/replies/*.json; do
		name=$(basename "$file" .json)
		wd-normalize "$file" | diff "$DATA/golden/$name.ndjson" - || status=1
	done
	[ "$status" = 0 ]
}

records() {
	wd-normalize "$DATA/captures/replies.ndjson" | jq -c "select(.type == \"$1\") | $2" | sort -u | wc -l
}

@test "a real kit's replies give 75 observations, 36 signals and 2 status rows" {
	[ "$(records drone '[.time, .kit_id, .drone_id]')" = 75 ]
	[ "$(records signal '[.time, .kit_id, .freq_mhz]')" = 36 ]
	[ "$(records system_health .)" = 2 ]
}

@test "each reply passes on without its body" {
	wd-normalize "$DATA/captures/replies.ndjson" | grep '^{"type":"reply"' >"$BATS_TEST_TMPDIR/passed"
	jq -c 'del(.body)' "$DATA/captures/replies.ndjson" | diff - "$BATS_TEST_TMPDIR/passed"
}

@test "records have the columns of their table, in its order" {
	wd-normalize "$DATA/captures/replies.ndjson" >"$BATS_TEST_TMPDIR/out"
	run -0 jq -nr '[inputs | select(.type == "drone") | keys_unsorted] | max_by(length) | join(" ")' \
		"$BATS_TEST_TMPDIR/out"
	[ "$output" = "type time kit_id drone_id lat lon alt speed heading pilot_lat pilot_lon home_lat home_lon mac rssi freq ua_type operator_id track_type vspeed height direction op_status runtime id_type description freq_mhz rid_lookup_attempted rid_lookup_success ua_type_name operator_id_type height_type ew_dir pressure_altitude gps_accuracy observed_at" ]
}

@test "jq doing the same mapping gives the same records" {
	jq -cf "$ROOT/scripts/bench.d/normalize.jq" "$DATA/captures/replies.ndjson" | jq -cS . >"$BATS_TEST_TMPDIR/jq"
	wd-normalize "$DATA/captures/replies.ndjson" | jq -cS . | diff "$BATS_TEST_TMPDIR/jq" -
}

@test "more than 2000 records in a reply are one reject" {
	jq -nc '{type: "reply", kit_id: "k", endpoint: "drones", time: "2026-11-23T18:00:00Z",
		body: [range(2003) | {id: "d\(.)"}]}' | wd-normalize >"$BATS_TEST_TMPDIR/out"
	[ "$(grep -c '^{"type":"drone"' "$BATS_TEST_TMPDIR/out")" = 2000 ]
	run -0 jq -r 'select(.type == "reject") | .reason, (.raw | fromjson | .body.drones | map(.id) | join(" "))' \
		"$BATS_TEST_TMPDIR/out"
	[ "${lines[0]}" = "too_many: more than 2000 records" ]
	[ "${lines[1]}" = "d2000 d2001 d2002" ]
}

@test "--strict: exit 65 at the end if anything was rejected" {
	run -0 wd-normalize --strict "$DATA/captures/replies.ndjson"
	run -0 wd-normalize "$DATA/replies/lists.json"
	run -65 wd-normalize --strict "$DATA/replies/lists.json"
	wd-normalize "$DATA/replies/lists.json" >"$BATS_TEST_TMPDIR/lax"
	wd-normalize --strict "$DATA/replies/lists.json" >"$BATS_TEST_TMPDIR/strict" || true
	diff "$BATS_TEST_TMPDIR/lax" "$BATS_TEST_TMPDIR/strict"
}

# reply ENDPOINT BODY: a line, from kit k at 18:00.
reply() {
	printf '{"type":"reply","kit_id":"k","endpoint":"%s","time":"2026-11-23T18:00:00Z","body":%s}\n' "$1" "$2"
}

@test "the body of /config, which may name accounts, becomes neither a record nor a reject" {
	reply config '{"mqtt":{"password":"secret"},"adsb":{"enabled":true}}' >"$BATS_TEST_TMPDIR/in"
	run -0 wd-normalize "$BATS_TEST_TMPDIR/in"
	[ "$output" = '{"type":"reply","kit_id":"k","endpoint":"config","time":"2026-11-23T18:00:00Z"}' ]
}

@test "--explain shows the key and the rule of each field" {
	reply drones '[{"hex":"A1","alt":10000,"lat":0,"lon":0,"squawk":"a\u001b[31m\u009bb"}]' |
		wd-normalize --explain >"$BATS_TEST_TMPDIR/out"
	run -0 awk '{$1 = $1; print}' "$BATS_TEST_TMPDIR/out"
	[ "${lines[0]}" = "drone key sent written rule" ]
	[ "${lines[1]}" = "time - - 2026-11-23T18:00:00.000000Z the reply's time" ]
	[ "${lines[2]}" = "kit_id - - k unchanged" ]
	[ "${lines[3]}" = "drone_id hex A1 A1 unchanged" ]
	[ "${lines[4]}" = "lat lat 0 - 0, 0 is unknown" ]
	[ "${lines[5]}" = "lon lon 0 - 0, 0 is unknown" ]
	[ "${lines[6]}" = "alt alt 10000 3048 ft to m" ]
	[ "${lines[7]}" = "track_type hex A1 aircraft unchanged" ]
	[ "${lines[8]}" = 'squawk squawk "a\x1b[31m\u{9b}b" "a\x1b[31m\u{9b}b" unchanged' ]
	[ ${#lines[@]} = 9 ]
	reply drones '[{"hex":"A1"}]' | wd-normalize --explain=text | grep -q '^drone .* key'
}

@test "--explain=json is a line for each record, for any input" {
	reply status '{"gps":{"lat":1,"lon":2},"uptime":7200,"cpu_usage":{"a":[NaN, 1 ]}}' |
		wd-normalize --explain=json >"$BATS_TEST_TMPDIR/out"
	run -0 jq -c '.type, .record, (.fields[] | select(.key))' "$BATS_TEST_TMPDIR/out"
	[ "${lines[0]}" = '"explain"' ]
	[ "${lines[1]}" = '"system_health"' ]
	[ "${lines[2]}" = '{"column":"lat","key":"gps.lat","raw":1,"result":1}' ]
	[ "${lines[3]}" = '{"column":"lon","key":"gps.lon","raw":2,"result":2}' ]
	[ "${lines[4]}" = '{"column":"cpu_percent","key":"cpu_usage","raw":{"a":[null,1]},"rule":"not a number"}' ]
	[ "${lines[5]}" = '{"column":"uptime_hours","key":"uptime","raw":7200,"rule":"s to h","result":2}' ]
}

@test "--explain shows everything that would be written, and logs rejects" {
	local files=() file
	for file in "$DATA"/replies/*.json; do
		# jq cannot read what passes through there as it came.
		[ "$(basename "$file")" = lines.json ] || files+=("$file")
	done
	wd-normalize --explain=json "${files[@]}" 2>"$BATS_TEST_TMPDIR/log" |
		jq -c '{type: .record} + (.fields | map(select(has("result")) | {(.column): .result}) | add)' \
			>"$BATS_TEST_TMPDIR/explained"
	wd-normalize "${files[@]}" >"$BATS_TEST_TMPDIR/all"
	jq -c 'select(.type != "reply" and .type != "reject")' "$BATS_TEST_TMPDIR/all" |
		diff - "$BATS_TEST_TMPDIR/explained"
	[ "$(grep -c '^wd-normalize: rejected ' "$BATS_TEST_TMPDIR/log")" = \
		"$(grep -c '^{"type":"reject"' "$BATS_TEST_TMPDIR/all")" ]
}

@test "--explain lists the keys that no rule used" {
	reply drones '[{"mac":"60:60:1f:00:00:01","drone_lat":33.4,"drone_long":-111.9,"faa_data":{},"x":null,"rid":{"make":"DJI","esn":1},"bad\u202ekey":1,"rid_make":"?"}]' \
		>"$BATS_TEST_TMPDIR/in"
	run -0 wd-normalize --explain "$BATS_TEST_TMPDIR/in"
	[ "${lines[-1]}" = '  not used             drone_lat drone_long faa_data rid.esn "bad\u{202e}key" rid_make' ]
	wd-normalize --explain=json "$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out"
	[ "$(jq -c .unused "$BATS_TEST_TMPDIR/out")" = "$(jq -nc '["drone_lat","drone_long","faa_data","rid.esn","bad\u202ekey","rid_make"]')" ]
	run -0 wd-normalize --explain <<<'{"type":"reply","kit_id":"k","endpoint":"drones","time":"2026-11-23T18:00:00Z","body":[{"id":"d1"}]}'
	[[ $output != *"not used"* ]]
	reply status '{"memory_total":2,"memory_available":1,"disk_total":0,"disk_used":0,"gps":5}' |
		wd-normalize --explain=json | jq -e '.unused == ["gps"]'
}

@test "--explain shows the value that was discarded where nothing is left, and the next key where not" {
	reply drones '[{"id":"d1","heading":361,"direction":90,"lat":91,"lon":0}]' |
		wd-normalize --explain=json >"$BATS_TEST_TMPDIR/out"
	jq -e '.fields[] | select(.column == "heading") | .key == "direction" and .result == 90' "$BATS_TEST_TMPDIR/out"
	jq -e '.fields[] | select(.column == "lat") | .key == "lat" and .rule == "not on Earth" and (has("result") | not)' \
		"$BATS_TEST_TMPDIR/out"
}

@test "--explain=json: invisible characters are escaped" {
	reply drones "[{\"id\":\"a\\u00ad"$'\xe3\x85\xa4'"b\",\"description\":\"\\u009b31m "$'\xe2\x80\xa8'" \\udb40\\udc41 x"$'\xc2\x9b'"\"}]" \
		>"$BATS_TEST_TMPDIR/in"
	wd-normalize --explain=json "$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out"
	LC_ALL=C run -1 grep -P '[^\x00-\x7f]' "$BATS_TEST_TMPDIR/out"
	jq -e '.fields[] | select(.column == "drone_id").result == "a\u00ad\u3164b"' "$BATS_TEST_TMPDIR/out"
	jq -e '.fields[] | select(.column == "description").result | . == "\u009b31m \u2028 \udb40\udc41 x\u009b"' "$BATS_TEST_TMPDIR/out"
}

@test "a byte order mark at the start of the input is skipped, also in pieces; elsewhere it is not" {
	printf '\xef\xbb\xbf{"type":"x"}\r\n{"type":"y"}\n' >"$BATS_TEST_TMPDIR/in"
	[ "$(wd-normalize "$BATS_TEST_TMPDIR/in" | tr -d '\r')" = $'{"type":"x"}\n{"type":"y"}' ]
	[ "$(chop 1 <"$BATS_TEST_TMPDIR/in" | wd-normalize | tr -d '\r')" = $'{"type":"x"}\n{"type":"y"}' ]
	# Each file has a start of its own.
	[ "$(wd-normalize "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/in" | grep -c '"type":"[xy]"')" = 4 ]
	run -65 wd-normalize --strict < <(printf '{"type":"x"}\n\xef\xbb\xbf{"type":"y"}\n')
	[ -z "$(printf '\xef\xbb\xbf' | wd-normalize)" ]
	run -65 wd-normalize --strict < <(printf '\xef\xbb\xbf\xef\xbb\xbf{"type":"y"}\n')
}

# The captured publishes as reply lines, each with one payload, as wd-mqtt writes them.
published() {
	jq -c 'select(.topic | test("/(drones|aircraft|signals|attrs)$")) |
		(.topic | capture("/(?<name>[a-z]+)$").name) as $name |
		(.payload | fromjson) as $payload |
		({drones: "drones", aircraft: "drones", signals: "signals", attrs: "status"}[$name]) as $endpoint |
		{type: "reply", kit_id: "kit-cap", endpoint: $endpoint, time: .time, ok: true, via: "mqtt",
		 body: (if $endpoint == "status" then $payload else {($endpoint): [$payload]} end)}' \
		"$DATA/captures/mqtt/publishes.ndjson"
}

@test "what a kit publishes by MQTT gives the keys and values that HTTP gives" {
	published | wd-normalize >"$BATS_TEST_TMPDIR/mqtt"
	wd-normalize "$DATA/captures/replies.ndjson" >"$BATS_TEST_TMPDIR/http"
	# jq 1.7 prints a number as it came: -88.0 is not -88 then.
	local plain='| walk(if type == "number" then . + 0 else . end)'
	local keys='select(.type == "drone" and .track_type == "drone") | [.time, .drone_id, .lat, .lon, .alt, .speed, .gps_accuracy]'
	diff <(jq -c "$keys $plain" "$BATS_TEST_TMPDIR/http" | sort -u) <(jq -c "$keys $plain" "$BATS_TEST_TMPDIR/mqtt" | sort -u)
	keys='select(.type == "drone" and .track_type == "aircraft") | [.drone_id, .alt, .speed, .heading, .callsign, .squawk, .registration]'
	diff <(jq -c "$keys $plain" "$BATS_TEST_TMPDIR/http" | sort -u) <(jq -c "$keys $plain" "$BATS_TEST_TMPDIR/mqtt" | sort -u)
	keys='select(.type == "signal") | del(.type, .kit_id)'
	diff <(jq -cS "$keys $plain" "$BATS_TEST_TMPDIR/http" | sort -u) <(jq -cS "$keys $plain" "$BATS_TEST_TMPDIR/mqtt" | sort -u)
	[ "$(jq -c 'select(.type == "signal") | [.time, .freq_mhz]' "$BATS_TEST_TMPDIR/mqtt" | sort -u | wc -l)" = 36 ]
	keys='select(.type == "system_health") | [.lat, .lon, .alt, .cpu_percent, .temp_cpu, .zynq_temp, .uptime_hours * 1000 | floor]'
	diff <(jq -c "$keys $plain" "$BATS_TEST_TMPDIR/http" | sort -u) <(jq -c "$keys $plain" "$BATS_TEST_TMPDIR/mqtt" | sort -u)
}

@test "--explain: any other form is 64, and so is --explain with --filter" {
	run -64 wd-normalize --explain=xml
	run -64 wd-normalize --explain --filter .
}

@test "--filter runs a jq program on each record" {
	reply drones '[{"id":"a","speed":1},{"id":"b","speed":2},{"id":"c"}]' >"$BATS_TEST_TMPDIR/in"
	run -0 wd-normalize --filter 'select(.speed != 1) | del(.time) | .speed += 2' "$BATS_TEST_TMPDIR/in"
	[ "${lines[1]}" = '{"type":"drone","kit_id":"k","drone_id":"b","speed":4,"track_type":"drone"}' ]
	[ "${lines[2]}" = '{"type":"drone","kit_id":"k","drone_id":"c","track_type":"drone","speed":2}' ]
	[ ${#lines[@]} = 3 ]
}

@test "--filter: several outputs are several records, no output is no record" {
	reply drones '[{"id":"a"}]' >"$BATS_TEST_TMPDIR/in"
	run -0 wd-normalize --filter '{a: 1}, {a: "é\u009b"}' "$BATS_TEST_TMPDIR/in"
	[ "${lines[1]}" = '{"a":1}' ]
	[ "${lines[2]}" = '{"a":"\u00e9\u009b"}' ]
	[ ${#lines[@]} = 3 ]
	run -0 wd-normalize --filter empty "$BATS_TEST_TMPDIR/in"
	[ ${#lines[@]} = 1 ]
}

@test "--filter: a record on which it fails is a reject that can be fed again, whole" {
	reply drones '[{"id":"a","speed":1},{"id":"b","speed":"x"}]' >"$BATS_TEST_TMPDIR/in"
	wd-normalize --filter 'del(.time), if .speed then . else error("no speed") end' \
		"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out"
	run -0 jq -r 'select(.type == "reject") | .reason' "$BATS_TEST_TMPDIR/out"
	[ "$output" = "filter_failed: no speed" ]
	[ "$(grep -c '^{"type":"drone"' "$BATS_TEST_TMPDIR/out")" = 2 ]
	run -0 wd-normalize <<<"$(jq -r 'select(.type == "reject") | .raw | fromjson? | tojson' "$BATS_TEST_TMPDIR/out")"
	[ "${lines[1]}" = '{"type":"drone","time":"2026-11-23T18:00:00.000000Z","kit_id":"k","drone_id":"b","track_type":"drone"}' ]
}

@test "--filter: output that is not an object is a reject; halt, input and debug are harmless" {
	local program reason
	reply drones '[{"id":"a"}]' >"$BATS_TEST_TMPDIR/in"
	while IFS='|' read -r program reason; do
		run -0 --separate-stderr wd-normalize --filter "$program" "$BATS_TEST_TMPDIR/in"
		[ "$(jq -r .reason <<<"${lines[1]}")" = "$reason" ]
	done <<-'END'
		.drone_id|filter_no_object: the result is not an object
		{}, 1|filter_no_object: the result is not an object
		halt|filter_failed: it halted
		error({a: 1})|filter_failed: {"a":1}
	END
	run -0 wd-normalize --filter 'debug, input' "$BATS_TEST_TMPDIR/in"
}

@test "--filter: a program that does not compile is 64 with jq's message" {
	run -64 wd-normalize --filter '.a b' </dev/null
	[[ $output == *'--filter does not compile jq='*'syntax error'* ]]
	run -64 wd-normalize --filter 'import "x" as x; .' </dev/null
	[[ $output == *'module not found'* ]]
}

# chop BYTES: stdin to stdout, in writes of so many bytes.
chop() {
	python3 -c 'import os, sys
data = sys.stdin.buffer.read()
for at in range(0, len(data), int(sys.argv[1])):
	os.write(1, data[at:at + int(sys.argv[1])])' "$1"
}

@test "the output does not depend on how the input is cut" {
	cat "$DATA"/replies/*.json "$DATA/captures/replies.ndjson" >"$BATS_TEST_TMPDIR/in"
	wd-normalize "$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/whole"
	local size
	for size in 1 7 65536; do
		chop $size <"$BATS_TEST_TMPDIR/in" | wd-normalize | cmp "$BATS_TEST_TMPDIR/whole"
	done
}

@test "rejects can be fed again, and give the same rejects" {
	cat "$DATA"/replies/*.json | wd-normalize | grep '^{"type":"reject"' >"$BATS_TEST_TMPDIR/rejects"
	jq -r .raw "$BATS_TEST_TMPDIR/rejects" | wd-normalize | grep '^{"type":"reject"' |
		diff "$BATS_TEST_TMPDIR/rejects" -
	jq 'select(.type=="reject").raw|fromjson?' "$BATS_TEST_TMPDIR/rejects" | jq -c . |
		wd-normalize | grep '^{"type":"reject"' >"$BATS_TEST_TMPDIR/again"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/again")" -gt 20 ]
}

@test "a reject keeps 64 KiB of the line; a line over 16 MiB is one reject" {
	head -c 70000 /dev/zero | tr '\0' x >"$BATS_TEST_TMPDIR/long"
	run -0 bash -c 'wd-normalize "$1" | jq -r "[.reason, (.raw | length)] | @tsv"' - "$BATS_TEST_TMPDIR/long"
	[ "$output" = "not_json: expected a value at byte 0	65536" ]
	{ head -c 17000000 /dev/zero | tr '\0' x && printf '\n{"type":"x"}\n'; } >"$BATS_TEST_TMPDIR/overlong"
	run -0 bash -c 'wd-normalize "$1" | jq -r "[.reason, (.raw | length?)] | @tsv"' - "$BATS_TEST_TMPDIR/overlong"
	[ "${lines[0]}" = "too_long: line longer than 16 MiB	65536" ]
	[ ${#lines[@]} = 2 ]
}

@test "stdout closed or full: 74, logged once" {
	run -74 bash -c 'wd-normalize "$1" >&-' - "$DATA/captures/replies.ndjson"
	[ ${#lines[@]} = 1 ]
	run -74 bash -c 'wd-normalize "$1" >/dev/full' - "$DATA/captures/replies.ndjson"
	[ ${#lines[@]} = 1 ]
	run -66 wd-normalize /no/such/file
}

@test "memory grows neither with the input nor with the longest line" {
	local n peak_kib made="$BATS_TEST_TMPDIR/made"
	"${CC:-cc}" -o "$BATS_TEST_TMPDIR/measure" "$ROOT/scripts/bench.d/measure.c"
	python3 - "$made" <<-'END'
		import sys
		head = '{"type":"reply","kit_id":"k","endpoint":"drones","time":"2026-11-23T18:00:00Z",'
		big = 15 << 20
		texts = ",".join('"%s":"%s"' % (key, "\\u007f" * 128) for key in
		                 "mac ua_type operator_id caa_id op_status id_type transport ew_dir".split())
		record = '{"id":"%d",' + texts + "}"
		out = open(sys.argv[1], "w")
		out.write('{"type":"x","y":"' + "y" * big + '"}\n')
		out.write(head + '"message":"' + "y" * big + '","body":[]}\n')
		out.write(head + '"body":[' + ",".join(record % n for n in range(big // len(record))) + "]}\n")
		out.write(head + '"body":[' + "1," * (big // 2) + "1]}\n")
		out.write(head + '"body":[{"id":"d","rid":{"make":"' + "z" * big + '"}}]}\n')
		out.write("x" * (20 << 20) + "\n")
	END
	for n in 1 2 3 4 5; do
		cat "$DATA/captures/replies.ndjson" "$made"
	done >"$BATS_TEST_TMPDIR/in"
	"$BATS_TEST_TMPDIR/measure" "$BATS_TEST_TMPDIR/figures" wd-normalize "$BATS_TEST_TMPDIR/in" \
		>"$BATS_TEST_TMPDIR/out"
	[ "$(grep -c '^{"type":"drone"' "$BATS_TEST_TMPDIR/out")" -gt 5000 ]
	# The sanitizers have memory of their own.
	[[ $BIN != *san* ]] || return 0
	read -r _ _ peak_kib <"$BATS_TEST_TMPDIR/figures"
	echo "peak $peak_kib KiB"
	[ "$peak_kib" -lt $((32 << 10)) ]
}

@test "a bad record that a kit repeats on every poll is one reject, also when fed again" {
	cd "$BATS_TEST_TMPDIR"
	for second in 01 06 11; do
		printf '{"type":"reply","kit_id":"k","endpoint":"drones","time":"2026-11-23T18:00:%s.000000Z","ok":true,"clock_offset_s":3600,"body":{"drones":[{"lat":1,"observed_at":1795460395.5}]}}\n' $second
	done >replies
	wd-normalize replies | grep '"type":"reject"' | sort -u >rejects
	[ "$(wc -l <rejects)" = 1 ]
	[ "$(jq -r .time rejects)" = 2026-11-23T17:59:55.500000Z ]
	jq -r .raw rejects | wd-normalize | grep '"type":"reject"' | diff - rejects
}

@test "half a line at the end of a pipe is passed on as it is, not rejected; a whole line needs no newline" {
	cd "$BATS_TEST_TMPDIR"
	[ "$(printf '{"type":"x"}\n{"type":"repl' | wd-normalize | xxd -p)" = \
		"$(printf '{"type":"x"}\n{"type":"repl' | xxd -p)" ]
	[ "$(printf '{"type":"x"}' | wd-normalize | wc -l)" = 1 ]
	# A file that was cut off has no sender.
	printf '{"type":"repl' >cut
	wd-normalize cut | grep -q '"type":"reject"'
	printf '{"type":"repl' | run -65 wd-normalize --strict
}
