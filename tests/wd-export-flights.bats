# wd-export: lines of flights.
load lib
load export

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# flights: print lines of flights, the second with a hostile name and without positions.
flights() {
	cat <<-END
	{"type":"flight","time":"2026-11-23T10:00:00.000000Z","drone_id":"d1","ended":"2026-11-23T10:20:00.500000Z","duration_s":1200.5,"kit_ids":["k1","k2"],"path_m":1234,"points":241,"track_type":"drone","max_alt":101,"rssi":-40,"first_lat":42.001,"first_lon":-71.001,"last_lat":42.01,"last_lon":-71.01,"pilot_lat":42.002,"pilot_lon":-71.002,"operator_id":"op-1"}
	{"type":"flight","time":"2026-11-23T11:00:00.000000Z","drone_id":"d2","ended":"2026-11-23T11:00:00.000000Z","duration_s":0,"kit_ids":["k1"],"points":1,"track_type":"aircraft","callsign":$hostile_json}
	{"type":"flight","time":"2026-11-23T12:00:00.000000Z","drone_id":"d3","first_lat":1,"first_lon":179.9,"last_lat":2,"last_lon":-179.9}
	{"type":"flight","time":"2026-11-23T13:00:00.000000Z","drone_id":"d4","first_lat":0,"first_lon":0,"last_lat":91,"last_lon":0,"pilot_lat":3,"pilot_lon":4}
	END
}

@test "geojson: a flight is one feature, a line from its first position to its last" {
	flights | wd-export geojson >map.json
	jq -e '.features | length == 4' map.json
	jq -c '.features[] | [.properties.role, .properties.kind, .properties.id, .geometry]' map.json | diff - <(cat <<-'END'
		["flight","drone","d1",{"type":"LineString","coordinates":[[-71.001,42.001],[-71.01,42.01]]}]
		["flight","aircraft","d2",null]
		["flight","drone","d3",{"type":"Point","coordinates":[-179.9,2]}]
		["flight","drone","d4",{"type":"Point","coordinates":[4,3]}]
	END
	)
	jq -c '.features[0].properties | [.first_time, .last_time, .duration_s, .kit_ids, .path_m, .points, .pilot_lat]' \
		map.json | diff - <(echo '["2026-11-23T10:00:00.000000Z","2026-11-23T10:20:00.500000Z",1200.5,["k1","k2"],1234,241,42.002]')
	[ "$(jq -r '.features[1].properties.callsign' map.json)" = "$hostile" ]
	# Among the records that they were computed from.
	{ records; flights; } | wd-export geojson | jq -e '[.features[].properties.role] | index("flight") and index("track")'
	ogrinfo -q -al map.json >out
	[ "$(grep -c '^OGRFeature' out)" = 4 ]
}

@test "kml: a flight is one placemark, with a time span; a hostile name stays text" {
	{ records; flights; } | wd-export kml >map.kml
	xmllint --noout map.kml
	python3 - <<-'END'
		import xml.etree.ElementTree as tree
		space = {"k": "http://www.opengis.net/kml/2.2"}
		flights = [mark for mark in tree.parse("map.kml").getroot().iter("{%(k)s}Placemark" % space)
			if mark.find("k:name", space).text.startswith("Flight of ")]
		assert len(flights) == 4
		first, second = flights[:2]
		assert first.find("k:name", space).text == "Flight of d1"
		assert first.find("k:TimeSpan/k:end", space).text == "2026-11-23T10:20:00.500000Z"
		assert first.find("k:LineString/k:coordinates", space).text == "-71.0010000,42.0010000 -71.0100000,42.0100000"
		data = {item.get("name"): item.find("k:value", space).text for item in first.iter("{%(k)s}Data" % space)}
		assert data["path_m"] == "1234" and data["operator_id"] == "op-1" and "first_lat" not in data, data
		assert "</script>" in second.find("k:name", space).text and second.find("k:Point", space) is None
	END
}

@test "csv: a flight is one row, and a bad one is counted" {
	flights | wd-export csv --raw --type flight >out.csv
	python3 -c 'import csv; rows = list(csv.DictReader(open("out.csv", newline="")))
assert len(rows) == 4 and rows[0]["drone_id"] == "d1" and rows[0]["path_m"] == "1234", rows
assert rows[0]["kit_ids"] == "[\"k1\",\"k2\"]" and rows[0]["time"] == "2026-11-23T10:00:00.000000Z", rows'
	for format in geojson kml; do
		run -65 wd-export --strict $format <<<'{"type":"flight","time":"2026-11-23","drone_id":7}'
		[[ $output == *'lines that are not records lines=1' ]]
	done
}

@test "html, cot and csv of another type have no flights: a warning counts them" {
	for format in html cot csv; do
		run -0 --separate-stderr wd-export "$format" < <(records && flights)
		[ "$stderr" = 'wd-export: flights are not exported lines=4 hint="wd-export geojson, kml, or csv --type flight"' ]
		run -0 --separate-stderr wd-export "$format" < <(records)
		[[ $stderr != *flights* ]]
	done
}
