/* Legend, settings, keyboard, and the address that keeps the view. */
'use strict';

const LEGEND = [
	['drone', 'Drone, with its track'], ['aircraft', 'Aircraft'],
	['encrypted', 'Encrypted drone: may be several'], ['emitter', 'Radio that sends its position'],
	['pilot', 'Pilot'], ['home', 'Home'], ['zone', 'Zone'], ['event', 'Event, for 5 minutes'],
	['ring', 'Detected without position: range of a 100 mW transmitter'],
	['kit', 'Kit: green online, yellow stale, red offline'],
	['dot', `Each of more than ${SYMBOLS_MAX} in view`],
];
const KEYS = [
	['space', 'play or pause'], [', .', 'step in time'], ['Home End', 'first, last time'],
	['j k', 'next, previous in the list'], ['/', 'search'], ['f', 'show everything'],
	['d', 'dark or light'], ['u', 'units'], ['l', 'UTC or local time'], ['c', 'colour by altitude'],
	['t', 'follow the chosen track'], ['m', 'sound of events on or off'],
	['?', 'this legend'], ['Esc', 'close'],
];

const CHOICES = {
	colour: [['by drone', 'track'], ['by altitude', 'altitude']],
	units: [['m, m/s', 'metric'], ['ft, kt', 'aviation']],
	zone: [['UTC', 'utc'], ['local', 'local']],
};

function choose(name, value) {
	if (!CHOICES[name].some(([, known]) => known === value))
		return;
	settings[name] = value;
	byId(name).value = value;
	view.changed();
}

function toggle(name) {
	choose(name, CHOICES[name].find(([, value]) => value !== settings[name])[1]);
}

function drawLegend() {
	if (byId('legend').hidden)
		return;
	for (const item of byId('symbols').children) {
		const canvas = item.firstChild, pen = canvas.getContext('2d'), name = item.dataset.symbol;
		pen.setTransform(2, 0, 0, 2, 0, 0);
		pen.clearRect(0, 0, 24, 24);
		pen.fillStyle = pen.strokeStyle = theme.colours[name === 'ring' ? 'signal' : name] ||
			theme.colours.drones[name === 'emitter' ? 1 : 0];
		drawSymbol(pen, name, 12, 12, 45);
	}
	const hidden = settings.colour !== 'altitude' || !altitudes;
	byId('scale').hidden = hidden;
	if (hidden)
		return;
	ramp.forEach((colour, i) => {
		const pen = byId('ramp').getContext('2d');
		pen.fillStyle = colour;
		pen.fillRect(i * 200 / RAMP_STEPS, 0, 200 / RAMP_STEPS + 1, 10);
	});
	byId('ramp-min').textContent = quantity(altitudes.low, 'length');
	byId('ramp-max').textContent = quantity(altitudes.high, 'length') +
		(altitudes.group === 'drone' && tracks.some(t => t.group === 'aircraft') ? ' or more' : '');
}

function showLegend(on) {
	byId('legend').hidden = !on;
	byId('help').setAttribute('aria-expanded', String(on));
	view.changed();
}

for (const [name, text] of LEGEND) {
	const item = element('li'), canvas = element('canvas');
	canvas.width = canvas.height = 48;
	item.dataset.symbol = name;
	item.append(canvas, element('span', text));
	byId('symbols').append(item);
}
for (const [key, text] of KEYS)
	byId('keys').append(element('dt', key), element('dd', text));
for (const [name, choices] of Object.entries(CHOICES))
	fillSelect(byId(name), choices, settings[name], value => choose(name, value));
byId('help').addEventListener('click', () => showLegend(byId('legend').hidden));
byId('legend-close').addEventListener('click', () => showLegend(false));
view.listeners.push(drawLegend);

const step1 = () => (view.last - view.first) / 100;
const ACTIONS = {
	' ': () => setPlaying(!playing),
	',': () => setTime(view.time - step1()),
	'.': () => setTime(view.time + step1()),
	'Home': () => setTime(view.first),
	'End': () => setTime(view.last),
	'j': () => chooseNext(1),
	'k': () => chooseNext(-1),
	'/': () => byId('search').focus(),
	'f': () => fitAll(),
	'd': () => theme.toggle(),
	'u': () => toggle('units'),
	'l': () => toggle('zone'),
	'c': () => toggle('colour'),
	't': () => setFollowing(!view.follows),
	'm': () => setSound(!sound.on),
	'?': () => showLegend(byId('legend').hidden),
};

document.addEventListener('keydown', event => {
	if (event.key === 'Escape') {
		if (document.activeElement instanceof HTMLElement)
			document.activeElement.blur();
		if (!byId('legend').hidden)
			showLegend(false);
		else
			view.choose(null);
		return;
	}
	const target = event.target.tagName, action = ACTIONS[event.key];
	const typing = ['INPUT', 'SELECT'].includes(target) || (target === 'BUTTON' && event.key === ' ');
	if (!action || typing || event.ctrlKey || event.altKey || event.metaKey)
		return;
	event.preventDefault();
	action();
});

/* The part of the address after # holds the view: whatever is not its default. */
function address() {
	const centre = map.getCenter(), parts = new URLSearchParams();
	parts.set('at', `${centre.lat.toFixed(5)},${centre.lng.toFixed(5)},${map.getZoom()}`);
	if (view.time !== view.last)
		parts.set('time', new Date(view.time).toISOString());
	if (view.chosen)
		parts.set('track', view.chosen.key);
	if (view.search)
		parts.set('search', view.search);
	if (view.kit)
		parts.set('kit', view.kit);
	if (view.tag)
		parts.set('tag', view.tag);
	if (view.below < Infinity)
		parts.set('below', String(view.below));
	if (view.trail !== Infinity)
		parts.set('trail', String(view.trail / 1000));
	if (view.sort !== 'time')
		parts.set('sort', view.sort);
	if (view.groups.size < GROUPS.length)
		parts.set('kinds', [...view.groups].join(','));
	for (const [name, [[, normal]]] of Object.entries(CHOICES)) {
		if (settings[name] !== normal)
			parts.set(name, settings[name]);
	}
	return '#' + parts;
}

let addressTimer = null;
function addressSoon() {
	if (!addressTimer)
		addressTimer = setTimeout(() => {
			addressTimer = null;
			history.replaceState(null, '', address());
		}, 300);
}

/* Apply an address; unknown and invalid parts are ignored. */
function applyAddress(hash) {
	const parts = new URLSearchParams(hash.slice(1));
	const at = (parts.get('at') || '').split(',').map(Number);
	const time = Date.parse(parts.get('time') || '');
	const trail = Number(parts.get('trail') || NaN) * 1000;
	for (const name of Object.keys(CHOICES))
		choose(name, parts.get(name));
	if (Object.hasOwn(SORTS, parts.get('sort')))
		byId('sort').value = view.sort = parts.get('sort');
	if (parts.has('kinds'))
		view.groups = new Set(parts.get('kinds').split(',').filter(
			kind => GROUPS.some(g => g.group === kind)));
	if (TRAILS.some(([, ms]) => ms === trail))
		byId('trail').value = String(view.trail = trail);
	byId('search').value = parts.get('search') || '';
	view.search = byId('search').value.trim().toLowerCase();
	view.kit = parts.get('kit') || '';
	view.tag = parts.get('tag') || '';
	view.below = Number(parts.get('below') || NaN);
	view.below = view.below >= 0 ? view.below : Infinity;
	view.chosen = trackByKey.get(parts.get('track')) || null;
	setTime(Number.isNaN(time) ? view.last : time);
	if (at.length === 3 && at.every(Number.isFinite) && Math.abs(at[0]) <= 90 && Math.abs(at[1]) <= 180)
		map.setView([at[0], at[1]], Math.max(2, Math.min(20, at[2])), {animate: false});
	else
		fitAll();
	uncoverChosen();
}

/* On a phone, the details may cover what the address of a larger window shows beside them. */
function uncoverChosen() {
	const place = view.chosen && view.chosen.where(view.from, view.time);
	if (place && matchMedia('(max-width: 760px)').matches && map.getBounds().contains(place))
		bringIntoView(place);
}

byId('panel').classList.toggle('folded', window.innerHeight < 500);
fitAll();
list(); /* its height determines which part of the map is free */
applyAddress(location.hash);
list();
view.listeners.push(addressSoon);
map.on('moveend', addressSoon);
window.addEventListener('hashchange', () => applyAddress(location.hash));

function countPoints() {
	return tracks.reduce((sum, track) => sum + track.count, 0);
}

function countTracks() {
	Object.assign(document.body.dataset, {things: tracks.length, points: countPoints()});
}

countTracks();
document.body.dataset.ready = 'yes';
