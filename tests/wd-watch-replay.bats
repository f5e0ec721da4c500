# wd-watch: the same input gives the same events, in any pieces, after kill -9, and from a database.
load lib
load watch

teardown() {
	stop_started
}

# flights: an hour of two kits: replies every 5 s, drones that come and go, a minute of coverage each.
flights() {
	python3 - <<-'X'
		import json, random
		random.seed(11)
		def at(s):
		    return "2026-11-23T%02d:%02d:%09.6fZ" % (18 + s // 3600, s // 60 % 60, s % 60)
		def put(**line):
		    print(json.dumps(line, separators=(",", ":")))
		place = {}
		for s in range(0, 3600, 5):
		    for kit in "ab":
		        put(type="reply", time=at(s), kit_id=kit, endpoint="drones", ok=True, poller="p")
		        if s % 60 == 0:
		            put(type="system_health", time=at(s), kit_id=kit, lat=50, lon=8, alt=100)
		    for d in range(12):
		        # Each drone is silent for a time that differs, and one kit receives it.
		        if (s // 5 + 7 * d) % (20 + 9 * d) < 14:
		            continue
		        east, north = place.get(d, (random.uniform(-3000, 3000), random.uniform(-3000, 3000)))
		        east += random.uniform(-150, 150) - east / 40
		        north += random.uniform(-150, 150) - north / 40
		        place[d] = east, north
		        put(type="drone", time=at(s - random.random() * 4), kit_id="ab"[d % 2], drone_id=f"d{d}",
		            track_type="drone", lat=round(50 + north / 111195, 7), lon=round(8 + east / 71475, 7),
		            alt=100 + d * 20, speed=d * 3)
	X
}

rules() {
	cat >watch.yaml <<-'X'
		zones:
		  - {name: HQ, circle: [50, 8], radius_m: 800}
		  - {name: East, polygon: [[49.9, 8.005], [49.9, 8.1], [50.1, 8.1], [50.1, 8.005]], floor_m: 150}
		known: [{tag: friendly, drone_id: "d1*"}]
		rules:
		  - {name: zones, on: [enter, dwell, leave, present], zones: [HQ, East], dwell: 30s, again: 20s, leave: 20m 15s}
		  - {name: fast, on: [enter, leave, lost], where: {speed: ">= 12"}, except: {known: friendly}}
		  - {name: visitors, on: [first_seen, seen, lost]}
	X
}

@test "a replay from a database gives the same events as live" {
	rules
	flights | wd-health -q --replay >lines
	wd-watch -r watch.yaml <lines >live
	wd-store -q sqlite:w.db live
	# The last minute may end before its time has been reached in the database.
	jq -c 'select(.type == "event" and .time < "2026-11-23T18:58:00")' live | sort >wanted
	[ "$(wc -l <wanted)" -gt 300 ]
	for kind in enter dwell leave first_seen seen lost; do
		grep -q "\"event\":\"$kind\"" wanted
	done
	wd-dump --replay-order sqlite:w.db >dump
	[ "$(jq -r .type dump | sort -u | xargs)" = 'coverage drone kit system_health' ]
	wd-watch -r watch.yaml --replay --only <dump | jq -c 'select(.time < "2026-11-23T18:58:00")' | sort >got
	diff wanted got
	# The kinds that a dump has besides change nothing in the rules.
	run -64 wd-dump --replay-order --type drone sqlite:w.db
	[[ $output == *'--since, --until and --kit only'* ]]
}

@test "pieces of any size give the same bytes" {
	rules
	flights | sed -n 1,600p >lines
	wd-watch -r watch.yaml lines >whole
	for size in 1 7 4096 random; do
		python3 - "$size" <<-'X' | wd-watch -q -r watch.yaml | cmp - whole
			import os, random, sys
			text, at = open("lines", "rb").read(), 0
			while at < len(text):
			    n = random.randrange(1, 20000) if sys.argv[1] == "random" else int(sys.argv[1])
			    at += os.write(1, text[at:at + n])
		X
	done
}

# killed ROUNDS: feed segments, each with a checkpoint, kill wd-watch in the middle of some, continue from the
# last checkpoint that came out, and compare the events with those of a run without an end.
killed() {
	python3 - "$1" <<-'X'
		import os, random, shutil, signal, subprocess, sys
		random.seed()
		lines = open("lines", "rb").read().splitlines(True)
		rounds, size = int(sys.argv[1]), 40
		segments = [lines[i:i + size] for i in range(0, len(lines), size)]
		os.makedirs("st/0123456789abcdef.0")
		os.symlink("0123456789abcdef.0", "st/current")
		done, kills, events = 0, 0, b""
		while done < len(segments):
		    watch = subprocess.Popen(["wd-watch", "-qq", "-r", "watch.yaml", "--only", "--state", "st/current/watch"],
		                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
		    fatal = done + random.randrange(6) if kills < rounds else None
		    while done < len(segments):
		        text = b"".join(segments[done])
		        if done == fatal:
		            watch.stdin.write(text[:random.randrange(len(text))])
		            watch.stdin.flush()
		            watch.send_signal(signal.SIGKILL)
		            kills += 1
		            break
		        mark = "0123456789abcdef.%d" % (done + 1)
		        watch.stdin.write(text + b'{"type":"mark","mark":"%s","save":true}\n' % mark.encode())
		        watch.stdin.flush()
		        for line in watch.stdout:
		            if b'"mark"' in line:
		                break
		            events += line
		        os.symlink(mark, "st/next")
		        os.rename("st/next", "st/current")
		        shutil.rmtree("st/0123456789abcdef.%d" % done)
		        done += 1
		    else:
		        watch.stdin.close()
		        events += watch.stdout.read()
		    watch.wait()
		    watch.stdout.close()
		open("events", "wb").write(events)
		print(kills)
	X
	cmp events whole
}

@test "kill -9 and checkpoints: no event is lost, none is written twice" {
	rules
	flights >lines
	wd-watch -r watch.yaml --only lines >whole
	run -0 killed 25
	[ "$output" = 25 ]
}

@test "kill -9 at 1,000 points" {
	[ "${WD_CHECK:-}" = long ] || skip "long: engine.t restarts at 1,000 points within the process"
	rules
	flights >lines
	wd-watch -r watch.yaml --only lines >whole
	total=0
	while ((total < 1000)); do
		rm -rf st
		run -0 killed 200
		total=$((total + output))
	done
}

@test "--zones prints what a rules file reads again, cut at the antimeridian" {
	cat >watch.yaml <<-'X'
		zones:
		  - {name: HQ, circle: [50, 8], radius_m: 800, ceiling_m: 100, above: kit}
		  - {name: "a<b", polygon: [[10, 179], [10, -179], [11, -179], [11, 179]]}
		known: [{tag: friendly, operator_id: "Police-*"}]
		rules: [{name: r, on: enter, zones: [HQ, "a<b"], enter: 1 in 1s}]
	X
	wd-watch -r watch.yaml --zones >zones.geojson
	[ "$(jq -c '.known' zones.geojson)" = '[{"tag":"friendly","key":"operator_id","pattern":"police-*"}]' ]
	[ "$(jq -c '[.features[].properties]' zones.geojson)" = '[{"name":"HQ","ceiling_m":100,"above":"kit"},{"name":"a<b","above":"sea"}]' ]
	jq -e '[.features[1].geometry | .. | numbers] | max == 180 and min == -180' zones.geojson
	jq -e '.features[1].geometry.type == "MultiPolygon"' zones.geojson
	cat >again.yaml <<-'X'
		zones: [{geojson: zones.geojson}]
		rules: [{name: r, on: enter, zones: [HQ, "a<b"], enter: 1 in 1s}]
	X
	{
		reply 0
		drone 100 790 in k1 ',"alt":9'
		drone 105 810 out
		for lon in 179.5 -179.5 178; do
			printf '{"type":"drone","time":"%s","kit_id":"k1","drone_id":"%s","lat":10.5,"lon":%s}\n' "$(at 110)" "$lon" "$lon"
		done
	} >lines
	wd-watch -r watch.yaml --only lines | jq -r .subject >first
	wd-watch -r again.yaml --only lines | jq -r .subject | diff first -
	[ "$(xargs <first)" = 'in 179.5 -179.5' ]
	run -64 wd-watch -r watch.yaml --zones lines
}
