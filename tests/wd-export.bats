# wd-export: geojson, kml, csv, cot.
load lib
load export

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# features FILE: print the GeoJSON features as "role kind id geometry".
features() {
	jq -r '.features[] | [.properties.role, .properties.kind, .properties.id // "-",
		.geometry.type] | join(" ")' "$1"
}

@test "geojson: legs of tracks are lines with times, everything else is a point" {
	records | wd-export geojson >out
	features out >got
	diff - got <<-'END'
	heard drone =cmd|' /C calc'!A1 Point
	pilot drone d1 Point
	home drone d1 Point
	track drone d1 LineString
	track drone d1 Point
	signal signal 5800 MHz Point
	kit kit - Point
	track aircraft adsb-a1b2c3 Point
	END
	run -0 jq -c '.features[] | select(.geometry.type == "LineString") |
		[.geometry.coordinates, .properties.coordTimes, .properties.speed, .properties.alt]' out
	[ "$output" = '[[[-71.001,42.001,100.5],[-71.0005,42.0015,101]],["2026-11-23T10:00:00.000000Z","2026-11-23T10:00:05.250000Z"],[10,11],[100.5,101]]' ]
	[ "$(jq -r '.datum + " " + .units.speed' out)" = "WGS 84 m/s" ]
	# A record without a description does not remove the known one.
	[ "$(jq -r '.features[] | select(.properties.role == "track") | .properties.description' out |
		sort -u)" = "$(printf '%s\nnull' "$hostile" | sort)" ]
}

@test "geojson: --gap splits a track at longer gaps" {
	records | wd-export geojson --gap 1h >out
	[ "$(features out | grep '^track drone d1')" = 'track drone d1 LineString' ]
	# If some points of a leg have no altitude, its line has none and its list has nulls.
	run -0 jq -c '.features[] | select(.geometry.type == "LineString") |
		[(.geometry.coordinates | map(length)), .properties.alt]' out
	[ "$output" = '[[2,2,2],[100.5,101,null]]' ]
}

@test "geojson: a drone without a position is a range around the kit" {
	records | wd-export geojson >out
	run -0 jq -c '.features[] | select(.properties.role == "heard") |
		[.geometry.coordinates, .properties.range_m, .properties.rssi]' out
	[ "$output" = '[[-71,42],984,-80]' ]
}

@test "geojson: GDAL reads it, including hostile names" {
	records | wd-export geojson >out.geojson
	ogrinfo -ro -al -q out.geojson >seen
	[ "$(grep -c '^OGRFeature' seen)" = 8 ]
	grep -F "description (String) = $hostile" seen
	grep -F "id (String) = =cmd|' /C calc'!A1" seen
	grep -F 'LINESTRING Z (-71.001 42.001 100.5,-71.0005 42.0015 101)' seen
	ogrinfo -ro -al -so out.geojson | grep -F 'GEOGCRS["WGS 84"'
}

@test "geojson: a kit_status line keeps the other properties of a kit" {
	cat >in <<-'END'
	{"type":"kit_status","time":"2026-11-23T12:00:00.000000Z","kit_id":"k","status":"online"}
	{"type":"system_health","time":"2026-11-23T10:00:00.000000Z","kit_id":"k","lat":1,"lon":2,"cpu_percent":12.5}
	END
	wd-export geojson in >out
	[ "$(jq -c '.features[0].properties | [.status, .cpu_percent]' out)" = '["online",12.5]' ]
}

@test "kml: well-formed, one folder per kit, tracks with times" {
	records | wd-export kml --title 'Day <1>' >out.kml
	xmllint --noout out.kml
	value() {
		xmllint --xpath "$1" out.kml
	}
	[ "$(value 'string(//*[local-name()="Document"]/*[local-name()="name"])')" = 'Day <1>' ]
	[ "$(value 'count(//*[local-name()="Folder"])')" = 2 ]
	[ "$(value 'count(//*[local-name()="Track"])')" = 4 ]
	[ "$(value 'count(//*[local-name()="when"])')" = 5 ]
	[ "$(value 'count(//*[local-name()="coord"])')" = 5 ]
	[ "$(value 'string(//*[local-name()="coord"])')" = '-71.0010000 42.0010000 100.5' ]
	grep -q 'of drones above the WGS 84 ellipsoid' out.kml
	# Lines: path, drone to pilot, ring of the drone without a position, ring of the signal. Points: pilot, home.
	[ "$(value 'count(//*[local-name()="LineString"])')" = 4 ]
	[ "$(value 'count(//*[local-name()="Point"])')" = 2 ]
}

@test "kml: GDAL reads it; hostile names are text in balloons, too" {
	records | wd-export kml >out.kml
	ogrinfo -ro -al -q out.kml >seen
	grep -F "  description (String) = $hostile" seen
	grep -F "  Name (String) = Received without position: =cmd|' /C calc'!A1" seen
	# A balloon is HTML: the text is escaped twice.
	xmllint --xpath '//*[local-name()="Placemark"][2]/*[local-name()="description"]/text()' \
		out.kml | grep -F 'description: &amp;lt;/script&amp;gt;&amp;lt;script&amp;gt;x()'
}

@test "csv: Python reads one header with units and one row per record" {
	records | wd-export csv >out.csv
	cat >read.py <<-'END'
	import csv, json, sys
	rows = list(csv.DictReader(open("out.csv", newline="", encoding="utf-8")))
	print(json.dumps([[r["time [UTC]"], r["drone_id"], r["lat [deg WGS 84]"], r["speed [m/s]"],
	    r["description"]] for r in rows]))
	END
	python3 read.py >rows
	[ "$(jq length rows)" = 5 ]
	[ "$(jq -r '.[0][4]' rows)" = "$hostile" ]
	[ "$(jq -c '.[0][:4]' rows)" = '["2026-11-23T10:00:00.000000Z","d1","42.001","10"]' ]
	# Formulas are marked as text; control characters are replaced.
	[ "$(jq -r '.[3][1]' rows)" = "'=cmd|' /C calc'!A1" ]
	[ "$(jq -c '.[3][4]' rows)" = '"��-￿\r\n2"' ]
	# RFC 4180: every line ends with CR LF.
	[ "$(tail -c 2 out.csv | xxd -p)" = 0d0a ]
	ogrinfo -ro -al -so out.csv | grep -qx 'Feature Count: 5'
}

@test "control characters are escaped, and readers of the format get them back" {
	local text=$'a\u007f\u009b2J\u00a0'
	printf '{"type":"drone","time":"2026-11-23T10:00:00Z","kit_id":"k","drone_id":"d","lat":1,"lon":2,"description":"%s","callsign":"%s"}\n' \
		"$text" "$text" >record
	for format in geojson kml cot csv; do
		wd-export "$format" record >"out.$format"
		run -1 grep -aP '\x7f|\xc2[\x80-\x9f]' "out.$format"
	done
	[ "$(jq -r '.features[0].properties.description' out.geojson)" = "$text" ]
	[ "$(xmllint --xpath 'string(//*[local-name()="value"][contains(., "2J")])' out.kml)" = "$text" ]
	[ "$(xmllint --xpath 'string(//contact/@callsign)' out.cot)" = "$text" ]
	# HTML reads a reference to a C1 character as another character: it must not be one.
	xmllint --xpath 'string(//*[local-name()="Placemark"]/*[local-name()="description"])' out.kml |
		grep -aqF "description: $text"
}

@test "csv: --raw writes plain names and values" {
	records | wd-export csv --raw >out.csv
	head -1 out.csv | grep -q '^time,kit_id,drone_id,lat,lon,alt,'
	grep -q "^[^,]*,k1,=cmd|' /C calc'!A1," out.csv
}

@test "csv: --type selects the table" {
	records | wd-export csv --type signal >out.csv
	[ "$(sed -n 2p out.csv | cut -d, -f1-4)" = '2026-11-23T10:00:09.000000Z,k1,5800,-60.5' ]
	records | wd-export csv --type kit >out.csv
	[ "$(tr -d '\r' <out.csv | cut -d, -f1-5)" = "$(printf 'kit_id,name,location,api_url,enabled\nk1,Alpha & co,here,,')" ]
	run -64 wd-export csv --type nothing </dev/null
	[ "$output" = 'wd-export: unknown record type type=nothing' ]
}

@test "cot: one well-formed event per line" {
	records | wd-export cot --stale 30 >out
	[ "$(wc -l <out)" = 10 ]
	while read -r event; do
		xmllint --noout - <<<"$event"
	done <out
	(echo '<all>' && cat out && echo '</all>') >all.xml
	value() {
		xmllint --xpath "$1" all.xml
	}
	[ "$(value 'string(//event[@uid="wd-drone.d1"]/@type)')" = a-u-A-M-H-Q ]
	[ "$(value 'string(//event[@uid="wd-drone.d1"]/@stale)')" = 2026-11-23T10:00:30.000000Z ]
	[ "$(value 'string(//event[@uid="wd-drone.d1"]/point/@hae)')" = 100.5 ]
	[ "$(value 'string(//event[@uid="wd-pilot.d1"]/point/@lat)')" = 42.0020000 ]
	[ "$(value 'string(//event[@uid="wd-aircraft.adsb-a1b2c3"]/detail/contact/@callsign)')" = UAL1 ]
	[ "$(value 'string(//event[@uid="wd-aircraft.adsb-a1b2c3"]/detail/track/@speed)')" = 200 ]
	[ "$(value 'count(//event[@uid="wd-kit.k1"])')" = 1 ]
	value 'string(//event[@uid="wd-drone.d1"]/detail/remarks)' | grep -F "; $hostile"
}

@test "cot: a detection without a position is placed at its kit if that is known" {
	records | wd-export cot | grep -F 'uid="wd-drone.=cmd' >out
	grep -F 'how="m-r"' out | grep -F '<point lat="42.0000000" lon="-71.0000000" hae="9999999.0" ce="984.' 
	records | grep -v system_health >lost
	run -0 wd-export cot lost
	[[ $output == *'are not on the map detections=1'* ]]
	not grep -F 'uid="wd-drone.=cmd' <<<"$output"
}

@test "cot and csv: each record is written at once" {
	mkfifo in
	for format in cot csv; do
		start out wd-export "$format" in
		exec 9>in
		records >&9
		wait_for 5 grep -q UAL1 out
		exec 9>&-
		wait "$started"
	done
}

@test "cot: the type follows ua_type and category" {
	for type in 1 2 4 7 ''; do
		printf '{"type":"drone","time":"2026-11-23T10:00:00Z","kit_id":"k","drone_id":"%s","lat":1,"lon":2,"ua_type":"%s"}\n' \
			"d$type" "$type"
	done >in
	printf '{"type":"drone","time":"2026-11-23T10:00:00Z","kit_id":"k","drone_id":"%s","lat":1,"lon":2,"track_type":"aircraft","category":"%s"}\n' \
		plane A3 helicopter A7 >>in
	wd-export cot in | sed -E 's/.*uid="wd-[a-z]+\.([^"]*)" type="([^"]*)".*/\1 \2/' >types
	diff types - <<-'END'
	d1 a-u-A-M-F-Q
	d2 a-u-A-M-H-Q
	d4 a-u-A-M-H-Q
	d7 a-u-A
	d a-u-A
	plane a-n-A-C-F
	helicopter a-n-A-C-H
	END
}

@test "a warning if no line has an exported type" {
	run -0 --separate-stderr wd-export geojson <<<'{"type":"reply","kit_id":"k","time":"2026-01-01T00:00:00Z","ok":false}'
	[ "$(jq '.features | length' <<<"$output")" = 0 ]
	[ "$stderr" = 'wd-export: no line has a type that this format exports lines=1' ]
	run -0 --separate-stderr wd-export csv --type signal <<<'{"type":"drone"}'
	[[ $stderr == *'no line has a type that this format exports'* ]]
	run -0 --separate-stderr wd-export kml </dev/null
	[ -z "$stderr" ]
}

@test "a forgotten wd-normalize is detected, in every format" {
	{
		records
		cat "$DATA/captures/replies.ndjson"
	} >in
	replies=$(jq -c 'select(.type == "reply" and .body)' "$DATA/captures/replies.ndjson" | wc -l)
	for format in geojson kml csv cot html; do
		wd-export "$format" in >out 2>err
		grep -qx "wd-export: replies that were not normalized: $replies; hint=wd-normalize" err
	done
	wd-normalize in | wd-export cot >out 2>err
	not grep 'not normalized' err
}

# at_terminal COMMAND: run it in a shell at a terminal and print what the terminal shows.
at_terminal() {
	python3 -c 'import pty, sys; sys.exit(pty.spawn(["bash", "-c", sys.argv[1]]) >> 8)' "$1" | tr -d '\r'
}

@test "at a terminal a closed pipe ends it by SIGPIPE, silently; elsewhere it is status 74" {
	jq -nc 'range(20000) | {type: "drone", time: (1795464500 + . | todate), kit_id: "k", drone_id: "d"}' >in
	run -0 at_terminal 'wd-export csv in | head -1 | cut -c1-4; echo ${PIPESTATUS[0]}'
	[ "$output" = $'time\n141' ]
	run -0 bash -c 'wd-export csv in 2>err | head -1 | cut -c1-4; echo ${PIPESTATUS[0]}'
	[ "$output" = $'time\n74' ]
	[ "$(cat err)" = 'wd-export: cannot write file=stdout reason="Broken pipe"' ]
}

@test "malformed lines are counted; --strict exits with 65" {
	printf 'no json\n{"type":"drone","kit_id":"k"}\n{"a":1}\n{"type":"new kind"}\n{"type":"kit","kit_id":"k"}\n' >in
	for format in geojson kml cot; do
		run -0 --separate-stderr wd-export "$format" in
		[ "$stderr" = 'wd-export: lines that are not records lines=3' ]
		run -65 wd-export "$format" --strict in
	done
	run -0 wd-export geojson --strict /dev/null
}

@test "no input gives a valid empty file" {
	[ "$(wd-export geojson </dev/null | jq '.features | length')" = 0 ]
	wd-export kml </dev/null | xmllint --noout -
	[ "$(wd-export csv </dev/null | wc -l)" = 1 ]
	[ -z "$(wd-export cot </dev/null)" ]
}

@test "--max-points bounds the memory: tracks are thinned, with a warning" {
	jq -nc 'range(5000) | {type: "drone", time: (1795464500 + . | todate), kit_id: "k",
		drone_id: "d", lat: (10 + . / 10000), lon: 20}' >in
	run -0 --separate-stderr wd-export geojson --max-points 1000 in
	[ "$stderr" = 'wd-export: tracks thinned stride=8 hint=--max-points' ]
	points=$(jq '.features[0].geometry.coordinates | length' <<<"$output")
	((points > 300 && points < 1000))
	[ "$(jq -c '.features[0].geometry.coordinates | [.[0], .[-1]]' <<<"$output")" = '[[20,10],[20,10.4999]]' ]
}

@test "a missing or unknown format is a usage error" {
	run -64 wd-export
	[[ ${lines[0]} == 'wd-export: missing or unknown format: expected geojson, kml, csv, cot or html'* ]]
	run -64 wd-export pdf
	[[ ${lines[0]} == 'wd-export: missing or unknown format: expected geojson, '*' argument=pdf' ]]
}

# xpath FILE EXPRESSION: print the value of an XPath expression.
xpath() {
	xmllint --xpath "$2" "$1"
}

# modes FILE NAME: print the altitude mode of each geometry of the placemark with this name.
modes() {
	xmllint --xpath "//*[local-name()='Placemark'][*[local-name()='name']='$2']//*[local-name()='altitudeMode']/text()" "$1"
}

@test "kml: a track is split where altitude is missing; height alone is relative to the ground" {
	wd-export kml "$DATA/export/altitudes.ndjson" >out.kml
	xmllint --noout out.kml
	[ "$(modes out.kml mixed)" = $'absolute\nclampToGround\nabsolute' ]
	[ "$(modes out.kml neg)" = absolute ]
	[ "$(modes out.kml noalt)" = relativeToGround ]
	[ "$(modes out.kml 'Path of noalt')" = relativeToGround ]
	ogrinfo -ro -al -q out.kml >seen
	grep -F 'MULTILINESTRING Z ((35.6 31.5 40,35.6 31.51 50))' seen
	grep -F 'MULTILINESTRING Z ((35.5 31.5 -400,35.5 31.51 -390))' seen
	# The antimeridian splits, too.
	grep -F 'MULTILINESTRING Z ((179.999 -16.5 100),(-179.999 -16.5 100))' seen
}

@test "kml: the path of a leg is a LineString with a time span, for viewers without gx:Track" {
	jq -nc 'range(9) | {type: "drone", time: (1795464500 + . | todate), kit_id: "k", drone_id: "d",
		lat: (10 + . / 100), lon: 20, track_type: "drone"} + (if . == 4 then {} else {alt: 100} end)' >in
	wd-export kml in >out.kml
	[ "$(modes out.kml 'Path of d')" = $'absolute\nclampToGround\nabsolute' ]
	# Each line begins where the one before ends.
	run -0 xpath out.kml '//*[local-name()="LineString"]/*[local-name()="coordinates"]/text()'
	[ "${lines[0]##* }" = 20.0000000,10.0300000,100 ]
	[ "${lines[1]}" = '20.0000000,10.0300000,0 20.0000000,10.0400000,0 20.0000000,10.0500000,0' ]
	[ "${lines[2]%% *}" = 20.0000000,10.0500000,100 ]
	run -0 xpath out.kml '//*[local-name()="TimeSpan"]/*/text()'
	[ "${lines[*]}" = "$(jq -r .time in | sed -n '1s/Z/.000000Z/p;$s/Z/.000000Z/p' | xargs)" ]
}

@test "position 0,0 is unknown, in every format" {
	echo '{"type":"drone","time":"2026-11-25T16:00:00Z","kit_id":"k","drone_id":"d","lat":0,"lon":0,"pilot_lat":0,"pilot_lon":0}' >in
	[ "$(wd-export geojson in | jq '.features | length')" = 0 ]
	[ -z "$(wd-export cot in)" ]
	not grep -q '<Placemark>' <(wd-export kml in)
}

@test "placeholders of encrypted drones are marked, apart by kit and frequency, never joined" {
	in=$DATA/export/encrypted.ndjson
	wd-export geojson "$in" | jq -c '.features[] | select(.properties.kind == "encrypted") |
		[.properties.role, .properties.kit_id, .properties.id, .geometry]' >got
	diff - got <<-'END'
	["heard","k1","drone-alert 2437 MHz",{"type":"Point","coordinates":[-71,42]}]
	["encrypted","k1","drone-alert 5756.5 MHz",{"type":"MultiPoint","coordinates":[[-71,42.01,50],[-71.01,42.02,60]]}]
	["encrypted","k2","drone-alert 5756.5 MHz",{"type":"Point","coordinates":[-72,43.5]}]
	END
	# Whose pilot it is, is not known.
	[ "$(wd-export geojson "$in" | jq '[.features[] | select(.properties.role == "pilot" or .properties.role == "home")] | length')" = 0 ]
	wd-export kml "$in" >out.kml
	xmllint --noout out.kml
	[ "$(xpath out.kml 'count(//*[local-name()="Track"])')" = 1 ] # of the kit
	[ "$(xpath out.kml 'count(//*[local-name()="Placemark"][starts-with(*[local-name()="name"], "Encrypted: ")]//*[local-name()="Point"])')" = 3 ]
	wd-export cot "$in" | grep -o 'uid="wd-encrypted[^"]*"' | sort -u >uids
	diff - uids <<-'END'
	uid="wd-encrypted.k1.drone-alert 2437 MHz"
	uid="wd-encrypted.k1.drone-alert 5756.5 MHz"
	uid="wd-encrypted.k2.drone-alert 5756.5 MHz"
	END
	[ "$(wd-export cot "$in" | grep -c 'encrypted: may stand for several drones')" = 4 ]
}

@test "the position of an emitter is exported with a role of its own" {
	in=$DATA/export/emitter.ndjson
	wd-export geojson "$in" | jq -c '.features[] | select(.properties.role == "emitter") |
		[.properties.id, .properties.source, .geometry]' >got
	diff - got <<-'END'
	["gfsk_fhss-netid-25","sik_reasm",{"type":"LineString","coordinates":[[-82.4,27.95,100],[-82.4,27.951,110]]}]
	END
	wd-export kml "$in" >out.kml
	xmllint --noout out.kml
	[ "$(modes out.kml 'Path of gfsk_fhss-netid-25')" = absolute ]
	run -0 wd-export cot "$in"
	[ "$(grep -c 'uid="wd-emitter.gfsk_fhss-netid-25".*<point lat="27.95' <<<"$output")" = 2 ]
	# Two kits that receive a signal are two markers, each at its kit.
	[ "$(grep -o 'uid="wd-signal[^"]*"' <<<"$output")" = $'uid="wd-signal.k1.fpv-alert-5800MHz"\nuid="wd-signal.k2.fpv-alert-5800MHz"' ]
	grep -q 'power 0.031 (linear)' <<<"$output"
}

@test "cot: events match the schema; hae is what the kit sends" {
	echo '{"type":"drone","time":"2026-11-25T16:00:07Z","kit_id":"k2","drone_id":"x","lat":1,"lon":1,"alt":1e300,"speed":1e20,"heading":1e-9,"gps_accuracy":-5}' >odd
	records >ordinary
	(echo '<events>' && wd-export cot ordinary odd "$DATA"/export/*.ndjson && echo '</events>') >all.xml
	xmllint --noout --schema "$DATA/export/cot-event.xsd" all.xml
	[ "$(xpath all.xml 'string(//event[@uid="wd-aircraft.adsb-a1b2c3"]/point/@hae)')" = 3048 ]
	xpath all.xml 'string(//event[@uid="wd-aircraft.adsb-a1b2c3"]/detail/remarks)' |
		grep -F '; hae as sent by the kit: geometric or barometric'
	[ "$(xpath all.xml 'count(//remarks[contains(., "barometric")])')" = 1 ]
}
