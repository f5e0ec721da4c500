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
