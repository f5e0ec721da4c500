# wd-watch: many zones, many subjects, long times.
load lib
load watch

@test "1,000 zones of 1,000 corners" {
	python3 - <<-'P'
		import json, math, random
		unit = [(0.012 * math.cos(a / 500 * math.pi), 0.008 * math.sin(a / 500 * math.pi)) for a in range(1000)]
		def ring(i):
		    lat, lon = 50 + (i // 32) * 0.02, 8 + (i % 32) * 0.03
		    return [[round(lon + x, 6), round(lat + y, 6)] for x, y in unit]
		features = [{"type": "Feature", "properties": {"name": f"z{i}"},
		             "geometry": {"type": "Polygon", "coordinates": [ring(i) + ring(i)[:1]]}} for i in range(1000)]
		json.dump({"type": "FeatureCollection", "features": features}, open("zones.geojson", "w"))
		random.seed(2)
		with open("lines", "w") as lines, open("wanted", "w") as wanted:
		    lines.write('{"type":"reply","kit_id":"k","time":"2026-11-23T18:00:00Z","ok":true}\n')
		    for n in range(20000):
		        i = random.randrange(1000)
		        angle, part = random.uniform(0, 2 * math.pi), random.choice([random.uniform(0, 0.98), random.uniform(1.02, 1.2)])
		        lat = 50 + (i // 32) * 0.02 + part * 0.008 * math.sin(angle)
		        lon = 8 + (i % 32) * 0.03 + part * 0.012 * math.cos(angle)
		        lines.write('{"type":"drone","time":"2026-11-23T18:%02d:%02dZ","kit_id":"k","drone_id":"d%d","lat":%.7f,"lon":%.7f}\n'
		                    % (2 + n // 600, n // 10 % 60, n, lat, lon))
		        if part < 1:
		            wanted.write(f"d{n} z{i}\n")
	P
	cat >watch.yaml <<-'X'
		zones: [{geojson: zones.geojson}]
		rules:
	X
	for i in 0 1 2 3 4; do
		printf '  - {name: r%s, on: enter, enter: 1 in 1s, zones: [%s]}\n' "$i" \
			"$(seq -f 'z%.0f' -s, $((200 * i)) $((200 * i + 199)))" >>watch.yaml
	done
	wd-watch -r watch.yaml --only lines | jq -r '[.subject, .zone] | join(" ")' | diff wanted -
}

# crowd N: as many drones, each seen twice.
crowd() {
	awk -v n="$1" 'BEGIN {
		print "{\"type\":\"reply\",\"kit_id\":\"k\",\"time\":\"2026-11-23T18:00:00Z\",\"ok\":true}"
		for (i = 0; i < 2 * n; i++) {
			s = i / n * 30
			printf "{\"type\":\"drone\",\"time\":\"2026-11-23T18:02:%09.6fZ\",\"kit_id\":\"k\",\"drone_id\":\"drone-1581F5FH%09d\",\"lat\":50,\"lon\":8,\"track_type\":\"drone\"}\n", s, i % n
		}
	}'
}

@test "more subjects than are kept: those observed the longest time ago are dropped, memory is bounded" {
	[[ $BIN != *san* ]] || skip "sanitizers take memory of their own"
	sed -i 's/on: .*/on: [first_seen, enter, leave]/; s/where: .*/enter: 2 in 1m/' watch.yaml
	crowd 120000 >lines
	python3 - <<-'P'
		import json, resource, subprocess
		log = subprocess.run(["wd-watch", "-r", "watch.yaml", "--only", "lines"], stdout=subprocess.DEVNULL,
		                     stderr=subprocess.PIPE, text=True, check=True).stderr
		assert "subjects=100000" in log and "dropped=140000" in log, log
		peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
		assert peak < 128, peak
	P
}
