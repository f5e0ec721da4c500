# The alert rules of config/prometheus: each alerts on its condition, and none on a healthy collector; all metrics
# are those of wd-health, and documented.
load lib

RULES=$ROOT/config/prometheus/wardragon.rules.yml

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# series NAME{LABELS} VALUES: an input series of a test of promtool.
series() {
	printf "      - series: '%s'\n        values: '%s'\n" "$1" "$2"
}

# alerts AFTER ALERT LABELS SERIES VALUES…: whether the rules raise just that alert then ("-": none).
alerts() {
	local after=$1 alert=$2 labels=$3
	shift 3
	{
		printf 'rule_files: [%s]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series:\n' "$RULES"
		while [ $# -gt 0 ]; do
			series "$1" "$2"
			shift 2
		done
		printf '    promql_expr_test:\n      - expr: sort(count by (alertname, kit_id) (ALERTS{alertstate="firing"}))\n'
		printf '        eval_time: %s\n        exp_samples: [%s]\n' "$after" \
			"$([ "$alert" = - ] || printf "{labels: '{alertname=\"%s\"%s}', value: 1}" "$alert" "$labels")"
	} >test.yaml
	promtool test rules test.yaml
}

# The time of promtool's tests begins at 0: the reply of a running collector is one second old.
healthy=('wardragon_last_reply_timestamp_seconds' '0+60x300' 'wardragon_kit_records_total{kit_id="a",type="drone"}' '0+10x300')

@test "promtool accepts the rules, and each has a summary and a remedy" {
	promtool check rules "$RULES"
	[ "$(grep -c ' alert: ' "$RULES")" = "$(grep -c ' remedy: ' "$RULES")" ]
	[ "$(grep -c ' alert: ' "$RULES")" = "$(grep -c ' summary: ' "$RULES")" ]
}

@test "a healthy collector raises no alert" {
	alerts 3h - '' "${healthy[@]}" 'wardragon_kit_state{kit_id="a",state="online"}' '1x300' \
		'wardragon_kit_state{kit_id="a",state="offline"}' '0x300' 'wardragon_link_is_down' '0x300' \
		'wardragon_rejects_total' '5x300' 'wardragon_kit_clock_offset_seconds{kit_id="a"}' '1x300' \
		'wardragon_kit_blind_seconds{kit_id="a"}' '120x300' 'wardragon_kit_status_stands_still{kit_id="a"}' '0x300' \
		'node_filesystem_avail_bytes{mountpoint="/"}' '9e9x300' 'node_textfile_mtime_seconds{file="/x/wd.prom"}' '0+60x300'
}

@test "each condition raises its alert, after its time" {
	alerts 4m - '' "${healthy[@]}" 'wardragon_kit_state{kit_id="a",state="offline"}' '1x300'
	alerts 6m WarDragonKitOffline ',kit_id="a"' "${healthy[@]}" 'wardragon_kit_state{kit_id="a",state="offline"}' '1x300'
	alerts 6m WarDragonBlind ',kit_id="a"' "${healthy[@]}" 'wardragon_kit_blind_seconds{kit_id="a"}' '1200x300'
	alerts 6m WarDragonLinkDown '' "${healthy[@]}" 'wardragon_link_is_down' '1x300'
	alerts 12m WarDragonSpoolGrowing '' 'wardragon_last_reply_timestamp_seconds' '0+60x3 180x300'
	alerts 150m WarDragonNoRows '' 'wardragon_last_reply_timestamp_seconds' '0+60x300' \
		'wardragon_kit_records_total{kit_id="a",type="drone"}' '7x300'
	alerts 20m WarDragonRejects '' "${healthy[@]}" 'wardragon_rejects_total' '0x5 0+5x300'
	alerts 15m WarDragonClockOff ',kit_id="a"' "${healthy[@]}" 'wardragon_kit_clock_offset_seconds{kit_id="a"}' '-9x300'
	alerts 15m WarDragonStatusStandsStill ',kit_id="a"' "${healthy[@]}" 'wardragon_kit_status_stands_still{kit_id="a"}' '1x300'
	alerts 15m WarDragonDiskFull '' "${healthy[@]}" 'node_filesystem_avail_bytes{mountpoint="/var"}' '1e9x300'
	alerts 15m WarDragonMetricsOld '' "${healthy[@]}" 'node_textfile_mtime_seconds{file="/x/wd.prom"}' '0x300'
}

@test "the metrics of the rules and of the manual are those that wd-health writes" {
	wd-health --prometheus x.prom <"$DATA/captures/replies.ndjson" >out 2>err
	sed -n 's/^# TYPE \([^ ]*\) .*/\1/p' x.prom | sort >written
	grep -oE 'wardragon_[a-z_]+' "$RULES" | sort -u | comm -23 - written | diff /dev/null -
	sed -nE 's/^\.It Li (wardragon_[a-z_]+).*/\1/p' "$ROOT/man/wd-health.1" | sort | diff written -
}

@test "Grafana has an alert for each condition that its metrics show" {
	python3 - "$ROOT/config/grafana/prometheus-alerts.yaml" "$RULES" <<-'X'
		import sys, yaml
		grafana, prometheus = (yaml.safe_load(open(name)) for name in sys.argv[1:])
		shown = {rule["title"]: rule for group in grafana["groups"] for rule in group["rules"]}
		for rule in prometheus["groups"][0]["rules"]:
		    data = shown.pop(rule["alert"])["data"]
		    assert data[0]["model"]["expr"] == " ".join(rule["expr"].split()), rule["alert"]
		assert not shown, shown
	X
}
