# Other collectors, for the subject compare: each polls /drones of the kits every 5 s and adds its row to the table.
# shellcheck shell=bash disable=SC2154 # of kits.bash and compare.bash

collectd_config() {
	local number=0 url field
	echo "Interval 5"
	echo "BaseDir \"$WORK/collectd.d\""
	echo "PIDFile \"$WORK/collectd.d/pid\""
	echo "TypesDB \"/usr/share/collectd/types.db\""
	echo "LoadPlugin csv"
	echo "LoadPlugin curl_json"
	echo "<Plugin csv>"
	echo "  DataDir \"$WORK/collectd.d/csv\""
	echo "</Plugin>"
	echo "<Plugin curl_json>"
	while read -r url; do
		echo "  <URL \"$url/drones\">"
		echo "    Instance \"kit$((number += 1))\""
		for field in "${FIELDS[@]}"; do
			echo "    <Key \"drones/*/$field\">"
			echo "      Type \"gauge\""
			echo "    </Key>"
		done
		echo "  </URL>"
	done
	echo "</Plugin>"
}

# run_collector SECONDS COMMAND…: what it takes goes to $WORK/NAME, NAME being that of the program.
run_collector() {
	measured "$2" timeout -s TERM --preserve-status "$1" "${@:2}" >"$WORK/$2.log" 2>&1 || {
		tail -3 "$WORK/$2.log" >&2
		return 1
	}
	stop_simulator
}

by_collectd() {
	mkdir "$WORK/collectd.d"
	urls | collectd_config >"$WORK/collectd.conf"
	run_collector "$SECONDS_EACH" collectd -f -C "$WORK/collectd.conf"
	# Values of one altitude in a file each; the aircraft follow the drones.
	row 'collectd' "$(find "$WORK/collectd.d/csv" -name '*-alt-*' -exec cat {} + | grep -vc epoch)" - \
		"$(find "$WORK/collectd.d/csv" -name '*-[2-9]-alt-*' -exec cat {} + | grep -vc epoch)" \
		"${#FIELDS[@]}" - collectd
}

fluent_bit_config() {
	local url
	printf '[SERVICE]\n  Flush 1\n  Grace 1\n  Log_Level warn\n  Parsers_File %s\n' "$WORK/parsers.conf"
	while read -r url; do
		printf '[INPUT]\n  Name exec\n  Tag %s\n  Command curl -s %s/drones\n' "${url##*/}" "$url"
		printf '  Interval_Sec 5\n  Buf_Size 1mb\n  Parser reply\n'
	done
	printf '[OUTPUT]\n  Name file\n  Match *\n  Path %s\n  Format plain\n' "$WORK/fluent-bit.d"
}

telegraf_config() {
	printf '[agent]\n  interval = "5s"\n  round_interval = false\n  flush_interval = "1s"\n  omit_hostname = true\n'
	printf '[[inputs.http]]\n  urls = [%s]\n' "$(sed 's/.*/"&\/drones"/' | paste -sd,)"
	printf '  data_format = "json"\n  json_query = "drones"\n  tag_keys = ["id"]\n  json_string_fields = ["*"]\n'
	printf '[[outputs.file]]\n  files = ["%s"]\n  data_format = "json"\n' "$WORK/telegraf.json"
}

# store_plain FILTER FILE…: the rows that FILTER (of jq) makes from JSON lines: kit, and the members of a drone. Sets
# $kept to the number of members with a value, without times and ids.
store_plain() {
	jq -c "$1" "${@:2}" >"$WORK/plain.json"
	plain_table
	jq -r '[.observed_at // .last_update_time, .kit, .id, .alt] | @csv' "$WORK/plain.json" |
		psql -qX "$database_url" -c '\copy plain(time, kit, id, alt) FROM STDIN CSV'
	kept=$(jq -c 'del(.kit, .id, .track_type, .observed_at, .last_update_time) | paths(. != null and . != "" and
		(type | . != "object" and . != "array"))' "$WORK/plain.json" | sort -u | wc -l)
}

by_fluent_bit() {
	mkdir "$WORK/fluent-bit.d"
	printf '[PARSER]\n  Name reply\n  Format json\n' >"$WORK/parsers.conf"
	urls | fluent_bit_config >"$WORK/fluent-bit.conf"
	run_collector $((SECONDS_EACH + 2)) fluent-bit -c "$WORK/fluent-bit.conf"
	store_plain '.drones[] | .kit = input_filename' "$WORK"/fluent-bit.d/*
	finish_plain 'Fluent Bit' "$kept" fluent-bit
}

by_telegraf() {
	urls | telegraf_config >"$WORK/telegraf.conf"
	run_collector $((SECONDS_EACH + 2)) telegraf --config "$WORK/telegraf.conf"
	store_plain '.fields + {kit: .tags.url, id: .tags.id}' "$WORK/telegraf.json"
	finish_plain 'Telegraf' "$kept" telegraf
}
