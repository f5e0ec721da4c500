/* The details of the chosen track: its state at the chosen time, then the latest known facts. */
'use strict';

function addFact(where, name, value) {
	if (value !== null && value !== undefined)
		byId(where).append(element('dt', name), element('dd', value));
}

function addMovement(track) {
	const i = track.upTo(view.time) - 1;
	if (track.kind === 'kit')
		addCoverage(track);
	if (i < 0 || track.kind === 'signal')
		return;
	const place = [track.at(i, LAT), track.at(i, LON)];
	const near = track.kind === 'kit' ? null : nearestKit(place);
	addFact('now', 'Position', degrees(place));
	addFact('now', 'Altitude', quantity(track.at(i, ALT), 'length'));
	addFact('now', 'Height', quantity(track.at(i, HEIGHT), 'length'));
	addFact('now', 'Speed', quantity(track.at(i, SPEED), 'speed'));
	addFact('now', 'Heading', track.at(i, HEADING) === null ? null : `${track.at(i, HEADING)}°`);
	if (near)
		addFact('now', 'From kit', wayText(near));
	if (track.pilot)
		addFact('now', 'From pilot', distance(fromTo(track.pilot, place).metres));
}

function wayText(near) {
	return `${distance(near.metres)}, ${near.bearing}° from ${near.kit.label}`;
}

/* Pilot or home: where it is, and from the nearest kit. */
function addPlace(name, place) {
	const near = nearestKit(place);
	addFact('facts', name, degrees(place));
	if (near)
		addFact('facts', `${name} from kit`, wayText(near));
}

function addRange(track) {
	const ring = track.ring(view.from, view.time);
	if (!ring)
		return;
	addFact('now', 'Detected', `${timeText(ring[RING.FROM])} – ${timeText(ring[RING.UNTIL]).slice(11)}`);
	addFact('now', 'Detections', ring[RING.COUNT]);
	addFact('now', 'Power', ring[RING.POWER] === null ? null : `${ring[RING.POWER]} dBm`);
	addFact('now', 'Within', ring[RING.LAT] === null ? 'the position of the kit is unknown' :
		`${distance(ring[RING.RANGE])} of ${degrees([ring[RING.LAT], ring[RING.LON]])}, ` +
		'if it radiates 100 mW');
}

function subtitle(track) {
	return [track.kind === 'encrypted' ? 'encrypted drone, may be several' : track.kind,
		track.kind === 'kit' ? null : `received by ${track.kit}`,
		track.kind === 'encrypted' || track.id.endsWith(track.label) ? null : track.id]
		.filter(Boolean).join(' · ');
}

function details() {
	const track = view.chosen;
	byId('details').hidden = !track;
	document.body.classList.toggle('chosen', Boolean(track));
	if (!track)
		return;
	const seen = track.seenAt(view.time);
	byId('subject').textContent = track.label;
	byId('subtitle').textContent = visible(subtitle(track));
	byId('now').replaceChildren();
	byId('facts').replaceChildren();
	byId('now-title').textContent = seen === null ? 'Not detected up to this time' :
		`At ${timeText(seen)} ${zoneName()}`;
	addMovement(track);
	addRange(track);
	byId('facts-title').textContent = track.seen ?
		`Latest values, ${timeText(track.seen)} ${zoneName()}` : 'Latest values';
	for (const [key, value] of Object.entries(track.facts))
		addFact('facts', ...factText(track, key, value));
	if (known.length && track.kind !== 'kit')
		addFact('facts', 'Known as', track.tag);
	if (track.pilot)
		addPlace('Pilot', track.pilot);
	if (track.home)
		addPlace('Home', track.home);
	listFlights(track);
	byId('follow').setAttribute('aria-pressed', String(view.follows));
	byId('show').hidden = !track.where(-Infinity, Infinity);
}

/* Keep the chosen track in view while it moves, until the map is dragged. */
function follow() {
	const place = view.follows && view.chosen && view.chosen.where(view.from, view.time);
	if (place)
		bringIntoView(place);
}

function setFollowing(on) {
	view.follows = on && Boolean(view.chosen);
	view.changed();
}

byId('follow').addEventListener('click', () => setFollowing(!view.follows));
map.on('dragstart', () => setFollowing(false));
byId('close').addEventListener('click', () => view.choose(null));
byId('show').addEventListener('click', () => {
	const place = view.chosen.where(view.from, view.time) || view.chosen.where(-Infinity, Infinity);
	bringIntoView(place, Math.max(map.getZoom(), 15));
});
view.listeners.push(details, follow);
