# wd-watch: which lines become events, and when.
load lib
load watch

@test "a drone that comes in, stays and leaves: enter, dwell, leave" {
	{
		reply 0
		for t in 100 105; do drone $t 3000; done
		for t in 110 115 120 175 180; do drone $t 100; done
		for t in 185 190 220; do drone $t 2000; done
	} >lines
	[ "$(events <lines)" = "115 intruder HQ enter d1 k1
175 intruder HQ dwell d1 k1
220 intruder HQ leave d1 k1" ]
}

@test "all lines are passed on byte for byte, and events follow their cause" {
	{
		reply 0
		echo '{"type": "other",  "x":1}'
		echo 'not JSON'
		drone 100 3000
		drone 110 100
		drone 115 100
	} >lines
	wd-watch -r watch.yaml <lines >out
	[ "$(tail -1 out | jq -r .event)" = enter ]
	head -n -1 out | cmp - lines
}

@test "an event has the place, the distance, the start and the reason" {
	cat >watch.yaml <<-'X'
		zones: [{name: HQ, circle: [50, 8], radius_m: 1000, ceiling_m: 200}]
		rules:
		  - {name: low, on: enter, zones: HQ, where: {speed: ">= 20", pilot_distance_m: "< 500"}, level: critical, enter: 1 in 1s}
	X
	{
		drone 0 3000 d1 k1 ',"alt":150,"speed":31.5'
		drone 200 140 d1 k1 ',"alt":150,"speed":31.5,"pilot_lat":50,"pilot_lon":8'
	} | wd-watch -r watch.yaml --only | jq -c 'del(.time, .since, .lat, .lon)' >out
	[ "$(cat out)" = '{"type":"event","rule":"low","zone":"HQ","event":"enter","subject":"d1","kit_ids":["k1"],"level":"critical","alt":150,"distance_m":140,"pilot_distance_m":140,"why":"in HQ, 140 m from its center, 1 of 1 observations, speed 31.5 >= 20, pilot_distance_m 140 < 500","text":"low: drone d1 entered HQ, 140 m from its center, 150 m above sea level, pilot 140 m away"}' ]
}

@test "what was inside when the rule was loaded is present, not entering" {
	{
		drone 0 100 d1
		drone 5 100 d1
		drone 100 100 d2
		drone 105 100 d2
	} >lines
	[ "$(events <lines)" = "5 intruder HQ present d1 k1
105 intruder HQ enter d2 k1" ]
}

@test "a kit that lists a silent drone again makes no event, and the drone is lost after a minute" {
	sed -i 's/on: .*/on: [first_seen, seen, lost]/; /zones: HQ/d' watch.yaml
	{
		drone 0 100
		for t in 5 10 30 59; do
			drone 0 100
			reply $t
		done
		reply 61
		drone 120 100
		reply 130
	} >lines
	[ "$(events <lines)" = "0 intruder  first_seen d1 k1
60 intruder  lost d1 k1
120 intruder  seen d1 k1" ]
}

@test "a subject is lost by the time of the kits that received it, and ticks move theirs" {
	sed -i 's/on: .*/on: [lost]/; /zones: HQ/d' watch.yaml
	{
		reply 0 k1
		reply 0 k2
		drone 0 100 d1 k1
		reply 500 k2
	} >lines
	[ -z "$(events <lines)" ]
	printf '{"type":"tick","time":"%s"}\n' "$(at 90)" >>lines
	[ "$(events <lines)" = "60 intruder  lost d1 k1" ]
}

@test "one drone that three kits receive is one subject with all of them" {
	{
		drone 0 3000 d1 a
		for kit in c a b; do drone 100 100 d1 $kit; done
		for kit in b c a; do drone 105 100 d1 $kit; done
		for t in 150 165; do drone $t 100 d1 c; done
	} >lines
	[ "$(events <lines)" = "105 intruder HQ enter d1 a+b+c
165 intruder HQ dwell d1 a+b+c" ]
}

@test "encrypted placeholders are distinguished by kit" {
	{
		reply 0
		for kit in a b; do
			drone 100 100 drone-alert $kit
			drone 105 100 drone-alert $kit
		done
	} >lines
	[ "$(events <lines)" = "105 intruder HQ enter drone-alert@a a
105 intruder HQ enter drone-alert@b b" ]
}

@test "an older observation causes no transition, a late one no event" {
	{
		reply 1000
		drone 990 3000
		drone 980 100
		drone 985 100
		drone 600 100 d2
		drone 605 100 d2
	} >lines
	[ -z "$(events <lines)" ]
	[ "$(events --late 1000 <lines)" = "605 intruder HQ present d2 k1" ]
}

@test "an event is not repeated within again:" {
	sed -i '$a\    leave: 20m 0s' watch.yaml
	{
		reply 0
		drone 90 3000
		for t in 100 105; do drone $t 100; done
		drone 110 3000
		for t in 115 120; do drone $t 100; done
		drone 125 3000
		for t in 200 205; do drone $t 100; done
	} >lines
	[ "$(events <lines)" = "105 intruder HQ enter d1 k1
110 intruder HQ leave d1 k1
205 intruder HQ enter d1 k1" ]
}

@test "known drones have a tag, and rules can leave them out" {
	cat >>watch.yaml <<-'X'
		    except: {known: friendly}
		known:
		  - {tag: friendly, operator_id: "DEU-Police-*"}
	X
	{
		reply 0
		for t in 100 105; do
			drone $t 100 ours k1 ',"operator_id":"DEU-POLICE-7"'
			drone $t 100 theirs k1 ',"operator_id":"x"'
		done
	} >lines
	[ "$(events <lines)" = "105 intruder HQ enter theirs k1" ]
}

@test "floor and ceiling, above the kit; an unknown altitude counts as inside" {
	sed -i 's/radius_m: 1000/&, floor_m: 50, ceiling_m: 100, above: kit/; s/where: .*/enter: 1 in 1s/' watch.yaml
	{
		printf '{"type":"system_health","time":"%s","kit_id":"k1","lat":50,"lon":8,"alt":200}\n' "$(at 0)"
		drone 100 100 low k1 ',"alt":220'
		drone 100 100 mid k1 ',"alt":270'
		drone 100 100 high k1 ',"alt":310'
		drone 100 100 none k1
	} >lines
	[ "$(events <lines | cut -d' ' -f5 | xargs)" = "mid none" ]
	wd-watch -r watch.yaml --only <lines | tail -1 | jq -e '.why | test("altitude unknown")'
}

@test "a kit that goes offline and comes back" {
	cat >watch.yaml <<-'X'
		rules: [{name: kits, on: [offline, online, stale], where: {kit_id: "k*"}, again: 0s}]
	X
	{
		status 0 online
		status 15 online
		status 30 offline
		status 60 online
		status 90 offline x9
	} >lines
	[ "$(events <lines)" = "30 kits  offline k1 k1
60 kits  online k1 k1" ]
}

@test "a signal appears, and appears again" {
	cat >watch.yaml <<-'X'
		rules: [{name: video, on: signal, where: {freq_mhz: 5600..6000}}]
	X
	signal() {
		printf '{"type":"signal","time":"%s","kit_id":"k1","freq_mhz":%s}\n' "$(at "$1")" "$2"
	}
	{
		signal 0 5800
		signal 5 5800
		signal 5 2400
		reply 100
		signal 200 5800
	} >lines
	[ "$(events <lines)" = "0 video  signal 5800 MHz k1
200 video  signal 5800 MHz k1" ]
}

@test "names that drive a terminal or hide are inert in text and why" {
	sed -i '/zones: HQ/d; s/on: .*/on: first_seen/; s/where: .*/where: {description: "*"}/' watch.yaml
	printf '%s\n' '{"type":"drone","time":"2026-11-23T18:00:00Z","kit_id":"k1","drone_id":"a\u001b[2J\u202eb\u200b","description":"x\u2066y\n`reboot`"}' |
		wd-watch -r watch.yaml --only >out
	jq -e '[.text, .why] | all(test("[\\p{C}]") | not)' out
	jq -e '.subject == "a\u001b[2J\u202eb\u200b"' out
	not grep -qP '[\x00-\x09\x0b-\x1f\x7f]' out
}

@test "zones in GeoJSON: a hole, the antimeridian, limits" {
	cat >zones.geojson <<-'X'
		{"type":"FeatureCollection","features":[
		 {"type":"Feature","properties":{"name":"ring","ceiling_m":500},"geometry":{"type":"Polygon","coordinates":
		  [[[7,49],[9,49],[9,51],[7,51],[7,49]],[[7.9,49.9],[8.1,49.9],[8.1,50.1],[7.9,50.1],[7.9,49.9]]]}},
		 {"type":"Feature","properties":{"name":"date line"},"geometry":{"type":"MultiPolygon","coordinates":
		  [[[[179,49],[180,49],[180,51],[179,51],[179,49]]],[[[-180,49],[-179,49],[-179,51],[-180,51],[-180,49]]]]}}]}
	X
	cat >watch.yaml <<-'X'
		zones: [{geojson: zones.geojson}]
		rules: [{name: r, on: enter, zones: [ring, date line], enter: 1 in 1s}]
	X
	reply 0 >lines
	for place in 50,8 50,8.5 50,-179.5 50,179.5 50,0; do
		printf '{"type":"drone","time":"%s","kit_id":"k","drone_id":"%s","lat":%s,"lon":%s}\n' "$(at 100)" \
			"$place" "${place%,*}" "${place#*,}"
	done >>lines
	[ "$(events <lines)" = "100 r ring enter 50,8.5 k
100 r date line enter 50,-179.5 k
100 r date line enter 50,179.5 k" ]
}

@test "errors in the rules are named with file, line and text" {
	check() {
		printf '%s\n' "$1" >wrong.yaml
		run -78 wd-watch -r wrong.yaml --check
		[[ $output == "wd-watch: wrong.yaml:$2"* ]] || {
			echo "got: $output" >&2
			return 1
		}
	}
	local zone='zones: [{name: z, circle: [50, 8], radius_m: 5}]'
	check 'rules: [{name: a, on: enter, zones: HQ}]' '1: no such zone key=HQ'
	check 'rules: [{name: a, on: entre}]' '1: not an event; see wd-rules(5) key=entre'
	check 'rules: [{name: a, on: enter, colour: red}]' '1: unknown key of a rule key=colour'
	check 'rules: [{name: a, on: enter, where: {speed: "> fast"}}]' '1: not a comparison'
	check 'rules: [{name: a, on: enter, enter: 9 in 1s}]' '1: expected N in TIME'
	check 'rules: [{name: a, on: enter, leave: 20 30s}]' '1: expected a distance and a time'
	check 'rules: [{name: a, on: enter}, {name: a, on: enter}]' '1: a second rule of this name key=a'
	check 'rulez: []' '1: unknown key key=rulez'
	check 'zones: [{name: z, circle: [95, 8], radius_m: 5}]' '1: expected [latitude, longitude] in degrees'
	check 'zones: [{name: z, circle: [50, 8]}]' '1: a circle needs a radius_m'
	check 'zones: [{name: z, polygon: [[0, 0], [1, 1], [1, 0], [0, 1]]}]' '1: the polygon crosses itself'
	check "$zone
rules: [{name: a, on: enter, zones: z, dwell: soon}]" '2: expected a time such as 60s key=soon'
	run -78 wd-watch -r missing.yaml --check
	run -64 wd-watch
	[[ $output == *'-r FILE'* ]]
}

@test "the example has every key and is valid" {
	run -0 wd-watch -r "$ROOT/config/watch.yaml.example" --check
	[ "$output" = '5 rules, 2 zones, 3 known' ]
}

@test "--state: a restart goes on as if there had been no end, for every place to cut" {
	{
		drone 0 3000
		for t in 100 105 110 165 170; do drone $t 100; done
		status 171 online
		for t in 175 180 210; do drone $t 2000; done
		reply 300
		drone 400 100
	} >lines
	wd-watch -r watch.yaml --only <lines >whole
	[ "$(wc -l <whole)" = 3 ]
	for n in $(seq 0 "$(wc -l <lines)"); do
		rm -f state
		head -n "$n" lines | wd-watch -r watch.yaml --only --state state >cut
		tail -n +$((n + 1)) lines | wd-watch -r watch.yaml --only --state state >>cut
		cmp whole cut
	done
}

@test "--state: events that could not be written are not those of a later run" {
	{ drone 0 3000 && for t in 100 105 110; do drone $t 100; done; } >lines
	wd-watch -r watch.yaml --only <lines >whole
	[ -s whole ]
	run -74 bash -c 'wd-watch -r watch.yaml --only --state state <lines >/dev/full'
	wd-watch -r watch.yaml --only --state state <lines | cmp - whole
}

@test "--state: a rule that changed is a new one, one that did not goes on" {
	{
		drone 0 100
		drone 5 100
	} | wd-watch -r watch.yaml --only --state state >/dev/null
	sed -i 's/radius_m: 1000/radius_m: 900/' watch.yaml
	[ "$({ drone 10 100 && drone 15 100; } | events --state state)" = "15 intruder HQ present d1 k1" ]
}

@test "--state: a file that is not whole is an error" {
	drone 0 100 | wd-watch -r watch.yaml --state state >/dev/null
	sed -i '$d' state
	run -65 wd-watch -r watch.yaml --state state
	[[ $output == *'not a whole state file file=state hint='* ]]
}

@test "--state: a time outside of 1970 to 2255 is ignored and leaves the state readable" {
	{
		for year in 0226 1969 9999; do drone 0 100 | sed "s/2026-/$year-/"; done
		drone 0 100
		drone 5 100
	} >lines
	[ "$(events --state state <lines)" = "5 intruder HQ present d1 k1" ]
	[ -z "$(events --state state <lines)" ]
}

@test "--state: any text as the status of a kit leaves the state readable" {
	echo '{"type":"kit_status","time":"2026-11-23T18:00:05Z","kit_id":"k","status":"\f\"]\\"}' >lines
	wd-watch -r watch.yaml --state state <lines >out
	wd-watch -r watch.yaml --state state <lines >out
	cmp lines out
}

@test "checkpoints: the state is there before the mark is, and current is left alone" {
	mkdir -p st/0123456789abcdef.1
	ln -s 0123456789abcdef.1 st/current
	{
		drone 0 3000
		for t in 100 105; do drone $t 100; done
		echo '{"type":"mark","mark":"0123456789abcdef.2","save":true}'
	} >lines
	wd-watch -r watch.yaml --state st/current/watch <lines | grep -q '"mark"'
	[ -s st/0123456789abcdef.2/watch ]
	[ -z "$(ls st/0123456789abcdef.1)" ]
	ln -sfn 0123456789abcdef.2 st/current
	[ "$(for t in 110 165; do drone $t 100; done | events --state st/current/watch)" = "165 intruder HQ dwell d1 k1" ]
}

@test "10,000 random walks with 5 m of noise along an edge: one enter and one leave a crossing" {
	cat >watch.yaml <<-'X'
		zones: [{name: west, polygon: [[49, 7], [49, 8], [51, 8], [51, 7]]}]
		rules: [{name: edge, on: [enter, leave], zones: west, again: 0s}]
	X
	python3 - >lines <<-'X'
		import random
		random.seed(7)
		def line(t, drone, metres):
		    print('{"type":"drone","time":"2026-11-23T%02d:%02d:%02dZ","kit_id":"k","drone_id":"d%d",'
		          '"lat":50,"lon":%.7f}' % (t // 3600, t // 60 % 60, t % 60, drone, 8 + metres / 71475))
		for drone in range(10000):
		    # From the outside to the edge, along it, inside, along it, and out.
		    for i, metres in enumerate([200, 100] + [0] * 20 + [-50] * 2 + [0] * 20 + [100] * 8):
		        line(5 * i, drone, metres + random.uniform(-5, 5))
	X
	wd-watch -r watch.yaml --only <lines |
		jq -r '[.subject, .event] | join(" ")' | sort | uniq -c | awk '{print $1, $3}' | sort | uniq -c >counts
	[ "$(awk '{print $1, $2, $3}' counts)" = "10000 1 enter
10000 1 leave" ]
}
