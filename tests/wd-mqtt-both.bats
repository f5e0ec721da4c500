# wd-mqtt together with wd-poll, and with wd-sim.
load lib
load wd-mqtt

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_started
}

@test "a kit with source: both gives liveness by MQTT and its rows by HTTP only" {
	# The recorded polls at a fifth of their interval, on a kit whose clock runs as ours does.
	mkdir fast
	for file in "$DATA/captures/dragonsync"/poll*.http; do
		poll=${file##*/poll}
		date=$(date -u -d "@$((1795456770 + 10#${poll%%-*}))" '+%a, %d %b %Y %H:%M:%S GMT')
		sed "1,/^\r*$/s/^Date: .*/Date: $date\r/" "$file" >"fast/${file##*/}"
	done
	sim --replay fast
	cat >kits.yaml <<-END
		kits:
		  - id: alpha
		    mqtt_id: $KIT
		    api_url: $sim_url
		    source: both
		    poll_interval: 1
		    status_interval: 6
		    rate_limit: 0
	END
	broker
	receive mqtt -c kits.yaml --default-kit alpha "$broker_url"
	start http wd-poll -c kits.yaml
	# The same observations by MQTT from a kit whose clock is wrong, or right.
	for shift in 0 4 6 40; do
		publish $shift <"$PUBLISHES"
	done
	received mqtt
	all_polled() {
		[ "$(grep -c '"endpoint":"status".*"body"' http)" -ge 2 ] &&
			[ "$(grep -c '"endpoint":"drones".*"body"' http)" -ge 12 ]
	}
	wait_for 40 all_polled
	finish mqtt
	ends_within 2 "$started"
	# It is there, and says nothing else.
	[ "$(jq -c 'select(.kit_id == "alpha" and .ok) | [.endpoint, .via, .body]' mqtt | sort -u)" = '["status","mqtt",null]' ]
	cat http mqtt | wd-normalize | wd-health 2>/dev/null | wd-store -q sqlite:both.db
	[ "$(sqlite_value both.db "SELECT (SELECT count(*) FROM drones) || ' ' || (SELECT count(*) FROM signals)")" = '75 36' ]
	[ "$(sqlite_value both.db 'SELECT count(*) FROM system_health')" = 2 ]
	[ "$(sqlite_value both.db "SELECT kit_id || ' ' || source FROM kits WHERE kit_id NOT LIKE 'end%'")" = 'alpha both' ]
}

# stored DATABASE FILE…: the rows that these lines become.
stored() {
	cat "${@:2}" | wd-normalize | wd-health 2>/dev/null | wd-store -q "sqlite:$1"
	wd-dump --type drone --type signal --type system_health "sqlite:$1"
}

# good_replies COUNT FILE: whether the kit `skewed` has that many lines of good replies.
good_replies() {
	[ "$(grep -c '"kit_id":"skewed".*"ok":true' "$2")" -ge "$1" ]
}

@test "with source: both and a clock that is off, the rows are exactly those of HTTP" {
	broker
	sim
	right=$sim_url
	for skew in 4 6 40; do
		sim --clock-skew $skew --mqtt "$broker_url"
		skewed=$started
		cat >kits.yaml <<-END
			kits:
			  - {id: skewed, mqtt_id: wardragon-SIM1-0001, api_url: $sim_url, source: both, poll_interval: 0.3, status_interval: 0.6, rate_limit: 0}
			  - {id: right, api_url: $right, poll_interval: 0.3, rate_limit: 0}
		END
		receive mqtt -c kits.yaml "$broker_url"
		start http wd-poll -c kits.yaml
		poller=$started
		wait_for 20 good_replies 12 http
		wait_for 20 good_replies 1 mqtt
		ends_within 2 "$poller"
		ends_within 2 "$receiver"
		kill "$skewed"
		not grep -q '"body"' mqtt
		offset=$(jq -r 'select(.kit_id == "skewed" and .endpoint == "drones") | .clock_offset_s' http | sort -u)
		echo "offsets with a skew of $skew s: $offset"
		case $skew in
			4) [ "$offset" = null ] ;;
			6) [[ $offset =~ ^[5-7]$ ]] ;;
			40) [[ $offset =~ ^(39|40|41)$ ]] ;;
		esac
		diff <(stored http-$skew.db http) <(stored both-$skew.db http mqtt)
		[ "$(sqlite_value both-$skew.db "SELECT count(*) FROM drones WHERE kit_id = 'skewed'")" -ge 6 ]
		[ "$(sqlite_value both-$skew.db "SELECT source FROM kits WHERE kit_id = 'skewed'")" = both ]
	done
}

@test "wd-sim and wd-mqtt: a thousand kits publish, and each is stored and online" {
	ulimit -n 4096
	broker
	receive lines "$broker_url"
	sim --kits 1000 --drones 1 --aircraft 1 --signals 1 --mqtt "$broker_url"
	sim=$started
	# Each publishes its status at the start, then every 30 s; drones every 2 s.
	complete() {
		[ "$(grep -o '^{"type":"reply","kit_id":"[^"]*","endpoint":"'"$1"'"' lines | sort -u | wc -l)" = 1000 ]
	}
	for endpoint in status drones signals; do
		wait_for 30 complete $endpoint
	done
	ends_within 2 "$receiver"
	kill "$sim"
	wd-normalize lines | wd-health -q --state state | wd-store -q sqlite:t.db
	[ "$(sqlite_value t.db "SELECT count(DISTINCT kit_id) FROM drones WHERE track_type = 'drone'")" = 1000 ]
	[ "$(sqlite_value t.db "SELECT count(DISTINCT kit_id) FROM drones WHERE track_type = 'aircraft'")" = 1000 ]
	[ "$(sqlite_value t.db 'SELECT count(DISTINCT kit_id) FROM signals')" = 1000 ]
	[ "$(sqlite_value t.db 'SELECT count(DISTINCT kit_id) FROM system_health')" = 1000 ]
	[ "$(sqlite_value t.db "SELECT status, source, count(*) FROM kits GROUP BY 1, 2")" = 'online|mqtt|1000' ]
	[ "$(sqlite_value t.db 'SELECT count(*) FROM rejects')" = 0 ]
}

@test "kits.source is how the data of a kit arrives; a kit that publishes keeps its mqtt, and its name" {
	broker
	sim
	printf '%s\n' kits: "- {id: alpha, api_url: $sim_url, source: both}" "- {id: beta, api_url: $sim_url/kit-1}" \
		'- {id: gamma, source: mqtt}' >kits.yaml
	# As the collector that we replace left them.
	printf '{"type":"kit","kit_id":"%s","name":"Old","source":"%s"}\n' pub mqtt alpha mqtt beta mqtt gamma http |
		wd-store -q sqlite:t.db
	receive mqtt -c kits.yaml "$broker_url"
	message wardragon/drones '{"id":"d1","seen_by":"pub","observed_at":1}' | publish
	message wardragon/drones '{"id":"d1","seen_by":"alpha","observed_at":1}' | publish
	received mqtt
	finish mqtt
	wd-poll -q --once -c kits.yaml >http
	for order in 'mqtt http' 'http mqtt'; do
		# shellcheck disable=SC2086 # two files
		cat $order | wd-normalize | wd-health -q 2>/dev/null | wd-store -q sqlite:t.db
		[ "$(sqlite_value t.db "SELECT kit_id, source, name FROM kits WHERE kit_id NOT LIKE 'end%' ORDER BY 1" | xargs)" = \
			'alpha|both|Old beta|http|Old gamma|mqtt|Old pub|mqtt|Old' ]
	done
}
