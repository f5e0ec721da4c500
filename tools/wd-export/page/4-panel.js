/* The list of what is in sight, and the details of what was chosen. Whatever came by radio gets into
 * the page as text only. */
'use strict';

const ROWS_MAX = 200;
const NAMES = {
	callsign: 'Callsign', name: 'Name', location: 'Location', status: 'State', last_seen: 'Last seen',
	registration: 'Registration', squawk: 'Squawk', category: 'Category', rid_make: 'Make',
	rid_model: 'Model', ua_type_name: 'Type', description: 'Description', operator_id: 'Operator',
	caa_id: 'CAA id', id_type: 'Id is a', mac: 'MAC', op_status: 'Status', height: 'Height',
	height_type: 'Height is', vspeed: 'Climb', on_ground: 'On ground', gps_accuracy: 'Accuracy',
	rssi: 'RSSI', transport: 'Transport', freq_mhz: 'Frequency', bandwidth_mhz: 'Bandwidth',
	power_dbm: 'Power', power_linear: 'Power, linear', detection_type: 'Video', signal_type: 'Kind',
	source: 'Source', cpu_percent: 'CPU', memory_percent: 'Memory', disk_percent: 'Disk',
	temp_cpu: 'Temperature', uptime_hours: 'Up for', gps_fix: 'GPS fix', clock_offset_s: 'Clock off by',
};
const UNITS = {
	height: 'm', vspeed: 'm/s', gps_accuracy: 'm', rssi: 'dBm', freq_mhz: 'MHz', bandwidth_mhz: 'MHz',
	power_dbm: 'dBm', cpu_percent: '%', memory_percent: '%', disk_percent: '%', temp_cpu: '°C',
	uptime_hours: 'h', clock_offset_s: 's',
};

const byId = id => document.getElementById(id);

function element(name, text, className) {
	const made = document.createElement(name);
	if (text !== undefined)
		made.textContent = shown(text);
	if (className)
		made.className = className;
	return made;
}

function number(value, unit, digits = 0) {
	if (value === null || value === undefined)
		return null;
	return value.toFixed(digits) + (unit === '°' ? '' : ' ') + unit;
}

function timeText(ms) {
	return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

function degrees(place) {
	return `${place[0].toFixed(6)}, ${place[1].toFixed(6)}`;
}

/* One line of what matters: how high, how fast, how long ago. */
function summary(thing) {
	const i = thing.upTo(view.time) - 1, parts = [];
	if (thing.kind === 'signal')
		parts.push(number(thing.facts.power_dbm, 'dBm'), thing.facts.detection_type);
	else if (thing.kind === 'kit')
		parts.push(thing.facts.status, thing.facts.location);
	else if (i >= 0)
		parts.push(number(thing.at(i, ALT), 'm'), number(thing.at(i, SPEED), 'm/s', 1));
	else
		parts.push('no position');
	parts.push(thing.facts.description || thing.facts.registration);
	return [thing.kind === 'kit' ? null : thing.kit, ...parts].filter(Boolean).join(' · ');
}

function row(thing) {
	const item = element('li'), button = element('button'), dot = element('i', '', thing.kind);
	button.type = 'button';
	dot.style.color = theme.of(thing);
	button.append(dot, element('b', thing.label),
		element('small', thing.seen ? timeText(thing.seen).slice(11) : ''),
		element('small', summary(thing), 'where'));
	button.setAttribute('aria-current', String(thing === view.chosen));
	button.addEventListener('click', () => {
		const place = thing.where(view.from, view.time);
		if (place && !map.getBounds().contains(place))
			map.panTo(place);
		view.choose(thing);
	});
	item.append(button);
	return item;
}

/* What the map shows, or is nowhere on it; of a search, all that it finds. */
function inSight() {
	const bounds = map.getBounds();
	return things.filter(thing => {
		if (!view.shows(thing) || (thing.first > view.time && thing.kind !== 'kit'))
			return false;
		const place = thing.where(view.from, view.time);
		if (place)
			return view.search !== '' || bounds.contains(place);
		return !thing.where(-Infinity, Infinity);
	});
}

function list() {
	const found = inSight(), order = KINDS.map(k => k.kind);
	found.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || b.seen - a.seen ||
		(a.label < b.label ? -1 : 1));
	const rows = found.slice(0, ROWS_MAX).map(row);
	if (found.length > ROWS_MAX)
		rows.push(element('li', `and ${found.length - ROWS_MAX} more: zoom in, or search`, 'more'));
	byId('list').replaceChildren(...rows);
	byId('count').textContent = KINDS.map(({kind, plural}) => {
		const n = found.filter(thing => thing.kind === kind).length;
		return `${n} ${n === 1 || kind === 'aircraft' ? kind : plural.toLowerCase()}`;
	}).join(', ') + (view.search ? ' found' : ' in sight');
}

function fact(name, value) {
	byId('facts').append(element('dt', name), element('dd', value));
}

function movement(thing) {
	const i = thing.upTo(view.time) - 1;
	if (i < 0 || thing.kind === 'signal')
		return;
	fact('At', `${timeText(thing.times[i])} UTC`);
	fact('Position', degrees([thing.at(i, LAT), thing.at(i, LON)]));
	const altitude = number(thing.at(i, ALT), thing.kind === 'aircraft' ? 'm barometric' : 'm WGS 84');
	for (const [name, text] of [['Altitude', altitude],
		['Speed', number(thing.at(i, SPEED), 'm/s', 1)], ['Heading', number(thing.at(i, HEADING), '°')]]) {
		if (text)
			fact(name, text);
	}
}

function range(thing) {
	const ring = thing.ring(view.from, view.time);
	if (!ring)
		return;
	fact('Heard', `${timeText(ring[RING.FROM])} – ${timeText(ring[RING.UNTIL]).slice(11)} UTC`);
	fact('Within', ring[RING.LAT] === null ? 'where the kit was is not known' :
		`${number(ring[RING.RANGE], 'm')} of ${degrees([ring[RING.LAT], ring[RING.LON]])}, ` +
		'if it radiates 100 mW');
}

function details() {
	const thing = view.chosen;
	byId('details').hidden = !thing;
	document.body.classList.toggle('chosen', Boolean(thing));
	if (!thing)
		return;
	byId('subject').textContent = thing.label;
	byId('subtitle').textContent = shown([thing.kind, thing.kind === 'kit' ? null : `seen by ${thing.kit}`,
		thing.id.endsWith(thing.label) ? null : thing.id].filter(Boolean).join(' · '));
	byId('facts').replaceChildren();
	movement(thing);
	range(thing);
	for (const [key, value] of Object.entries(thing.facts)) {
		const unit = key === 'rssi' && thing.kind === 'aircraft' ? 'dBFS' : UNITS[key];
		fact(NAMES[key] || key, unit ? `${value} ${unit}` : value);
	}
	if (thing.pilot)
		fact('Pilot', degrees(thing.pilot));
	if (thing.home)
		fact('Home', degrees(thing.home));
	byId('show').hidden = !thing.where(-Infinity, Infinity);
}

/* While time passes the list is made anew a few times a second only. */
let listing = null;
function listSoon() {
	if (!listing)
		listing = setTimeout(() => {
			listing = null;
			list();
		}, 150);
}

for (const {kind, plural} of KINDS) {
	const button = element('button', plural);
	button.type = 'button';
	button.setAttribute('aria-pressed', 'true');
	button.addEventListener('click', () => {
		if (!view.kinds.delete(kind))
			view.kinds.add(kind);
		button.setAttribute('aria-pressed', String(view.kinds.has(kind)));
		view.changed();
	});
	byId('kinds').append(button);
}
byId('title').textContent = page.title;
byId('search').addEventListener('input', event => {
	view.search = event.target.value.trim().toLowerCase();
	view.changed();
});
byId('close').addEventListener('click', () => view.choose(null));
byId('fold').addEventListener('click', () => byId('panel').classList.toggle('folded'));
byId('show').addEventListener('click', () => {
	const place = view.chosen.where(view.from, view.time) || view.chosen.where(-Infinity, Infinity);
	map.setView(place, Math.max(map.getZoom(), 15));
});
map.on('moveend', listSoon);
view.listeners.push(listSoon, details);
