# The queries of all dashboards, over 1 h, 24 h, 7 d and 30 d, and the same queries with sightings and flights
# computed from the raw rows; then flights from SQLite. BENCH_ROWS: how many rows of drones (default 10,000,000, in
# flights over 30 days), BENCH_RUNS, BENCH_RAW_RUNS: how often each query runs, after one run to warm up (default 5
# and 1; 0: not at all).

need wd-store wd-dump
# shellcheck source=scripts/bench.d/postgres.bash
. scripts/bench.d/postgres.bash

rows=${BENCH_ROWS:-10000000} repeats=${BENCH_RUNS:-5} raw_repeats=${BENCH_RAW_RUNS:-1}
ranges=(1 24 168 720)
now=$(date +%s)
generate() {
	awk -v rows="$rows" -v now="$now" -f scripts/bench.d/flights.awk
}

postgres_start
postgres_database bench
generate | "$BIN/wd-store" -q "$database_url"
psql -qXd bench -c 'VACUUM ANALYZE'
psql -qAtXd bench -c "SELECT format(E'\nquery: %s rows of drones, %s sightings, whose size is %s %% of that of the rows', (SELECT count(*)
	FROM drones), count(*), round(100.0 * wd_table_size('sightings') / wd_table_size('drones'), 2)) FROM sightings"

# Sightings of a time, from the rows, and flights(), from these.
psql -qXd bench <<'SQL'
CREATE FUNCTION raw_sightings(since timestamptz, until timestamptz) RETURNS SETOF sightings LANGUAGE sql STABLE AS $$
	SELECT a.bucket, a.kit_id, a.drone_id, a.first, a.last, a.points, a.min_alt, a.max_alt, a.max_speed, a.max_height,
		a.min_lat, a.max_lat, a.min_lon, a.max_lon, a.rssi, a.track_type,
		a.first_position[2], a.first_position[3], a.first_pos_time, a.last_position[2], a.last_position[3], a.last_pos_time,
		a.pilot[2], a.pilot[3], a.pilot_time, a.home[2], a.home[3], a.home_time,
		a.identity[2], a.identity[3], a.identity[4], a.identity[5], a.identity[6], a.identity_time
	FROM (
		SELECT date_bin('300 s', time, 'epoch') AS bucket, kit_id, drone_id, min(time) AS first, max(time) AS last,
			count(*) AS points, min(alt) AS min_alt, max(alt) AS max_alt, max(speed) AS max_speed,
			max(height) AS max_height, min(lat) AS min_lat, max(lat) AS max_lat, min(lon) AS min_lon,
			max(lon) AS max_lon, max(rssi) AS rssi, max(track_type) AS track_type,
			min(ARRAY[date_part('epoch', time), lat, lon]) FILTER (WHERE lat + lon IS NOT NULL) AS first_position,
			min(time) FILTER (WHERE lat + lon IS NOT NULL) AS first_pos_time,
			max(ARRAY[date_part('epoch', time), lat, lon]) FILTER (WHERE lat + lon IS NOT NULL) AS last_position,
			max(time) FILTER (WHERE lat + lon IS NOT NULL) AS last_pos_time,
			max(ARRAY[date_part('epoch', time), pilot_lat, pilot_lon])
				FILTER (WHERE pilot_lat + pilot_lon IS NOT NULL) AS pilot,
			max(time) FILTER (WHERE pilot_lat + pilot_lon IS NOT NULL) AS pilot_time,
			max(ARRAY[date_part('epoch', time), home_lat, home_lon])
				FILTER (WHERE home_lat + home_lon IS NOT NULL) AS home,
			max(time) FILTER (WHERE home_lat + home_lon IS NOT NULL) AS home_time,
			max(ARRAY[time::text, description, rid_make, rid_model, operator_id, callsign]) FILTER (WHERE
				coalesce(description, rid_make, rid_model, operator_id, callsign) IS NOT NULL) AS identity,
			max(time) FILTER (WHERE
				coalesce(description, rid_make, rid_model, operator_id, callsign) IS NOT NULL) AS identity_time
		FROM drones
		WHERE time >= since AND time < until
		GROUP BY 1, 2, 3
	) AS a $$;
SQL
sed '/^-- Those of/,$d
	s/FUNCTION flights(/FUNCTION raw_flights(/
	s/WITH parts AS/WITH sightings AS (SELECT * FROM raw_sightings(since - interval '"'1 day 10 minutes', until + interval '1 day'"')), parts AS/
	' tools/wd-store/sql/flights.sql | psql -qXd bench

# list SQL: print what it selects, as SQL strings.
list() {
	psql -qAtXd bench -c "SELECT coalesce(string_agg(quote_literal(v), ','), 'NULL') FROM ($1) AS t (v)"
}

# queries HOURS: print the queries of all panels, an object a line. "All" of a variable is a list of its values, as
# Grafana sends it.
queries() {
	local kits drones
	kits=$(list 'SELECT kit_id FROM kits')
	drones=$(list "$(tests/grafana.py "$1" config/grafana/dashboards/wd-drones.json |
		jq -r 'select(.panel == "$drone") | .query')")
	tests/grafana.py "$1" "$kits" "$drones" config/grafana/dashboards/*.json | jq -c 'select(.source == "wardragon")'
	jq -nc --arg hours "$1" '{dashboard: "all flights", panel: "SELECT *",
		query: "SELECT * FROM flights(now() - interval \u0027\($hours) hours\u0027, now())"}'
}

# from_rows HOURS: read queries, and print those that read sightings or flights with these computed from the rows of
# this time; of all times, if a query looks for earlier ones.
from_rows() {
	jq -c --arg hours "$1" 'select(.query | test("FROM (sightings|flights\\()")) | .panel += ", from rows"
		| (if .query | test("earlier") then "720" else $hours end) as $hours
		| .query |= "WITH sightings AS (SELECT * FROM raw_sightings(now() - interval \u0027\($hours) hours 10 minutes\u0027,
			now() + interval \u0027 1 day\u0027)) " + gsub("flights\\("; "raw_flights(")'
}

# measure HOURS RUNS: read queries, and record the median of the milliseconds that each takes.
measure() {
	jq -r --argjson runs "$2" '"\\echo @ \(.dashboard): \(.panel)", (range($runs + 1) as $run | .query + ";")' |
		{ printf '\\timing on\n\\o /dev/null\n' && cat; } | psql -qXd bench -v ON_ERROR_STOP=1 |
		awk '/^@ / {name = substr($0, 3); warm = 0}
			/^Time: / && warm++ {print name "\t" $2}' | sort -t $'\t' -k 1,1 -k 2n |
		jq -cRn --argjson hours "$1" '[inputs / "\t" | {name: .[0], ms: (.[1] | tonumber)}] | group_by(.name)[]
			| {title: "query", name: .[0].name, $hours,
				ms: ((.[((length - 1) / 2 | floor)].ms + .[(length / 2 | floor)].ms) / 2 | round)}' >>"$RUNS"
}

for hours in "${ranges[@]}"; do
	queries "$hours" >"$WORK/queries"
	measure "$hours" "$repeats" <"$WORK/queries"
	[ "$raw_repeats" = 0 ] || from_rows "$hours" <"$WORK/queries" | measure "$hours" "$raw_repeats"
done

printf '\nquery: PostgreSQL, ms, median of %s runs (from rows: %s)\n' "$repeats" "$raw_repeats"
jq -rs 'map(select(.title == "query")) as $all
	| ["panel", "1 h", "24 h", "7 d", "30 d"],
	  (($all | map(.name) | unique)[] as $name
	  | [$name, ($all[] | select(.name == $name) | .ms | tostring)])
	| @tsv' "$RUNS" | column -ts $'\t'
postgres_stop
trap - EXIT

file=sqlite:$WORK/bench.db
generate | "$BIN/wd-store" -q "$file"
compare 'query: flights of 30 d from SQLite' runs 1 \
	wd-dump "$BIN/wd-dump --type flight --since 30d $file"
