# The strict scanner alone, and wd-normalize against jq doing the same mapping, on the captured
# replies of a real kit.

need wd-normalize

for _ in $(seq 40); do
	cat "$DATA/captures/replies.ndjson"
done >"$WORK/replies.ndjson"
make -s build/lib/common.a
"${CC:-cc}" -O2 -I. -o "$WORK/scan" scripts/bench.d/scan.c build/lib/common.a
for reply in "$DATA"/captures/dragonsync/poll*.http; do
	sed '1,/^\r$/d' "$reply"
	echo
done >"$WORK/bodies"
times=2000
megabytes=$(($(wc -c <"$WORK/bodies") * times / 1000000))

compare 'scanner: captured bodies' MB "$megabytes" \
	'check and compact' "$WORK/scan compact $WORK/bodies $times" \
	'check' "$WORK/scan check $WORK/bodies $times"

for _ in $(seq 25); do
	cat "$WORK/replies.ndjson"
done >"$WORK/many.ndjson"

records() {
	"$BIN/wd-normalize" "$1" | grep -vc '^{"type":"reply"'
}

# What one writes in a minute: no rules, no fillers, no units.
cat >"$WORK/twelve.jq" <<'JQ'
. as $reply | del(.body), (.body | .drones? // .signals? // [.] | .[]
	| {time: .observed_at, kit_id: $reply.kit_id, drone_id: .id, lat, lon, alt, speed,
	   heading: .direction, mac, rssi, freq, track_type})
JQ

compare 'normalize: captured replies' records "$(records "$WORK/replies.ndjson")" \
	wd-normalize "$BIN/wd-normalize $WORK/replies.ndjson >/dev/null" \
	'jq -c' "jq -cf scripts/bench.d/normalize.jq $WORK/replies.ndjson >/dev/null" \
	'jq -c, 12 fields' "jq -cf $WORK/twelve.jq $WORK/replies.ndjson >/dev/null"

compare 'normalize: longer input' records "$(records "$WORK/many.ndjson")" \
	wd-normalize "$BIN/wd-normalize $WORK/many.ndjson >/dev/null" \
	'the scanner alone' "$WORK/scan check $WORK/replies.ndjson 25"
