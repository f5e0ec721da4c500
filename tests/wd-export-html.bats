# wd-export html: the page, opened in headless Chromium.
load lib
load export

setup() {
	cd "$BATS_TEST_TMPDIR"
}

browser() {
	"$BATS_TEST_DIRNAME/browser.py" "$@"
}

# page OPTION…: write the page of records() to page.html.
page() {
	records | wd-export html "$@" >page.html
}

quiet='{"requests": [], "complaints": []}'
# Longer than the delay of the list, and two frames, which a busy machine draws late.
settled='await new Promise(done =>
	setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 300));'

# after CODE…: run each in the page in turn and set $value to the value of the last. Fails if the page
# requested anything or logged to the console.
after() {
	local code expressions=()
	for code; do
		expressions+=("(async () => {$code; $settled})()")
	done
	expressions[-1]="(async () => {$settled return $code})()"
	browser page.html "${expressions[@]}" >said
	[ "$(tail -1 said)" = "$quiet" ]
	value=$(tail -2 said | head -1)
}

@test "the page is self-contained and requests nothing" {
	page
	# The text of Leaflet contains links that are never followed.
	not grep -E ' (src|href)=|url\(|@import|sourceMappingURL' <(sed '/!function/d' page.html)
	after '({...document.body.dataset})'
	[ "$(jq -c '[.things, .points, .tracks, .markers, .rings]' <<<"$value")" = '["5","5","1","4","2"]' ]
	after 'map.setView([42.1, -71.1], 10)' '({...document.body.dataset})'
	[ "$(jq -c '[.tracks, .markers]' <<<"$value")" = '["1","5"]' ]
	after 'map.setView([42.1, -71.1], 10)' "[...document.querySelectorAll('#list b')].map(b => b.textContent)"
	[ "$(jq -r '.[]' <<<"$value" | sort)" = "$(printf '%s\n' 'd1' "=cmd|' /C calc'!A1" 'UAL1' \
		'5800 MHz' 'Alpha & co' | sort)" ]
	after 'map.setView([42.1, -71.1], 10)' "byId('count').textContent"
	[ "$value" = '"2 drones, 1 aircraft, 1 signal, 1 kit in view"' ]
}

@test "the title is text" {
	page --title "Day <b>1</b> </title><script>x()</script>"
	after '[document.title, byId("title").textContent, document.querySelectorAll("script").length]'
	[ "$(jq -r '.[0]' <<<"$value")" = 'Day <b>1</b> </title><script>x()</script>' ]
	[ "$(jq -r '.[1]' <<<"$value")" = 'Day <b>1</b> </title><script>x()</script>' ]
	[ "$(jq -r '.[2]' <<<"$value")" = 3 ]
}

@test "hostile strings are inert wherever they are shown" {
	jq -nc --arg t "$hostile<img src=x onerror=alert(1)><iframe src=//x.example>" '
		{type: "drone", time: "2026-11-23T10:00:00Z", kit_id: $t[:60], drone_id: $t[30:90], lat: 1, lon: 2,
			track_type: "drone", description: $t, operator_id: $t, callsign: $t}' >in
	wd-export html in >page.html
	after 'document.querySelector("#list button").click()' \
		'[document.querySelectorAll("#panel img, aside img, iframe, script:not([type]), b script").length,
			byId("subject").textContent, [...document.querySelectorAll("#facts dd")].map(d => d.textContent)]'
	[ "$(jq '.[0]' <<<"$value")" = 2 ]
	[ "$(jq -r '.[1]' <<<"$value")" = "$hostile<img src=x onerror=alert(1)><iframe src=//x.example>" ]
	jq -e --arg t "$hostile<img src=x onerror=alert(1)><iframe src=//x.example>" \
		'.[2] | map(select(. == $t)) | length == 3' <<<"$value"
}

@test "bidirectional and invisible characters are shown by their codes" {
	jq -nc '{type: "drone", time: "2026-11-23T10:00:00Z", kit_id: "k", drone_id: "d", lat: 1, lon: 2,
		callsign: "\u202eABC\u200b\u0007", operator_id: "two\nlines\u2066"}' >in
	wd-export html in >page.html
	after 'document.querySelector("#list button").click()' \
		'[byId("subject").textContent, [...document.querySelectorAll("#facts dd")].at(-1).textContent]'
	[ "$value" = '["⟨202E⟩ABC⟨200B⟩⟨0007⟩", "two lines⟨2066⟩"]' ]
}

@test "the policy blocks other scripts and requests" {
	page
	browser page.html "(() => {
		const script = document.createElement('script');
		script.textContent = 'window.ran = true';
		document.body.append(script);
		document.body.insertAdjacentHTML('beforeend', '<img src=\"http://127.0.0.1:9/x\" onerror=\"window.ran = true\">');
		return fetch('http://127.0.0.1:9/').then(() => 'loaded', () => 'refused');
	})()" 'Boolean(window.ran)' >said
	[ "$(sed -n 1,2p said)" = "$(printf '"refused"\nfalse')" ]
	[ "$(tail -1 said | jq '.requests | length')" = 0 ]
	tail -1 said | jq -e '.complaints | map(select(contains("Content Security Policy"))) | length >= 3'
}

@test "the slider selects the time" {
	page
	after 'slider.value = Date.parse("2026-11-23T10:00:06Z"); slider.dispatchEvent(new Event("input"))' \
		'({...document.body.dataset, clock: byId("clock").textContent})'
	[ "$(jq -c '[.markers, .rings, .clock]' <<<"$value")" = '["2","0","2026-11-23 10:00:06 UTC"]' ]
	# A trail of one minute hides older points.
	after 'byId("trail").value = "60000"; byId("trail").dispatchEvent(new Event("change"))' \
		'({...document.body.dataset})'
	[ "$(jq -c '[.markers, .tracks, .rings]' <<<"$value")" = '["2","0","0"]' ]
}

@test "playback starts from the beginning and stops at the end" {
	page
	after 'byId("speed").value = "3600"; byId("speed").dispatchEvent(new Event("change")); play.click(); window.began = view.time' \
		'new Promise(done => {const wait = () => playing ? setTimeout(wait, 20) : done(0); wait()})' \
		'[window.began === view.first, view.time === view.last, play.getAttribute("aria-label")]'
	[ "$value" = '[true, true, "Play"]' ]
}

@test "search and kinds filter; the list follows the map" {
	page
	after 'byId("search").value = "ual1"; byId("search").dispatchEvent(new Event("input"))' \
		'byId("count").textContent'
	[ "$value" = '"1 aircraft found"' ]
	# Selecting a row moves the map to it.
	after 'byId("search").value = "ual1"; byId("search").dispatchEvent(new Event("input"))' \
		'document.querySelector("#list button").click()' \
		'[map.getBounds().contains([42.2, -71.2]), byId("subject").textContent, document.body.dataset.markers]'
	[ "$value" = '[true, "UAL1", "1"]' ]
	after 'document.querySelectorAll("#kinds button")[0].click()' \
		'[document.body.dataset.markers, byId("count").textContent]'
	[ "$value" = '["2", "1 signal, 1 kit in view"]' ]
	after 'map.setView([42.2, -71.2], 15)' 'byId("count").textContent'
	[ "$value" = '"1 aircraft in view"' ]
}

@test "a click on the map selects; Escape and a click elsewhere deselect" {
	page
	click='const at = map.latLngToContainerPoint([42.01, -71.01]);
		const box = byId("map").getBoundingClientRect();
		for (const type of ["mousedown", "mouseup", "click"])
			byId("map").dispatchEvent(new MouseEvent(type, {bubbles: true, view: window,
				clientX: box.x + at.x + OFF, clientY: box.y + at.y}))'
	after "${click/OFF/3}" '[byId("details").hidden, byId("subject").textContent, byId("now").textContent + byId("facts").textContent]'
	[ "$(jq -c '.[:2]' <<<"$value")" = '[false,"d1"]' ]
	[[ $value == *"Position42.010000, -71.010000"* && $value == *"Pilot42.002000, -71.002000"* ]]
	after "${click/OFF/3}" 'document.dispatchEvent(new KeyboardEvent("keydown", {key: "Escape"}))' \
		'byId("details").hidden'
	[ "$value" = true ]
	after "${click/OFF/3}" "${click/OFF/200}" 'byId("details").hidden'
	[ "$value" = true ]
}

@test "dark and light theme, from the system and by the button" {
	page
	run -0 browser --dark page.html 'theme.name' 'byId("theme").click(); theme.name'
	[ "${lines[0]} ${lines[1]}" = '"dark" "light"' ]
	run -0 browser page.html 'theme.name'
	[ "${lines[0]}" = '"light"' ]
}

@test "a drone far from all kits does not change the initial view" {
	{
		records
		jq -nc '{type: "drone", time: "2026-11-23T10:00:00Z", kit_id: "k1", drone_id: "liar", lat: -33, lon: 151}'
	} | wd-export html >page.html
	after '[map.getZoom() > 12, map.getBounds().contains([42, -71])]'
	[ "$value" = '[true, true]' ]
	# Without kits, the view contains all drones.
	records | grep '"drone"' | wd-export html >page.html
	after '[map.getBounds().contains([42.01, -71.01]), map.getBounds().contains([42.001, -71.001])]'
	[ "$value" = '[true, true]' ]
}

@test "on a phone nothing is wider than the window" {
	page
	run -0 browser --size 360x740 page.html 'view.choose(tracks[0]); document.documentElement.scrollWidth' \
		'[...document.querySelectorAll("#time *, #panel *, #details *, #legend *")].every(e => e.getBoundingClientRect().right <= 360)'
	[ "${lines[0]} ${lines[1]}" = '360 true' ]
}

# sky NUMBER: write the page of that many drones around one kit to page.html.
sky() {
	jq -nc --argjson n "$1" '{type: "system_health", kit_id: "k", time: "2026-11-25T10:00:00Z", lat: 42, lon: -71},
		(range($n) as $d | range(10) as $i | {type: "drone", kit_id: "k", drone_id: "drone-serial-number-\($d)",
			time: (1795464500 + 60 * $i | todate), lat: (42 + 0.02 * ($d * 2 | sin) + $i / 2000),
			lon: (-71 + 0.03 * ($d * 2 | cos)), alt: (50 + 10 * $d + 5 * $i), speed: ($d + $i),
			heading: 90, track_type: "drone"})' >in
	wd-export html in >page.html
}

@test "list and details show the chosen time, the latest values below it" {
	sky 1
	after 'document.querySelector("#list button").click(); setTime(view.first + 130000)' \
		'[document.querySelector("#list small").textContent, document.querySelector("#list .where").textContent,
			byId("now-title").textContent, byId("now").textContent, byId("facts-title").textContent]'
	[ "$(jq -r '.[0], .[1], .[2]' <<<"$value")" = $'20:10:20\nk · 60 m · 2.0 m/s\nAt 2026-11-23 20:10:20 UTC' ]
	[[ "$(jq -r '.[3]' <<<"$value")" == *'Altitude60 m'*'Speed2.0 m/s'* ]]
	[ "$(jq -r '.[4]' <<<"$value")" = 'Latest values, 2026-11-23 20:17:20 UTC' ]
	# Before the first detection there is nothing in the list but the kit.
	after 'setTime(view.first - 1); view.time = view.first - 1; view.changed()' 'byId("count").textContent'
	[ "$value" = '"1 kit in view"' ]
}

@test "nine drones have nine colours, a drone the same at two kits; the tenth is dashed" {
	sky 9
	after '[...new Set(tracks.filter(t => t.kind === "drone").map(t => theme.of(t)))].length'
	[ "$value" = 9 ]
	{
		cat in
		jq -c 'select(.type == "drone") | .kit_id = "other"' in
	} | wd-export html >page.html
	after '[new Set(tracks.filter(t => t.kind === "drone").map(t => theme.of(t))).size, tracks.some(t => t.dashed)]'
	[ "$value" = '[9, false]' ]
	sky 10
	after 'tracks.filter(t => t.dashed).length'
	[ "$value" = 1 ]
}

@test "colours by altitude, with a scale" {
	sky 3
	after 'choose("colour", "altitude"); showLegend(true)' \
		'[theme.at(tracks[2], 0) !== theme.at(tracks[2], 9), theme.at(kits[0], 0) === theme.of(kits[0]),
			byId("ramp-min").textContent, byId("ramp-max").textContent]'
	[ "$value" = '[true, true, "50 m", "115 m"]' ]
	page
	after 'choose("colour", "altitude"); showLegend(true)' 'byId("ramp-max").textContent'
	[[ $value == *' m or more"' ]]
	after 'showLegend(true)' 'byId("scale").hidden'
	[ "$value" = true ]
}

@test "the list sorts by name, altitude, speed and distance" {
	sky 4
	names='[...document.querySelectorAll("#list b")].map(b => b.textContent.at(-1)).join("")'
	for sort in name:k0123 altitude:3210k speed:3210k; do
		after "byId('sort').value = '${sort%:*}'; byId('sort').dispatchEvent(new Event('change'))" "$names"
		[ "$value" = "\"${sort#*:}\"" ]
	done
	after 'byId("sort").value = "distance"; byId("sort").dispatchEvent(new Event("change"))' \
		'[...document.querySelectorAll("#list b")].map(b => tracks.find(t => t.label === b.textContent))
			.filter(t => t.kind === "drone").map(t => fromTo([42, -71], t.where(-Infinity, view.time)).metres)'
	jq -e '. == sort and length == 4' <<<"$value"
}

@test "keys: play, step, list, search, theme, units, time zone, colour, legend" {
	sky 2
	press='const press = key => document.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));'
	after "$press press('Home'); press('.'); press('.')" '(view.time - view.first) / (view.last - view.first)'
	[ "$value" = 0.02 ]
	after "$press press('j'); press('j')" 'view.chosen.id'
	[ "$value" = '"drone-serial-number-1"' ]
	after "$press press('j'); press('j'); press('k'); press('u'); press('c'); press('?')" \
		'[view.chosen.id, settings.units, settings.colour, byId("legend").hidden]'
	[ "$value" = '["drone-serial-number-0", "aviation", "altitude", false]' ]
	after "$press press('/'); byId('search').value = 'x'" 'document.activeElement.id'
	[ "$value" = '"search"' ]
	after "$press window.was = theme.name; press('d'); press('End'); press(' ')" \
		'[theme.name !== window.was, playing, view.time < view.last]'
	[ "$value" = '[true, true, true]' ]
}

@test "feet and knots, and local time, as an option" {
	sky 1
	TZ=Asia/Kolkata after 'choose("units", "aviation"); choose("zone", "local"); view.choose(tracks[0])' \
		'[document.querySelector("#list .where").textContent, byId("clock").textContent,
			byId("now").textContent, byId("now-title").textContent]'
	[ "$(jq -r '.[0]' <<<"$value")" = 'k · 312 ft · 17 kt' ]
	[ "$(jq -r '.[1]' <<<"$value")" = '2026-11-24 01:47:20 UTC+05:30' ]
	[[ "$(jq -r '.[2]' <<<"$value")" == *'Altitude312 ft'*'Speed17 kt'*'From kit'*NM* ]]
	[ "$(jq -r '.[3]' <<<"$value")" = 'At 2026-11-24 01:47:20 UTC+05:30' ]
}

@test "the address keeps the view; an invalid one is ignored" {
	sky 3
	after 'map.setView([42.01, -71.01], 14); setTime(view.first + 60000); view.choose(tracks[2]);
		choose("units", "aviation"); byId("search").value = "serial"; byId("search").dispatchEvent(new Event("input"));
		byId("trail").value = "300000"; byId("trail").dispatchEvent(new Event("change"));
		await new Promise(done => setTimeout(done, 600))' 'location.hash'
	hash=$(jq -r . <<<"$value")
	browser page.html "location.hash = '$hash'; new Promise(done => setTimeout(done, 500))" \
		'[map.getZoom(), map.getCenter().lat.toFixed(3), view.time - view.first, view.chosen.id, settings.units,
			view.search, view.trail]' >said
	[ "$(sed -n 2p said)" = '[14, "42.010", 60000, "drone-serial-number-2", "aviation", "serial", 300000]' ]
	bad='#at=1,<b>,99&time=x&track=no&units=__proto__&sort=constructor&trail=7&colour=1&kinds=x'
	browser page.html "location.hash = '$bad'; new Promise(done => setTimeout(done, 500))" \
		'[view.time === view.last, view.chosen, settings.units, view.sort, view.trail === Infinity, settings.colour]' >said
	[ "$(sed -n 2p said)" = '[true, null, "metric", "time", true, "track"]' ]
	[ "$(tail -1 said)" = "$quiet" ]
}

@test "an address of a large window, opened on a phone, shows what it chose beside the panels" {
	sky 3
	after 'view.choose(tracks[2]); map.setView(tracks[2].where(-Infinity, Infinity), 14); map.panBy([0, 250]);
		await new Promise(done => setTimeout(done, 600))' 'location.hash'
	run -0 browser --size 390x844 "file://$PWD/page.html$(jq -r . <<<"$value")" \
		'(() => {const a = freeArea(), p = map.latLngToContainerPoint(view.chosen.where(view.from, view.time));
			return p.y >= a.top && p.y <= a.bottom;})()'
	[ "${lines[0]}" = true ]
}

@test "the first view and the labels leave room for the panels, on a phone, too" {
	sky 12
	for size in 1280x800 390x844 844x390; do
		run -0 browser --size $size page.html \
			'(() => {const a = freeArea(); return tracks.every(t => {
				const p = map.latLngToContainerPoint(t.where(-Infinity, Infinity));
				return p.x >= a.left && p.x <= a.right && p.y >= a.top && p.y <= a.bottom;
			})})()' \
			'[drawnLabels.length > 5, drawnLabels.every(b => b[0] >= 0 && b[1] >= 0 &&
				b[2] <= window.innerWidth && b[3] <= window.innerHeight &&
				!coveredBoxes().some(box => overlaps(box, b)))]'
		[ "${lines[0]} ${lines[1]}" = 'true [true, true]' ]
	done
}

@test "an encrypted drone is points without a line; an emitter is a track" {
	wd-export html "$DATA/export/encrypted.ndjson" "$DATA/export/emitter.ndjson" >page.html
	after 'window.lines = 0; const draw = tracksLayer.line; tracksLayer.line = function (t, ...rest) {
			window.lines += t.kind === "encrypted"; draw.call(this, t, ...rest)}; view.changed()' \
		'[window.lines, tracks.filter(t => t.kind === "encrypted").map(t => t.label),
			tracks.find(t => t.kind === "emitter").count]'
	[ "$value" = '[0, ["Encrypted 2437 MHz", "Encrypted 5756.5 MHz", "Encrypted 5756.5 MHz"], 2]' ]
}

@test "more than 2,000 markers in view are dots with thin lines, and the page says so" {
	jq -nc 'range(2100) as $d | range(2) as $i | {type: "drone", kit_id: "k", drone_id: "d\($d)",
		time: (1795464500 + 2 * $i | todate), lat: (42 + $d % 50 / 1000 + $i / 5000),
		lon: (-71 + ($d / 50 | floor) / 700), heading: 0, track_type: "drone", pilot_lat: 42, pilot_lon: -71}' >in
	wd-export html in >page.html
	browser page.html \
		'const seen = []; const count = text => `${view.isCrowded} ${document.body.dataset.markers} ${document.body.dataset.tracks}`;
			for (const name of ["drone", "pilot"]) {
				const draw = symbols[name];
				symbols[name] = (pen, ...all) => {
					if (pen === tracksLayer._pen)
						seen.push(name);
					draw(pen, ...all);
				};
			}
			[count(), seen.length]' \
		"new Promise(done => setTimeout(() => done(byId('count').textContent), 400))" \
		'view.choose(tracks[7]); seen.length = 0; tracksLayer.draw(); [seen.splice(0).sort().join(), tracksLayer.spots.length]' \
		"map.setView([42.01, -70.99], 17, {animate: false}); tracksLayer.draw(); [view.isCrowded, seen.includes('drone')]" \
		"new Promise(done => setTimeout(() => done(byId('count').textContent.includes('dots')), 400))" >said
	[ "$(sed -n 1p said)" = '["true 2100 2100", 0]' ]
	[ "$(sed -n 2p said)" = '"2100 drones in view, drawn as dots: zoom in for symbols and names"' ]
	# The chosen one keeps its symbol, and all can be clicked.
	[ "$(sed -n 3p said)" = '["drone,pilot", 2100]' ]
	[ "$(sed -n 4,5p said)" = $'[false, true]\nfalse' ]
	[ "$(tail -1 said | jq -c .complaints)" = '[]' ]
}

@test "100,000 points of 200 tracks are drawn" {
	jq -nc 'range(200) as $d | range(500) as $i | {type: "drone", kit_id: "k\($d % 5)", drone_id: "d\($d)",
		time: (1795464500 + 2 * $i | todate), lat: (42 + $d / 1000 + $i / 5000), lon: (-71 + $d / 700),
		alt: 100, speed: 10, heading: 0, track_type: "drone"}' >in
	wd-export html in >page.html
	after '({...document.body.dataset})'
	[ "$(jq -r '.points + " " + .tracks' <<<"$value")" = '100000 200' ]
}

@test "--max-points bounds the page" {
	jq -nc 'range(20000) | {type: "drone", kit_id: "k", drone_id: "d", time: (1795464500 + . | todate),
		lat: (42 + . / 100000), lon: -71, track_type: "drone"}' >in
	run -0 --separate-stderr wd-export html --max-points 5000 in
	[[ $stderr == 'wd-export: tracks thinned stride='* ]]
	echo "$output" >page.html
	after 'document.body.dataset.points'
	((${value//\"/} > 1000 && ${value//\"/} <= 5000))
}

@test "no records give an empty map" {
	wd-export html </dev/null >page.html
	after 'document.body.dataset.ready'
	[ "$value" = '"yes"' ]
}

@test "--tiles: the policy allows the tile host only; the credit is text" {
	page --tiles 'http://127.0.0.1:9/{z}/{x}/{y}.png' --tiles-credit 'us & <b>them</b>'
	grep -qF "img-src http://127.0.0.1:9\">" page.html
	browser page.html 'document.querySelector(".leaflet-control-attribution").textContent' >said
	[ "$(head -1 said)" = '"us & <b>them</b>"' ]
	tail -1 said | jq -e '.requests | length > 0 and all(startswith("http://127.0.0.1:9/"))'
	page --tiles 'https://{s}.tile.example.org/{z}/{x}/{y}.png'
	grep -qF "img-src https://*.tile.example.org\">" page.html
	for url in 'ftp://x/{z}/{x}/{y}' 'https://x/{z}/{x}.png' "https://x;script-src *;/{z}/{x}/{y}" \
		'https:///{z}/{x}/{y}' 'https://a@b/{z}/{x}/{y}'; do
		run -64 wd-export html --tiles "$url" </dev/null
		[[ $output == 'wd-export: not a URL template of map tiles tiles='* ]]
	done
}
