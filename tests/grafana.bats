# The dashboards of config/grafana: every query runs, and shows something.
load lib

BOARDS=$ROOT/config/grafana/dashboards

setup_file() {
	pg_start
	cd "$BATS_FILE_TMPDIR"
	pg_database wd 2>/dev/null
	wd-store -q --migrate "$pg_url"
	pipeline
	wd-store -q "$pg_url" records 2>/dev/null
	pg_database original 2>/dev/null
	psql -qd original -f "$ROOT/tests/data/schema/original.sql"
	copy_rows
	"$ROOT/tests/grafana.py" "$BOARDS"/*.json >queries
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_FILE_TMPDIR"
}

teardown() {
	stop_started
}

# Six minutes of three kits, one of which has its clock wrong and one of which goes away.
pipeline() {
	local minute
	BATS_TEST_TMPDIR=$PWD sim --kits 3 --drones 4 --aircraft 2 --signals 3
	for kit in 1 2 3; do
		[ $kit != 1 ] || echo 'kits:'
		printf '  - {id: kit-%s, name: "Kit %s", api_url: "%s/kit-%s"}\n' $kit $kit "$sim_url" $kit
	done >kits.yaml
	wd-poll -q --once -c kits.yaml >once
	printf 'rules:\n  - {name: visitors, on: [first_seen]}\n' >watch.yaml
	BATS_TEST_TMPDIR=$PWD stop_started
	for minute in 6 5 4 3 2 1 0; do
		jq -c --argjson ago $((minute * 60)) 'if .type == "kit" and $ago < 360 then empty else . end |
			if .type == "reply" then .time = (now - $ago | strftime("%Y-%m-%dT%H:%M:%SZ")) else . end |
			if .kit_id == "kit-2" then .clock_offset_s = 12.5 else . end |
			if .type == "reply" and .kit_id == "kit-3" and $ago < 240
				then del(.body) + {ok: false, error: "timeout"} else . end' once
	done >replies
	{
		wd-normalize -q replies
		echo 'no record at all'
	} | wd-health -q --replay --prometheus metrics | wd-watch -q -r watch.yaml >records
}

# The rows of `wd`, as far as the original's tables can hold them.
copy_rows() {
	local table columns
	for table in drones signals system_health kits; do
		columns=$(pg_value original "SELECT string_agg(column_name, ',') FROM information_schema.columns
			WHERE table_name = '$table'")
		psql -qd wd -c "COPY (SELECT $columns FROM $table) TO STDOUT" |
			psql -qd original -c "COPY $table ($columns) FROM STDIN"
	done
}

# chosen FILTER: those that jq's FILTER chooses, as lines of base64.
chosen() {
	jq -r "select($1) | @base64" queries
}

# shows DATABASE QUERY: whether it gives rows; for a series, one with a value.
shows() {
	local sql where=
	sql=$(base64 -d <<<"$2" | jq -r .query)
	[ "$(base64 -d <<<"$2" | jq -r .format)" != time_series ] || where='WHERE value IS NOT NULL'
	[ "$(psql -qAtXd "$1" -v ON_ERROR_STOP=1 -c 'SET TimeZone = UTC' \
		-c "SELECT count(*) FROM ($sql) AS shown $where")" -gt 0 ]
}

name_of() {
	base64 -d <<<"$1" | jq -r '.dashboard + ": " + .panel'
}

@test "each is JSON with a uid of its own, and asks sources that are provisioned" {
	for board in "$BOARDS"/*.json; do
		[ "$(jq -r .uid "$board")" = "$(basename "$board" .json)" ]
		jq -e '[.panels[].id] | length == (unique | length)' "$board"
	done
	[ "$(jq -r .source queries | sort -u)" = "$(grep -oP '^ *uid: \K.*' \
		"$ROOT/config/grafana/provisioning/datasources/wardragon.yaml" | sort)" ]
	[ "$(wc -l <queries)" -ge 25 ]
}

@test "every query gives rows on a database that the pipeline has filled" {
	failed=0
	for query in $(chosen '.source == "wardragon"'); do
		shows wd "$query" || {
			name_of "$query"
			failed=1
		}
	done
	[ "$failed" = 0 ]
}

@test "every query except the documented ones gives rows on the original's tables" {
	failed=0
	# No column there shows how far a clock is off: the series is empty, not wrong.
	for query in $(chosen '.source == "wardragon" and (.migrated | not)'); do
		shows original "$query" || {
			[ "$(name_of "$query")" = 'wd-fleet: Clock offset' ] && continue
			name_of "$query"
			failed=1
		}
	done
	[ "$failed" = 0 ]
	for query in $(chosen '.migrated'); do
		run shows original "$query"
		[[ $output == *'does not exist'* ]]
	done
}

@test "what the panels show is what was received" {
	value() {
		psql -qAtXd wd -c "$(jq -r "select(.panel == \"$1\") | .query" queries)"
	}
	[ "$(value 'Drones now')" = "$(pg_value wd "SELECT count(DISTINCT drone_id) FROM drones WHERE track_type = 'drone'")" ]
	# Those of the six minutes, unless that was before midnight.
	[ "$(value 'New drones today')" = "$(pg_value wd "SELECT count(*) FROM (SELECT min(time) FROM drones
		WHERE track_type = 'drone' GROUP BY drone_id) AS first
		WHERE min >= date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'")" ]
	[[ $(value 'Kits by state') == *'offline|1'* ]]
	value Gaps | grep -q '^kit-3|kit_down|'
	[ "$(value 'Clock offset' | grep '|kit-2|' | head -1 | cut -d'|' -f3)" = 12.5 ]
	[ "$(value 'Kits' | cut -d'|' -f1-2)" = "$(printf 'kit-1|Kit 1\nkit-2|Kit 2\nkit-3|Kit 3')" ]
	[[ $(value Events) == *'|visitors||first_seen|'* ]]
	value 'Newest rejects' | grep -q 'not_json.*no record at all'
}

@test "30 days of coverage are at most 1,500 points a kit, and each minute without listening is among them" {
	pg_database month 2>/dev/null
	wd-store -q --migrate "$pg_url"
	psql -qd month <<-'X'
		INSERT INTO kits (kit_id) VALUES ('a'), ('b');
		INSERT INTO coverage (time, kit_id, state, requests, ok)
			SELECT date_trunc('minute', now()) - n * interval '1 minute', kit_id,
				CASE WHEN kit_id = 'b' AND n = 20000 THEN 'link_down' ELSE 'listening' END, 12, 12
			FROM generate_series(1, 43200) AS n, kits;
	X
	month=$("$ROOT/tests/grafana.py" 720 'SELECT kit_id FROM kits' "''" "$BOARDS/wd-fleet.json")
	for panel in Coverage 'Requests that succeeded'; do
		psql -qAtXd month -v ON_ERROR_STOP=1 \
			-c "$(jq -r --arg panel "$panel" 'select(.panel == $panel).query' <<<"$month")" >"points of $panel"
		[ "$(cut -d'|' -f2 "points of $panel" | sort -u)" = $'a\nb' ]
		[ "$(wc -l <"points of $panel")" -le 3000 ]
	done
	[ "$(cut -d'|' -f2-3 'points of Coverage' | sort | uniq | xargs)" = 'a|0 b|0 b|3' ]
}

# alerts DATABASE: the names of the alerts that fire there, with the kit if there is one.
alerts() {
	local title sql
	python3 - "$ROOT/config/grafana/provisioning/alerting/wardragon.yaml" <<-'X' >alerts
		import sys, yaml
		for rule in yaml.safe_load(open(sys.argv[1]))["groups"][0]["rules"]:
		    print(rule["title"], rule["data"][0]["model"]["rawSql"], sep="\t")
	X
	while IFS=$'\t' read -r title sql; do
		psql -qAtXd "$1" -v ON_ERROR_STOP=1 -c 'SET TimeZone = UTC' -c "$sql" | sed "s/^/$title /; s/|.*//"
	done <alerts
}

@test "the alerts have names of Prometheus's, run as SQL, and fire for what is wrong" {
	pg_database healthy 2>/dev/null
	wd-store -q --migrate "$pg_url"
	run -0 alerts healthy
	[ -z "$output" ]
	cut -f1 alerts | sort >ours
	sed -n 's/.* alert: //p' "$ROOT/config/prometheus/wardragon.rules.yml" | sort |
		diff - ours | sed -n 's/^[<>] //p' | diff - <(printf 'WarDragonDiskFull\nWarDragonMetricsOld\n')
	psql -qd healthy <<-'X'
		INSERT INTO kits (kit_id, status, last_seen) VALUES ('good', 'online', now()), ('lost', 'offline', now());
		INSERT INTO drones (time, kit_id, drone_id) VALUES (now(), 'good', 'd');
		INSERT INTO system_health (time, kit_id, clock_offset_s) VALUES
			(now(), 'good', 1), (now(), 'lost', -9), (now() - interval '8 minutes', 'good', 9);
	X
	run -0 alerts healthy
	[ "$output" = $'WarDragonKitOffline lost\nWarDragonClockOff lost' ]
	psql -qd healthy <<-'X'
		UPDATE kits SET last_seen = now() - interval '5 minutes';
		UPDATE system_health SET time = time - interval '11 minutes';
		INSERT INTO coverage (time, kit_id, state)
			SELECT now() - n * interval '1 minute', 'good', 'link_down' FROM generate_series(1, 20) AS n;
		INSERT INTO rejects (digest, time) SELECT 'x' || n, now() FROM generate_series(1, 11) AS n;
	X
	run -0 alerts healthy
	[ "$(cut -d' ' -f1 <<<"$output" | sort | xargs)" = 'WarDragonBlind WarDragonKitOffline WarDragonLinkDown WarDragonRejects WarDragonSpoolGrowing WarDragonStatusStandsStill' ]
	psql -qd healthy -c "UPDATE kits SET last_seen = now()" -c "DELETE FROM drones"
	alerts healthy | grep '^WarDragonNoRows'
}

@test "every PromQL query gives something on what wd-health writes" {
	{
		printf 'evaluation_interval: 1m\ntests:\n- interval: 1m\n  input_series:\n'
		grep -v '^#' metrics | while read -r series value; do
			printf "  - series: '%s'\n    values: '%s+1x5'\n" "$series" "$value"
		done
		printf '  promql_expr_test:\n'
		for query in $(chosen '.source == "wardragon-prometheus"'); do
			printf "  - expr: 'count(%s) > bool 0'\n    eval_time: 5m\n    exp_samples: [{labels: '{}', value: 1}]\n" \
				"$(base64 -d <<<"$query" | jq -r .query)"
		done
	} >test.yaml
	[ "$(grep -c 'expr:' test.yaml)" = 3 ]
	promtool test rules test.yaml
}
