/* Units, times and names for people. */
'use strict';

const byId = id => document.getElementById(id);

/* Text from a radio enters the page only through textContent. */
function element(name, text, className) {
	const made = document.createElement(name);
	if (text !== undefined)
		made.textContent = visible(text);
	if (className)
		made.className = className;
	return made;
}

/* A list of buttons, one for each item. An item keeps its button, and the button the focus. */
class ButtonList {
	/* `keyOf(item)` identifies an item; `fill(button, item)` shows it. */
	constructor(list, keyOf, fill) {
		Object.assign(this, {list, keyOf, fill, rows: new Map()});
	}

	/* Show these items, and then `more`, which are elements. */
	show(items, more = []) {
		const rows = new Map();
		for (const item of items)
			rows.set(this.keyOf(item), this.row(item));
		this.rows = rows;
		this.place([...rows.values(), ...more]);
	}

	row(item) {
		let row = this.rows.get(this.keyOf(item));
		if (!row) {
			row = element('li');
			row.append(element('button'));
			row.firstChild.type = 'button';
		}
		this.fill(row.firstChild, item);
		return row;
	}

	/* An element that is moved loses the focus: put the others around it. */
	place(rows) {
		const at = rows.findIndex(row => row.contains(document.activeElement)), focused = rows[at];
		if (at < 0) {
			this.list.replaceChildren(...rows);
			return;
		}
		[...this.list.children].filter(row => row !== focused).forEach(row => row.remove());
		focused.before(...rows.slice(0, at));
		focused.after(...rows.slice(at + 1));
	}
}

/* Fill a select; `options` are [text, value], values are strings. */
function fillSelect(select, options, chosen, change) {
	for (const [text, value] of options) {
		const option = element('option', text);
		option.value = value;
		option.selected = value === chosen;
		select.append(option);
	}
	select.addEventListener('change', () => change(select.value));
}

const settings = {
	units: 'metric', /* or aviation */
	zone: 'utc',     /* or local */
	colour: 'track', /* or altitude */
};

/* Factor, unit and decimals by unit system. */
const UNITS = {
	metric: {length: [1, 'm', 0], speed: [1, 'm/s', 1], climb: [1, 'm/s', 1], distance: [0.001, 'km', 1]},
	aviation: {length: [1 / 0.3048, 'ft', 0], speed: [3600 / 1852, 'kt', 0],
		climb: [60 / 0.3048, 'ft/min', 0], distance: [1 / 1852, 'NM', 1]},
};

/* Return a number in metres or m/s with the chosen unit; null if unknown. */
function quantity(value, what) {
	if (value === null || value === undefined || !Number.isFinite(value))
		return null;
	const [factor, unit, decimals] = UNITS[settings.units][what];
	return `${(value * factor).toFixed(decimals)} ${unit}`;
}

function distance(metres) {
	return metres < 1000 && settings.units === 'metric' ? quantity(metres, 'length') :
		quantity(metres, 'distance');
}

/* Return "UTC" or the offset of the local time, as in UTC+02:00. */
function zoneName() {
	const minutes = settings.zone === 'utc' ? 0 : -new Date(view.time).getTimezoneOffset();
	const two = n => String(Math.floor(n)).padStart(2, '0');
	return minutes === 0 ? 'UTC' :
		`UTC${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
}

/* Return date and time in the chosen zone, without its name. */
function timeText(ms) {
	const offset = settings.zone === 'utc' ? 0 : new Date(ms).getTimezoneOffset();
	return new Date(ms - offset * 60000).toISOString().slice(0, 19).replace('T', ' ');
}

function degrees(place) {
	return `${place[0].toFixed(6)}, ${place[1].toFixed(6)}`;
}

/* Return the great-circle distance in metres and the initial bearing in degrees. */
function fromTo([lat1, lon1], [lat2, lon2]) {
	const r = Math.PI / 180, dLon = (lon2 - lon1) * r;
	const h = Math.sin((lat2 - lat1) * r / 2) ** 2 +
		Math.cos(lat1 * r) * Math.cos(lat2 * r) * Math.sin(dLon / 2) ** 2;
	const bearing = Math.atan2(Math.sin(dLon) * Math.cos(lat2 * r),
		Math.cos(lat1 * r) * Math.sin(lat2 * r) -
		Math.sin(lat1 * r) * Math.cos(lat2 * r) * Math.cos(dLon));
	return {metres: 2 * 6371008.8 * Math.asin(Math.sqrt(Math.min(1, h))),
		bearing: Math.round((bearing / r + 360) % 360)};
}

/* The facts of a track: name, and how the value is shown. */
const plain = unit => value => `${value} ${unit}`;
const FACTS = {
	callsign: ['Callsign'], name: ['Name'], location: ['Location'], status: ['State'],
	last_seen: ['Last seen'],
	receivers: ['Receivers', value => ['Remote ID'].concat(value).join(', ')], registration: ['Registration'], squawk: ['Squawk'],
	category: ['Category'], rid_make: ['Make'], rid_model: ['Model'], ua_type_name: ['Type'],
	description: ['Description'], operator_id: ['Operator'], caa_id: ['CAA id'],
	id_type: ['Type of id'], mac: ['MAC'], op_status: ['Status'], height_type: ['Height is'],
	vspeed: ['Climb', value => quantity(value, 'climb')], on_ground: ['On ground'],
	gps_accuracy: ['Accuracy', value => quantity(value, 'length')], rssi: ['RSSI', plain('dBm')],
	transport: ['Transport'], freq_mhz: ['Frequency', plain('MHz')],
	bandwidth_mhz: ['Bandwidth', plain('MHz')], power_dbm: ['Power', plain('dBm')],
	power_linear: ['Power, linear'], detection_type: ['Video'], signal_type: ['Kind'],
	source: ['Source'], cpu_percent: ['CPU', plain('%')], memory_percent: ['Memory', plain('%')],
	disk_percent: ['Disk', plain('%')], temp_cpu: ['Temperature', plain('°C')],
	uptime_hours: ['Uptime', plain('h')], gps_fix: ['GPS fix'],
	clock_offset_s: ['Clock offset', plain('s')],
};

function factText(track, key, value) {
	const [name, format] = FACTS[key] || [key];
	if (key === 'rssi' && track.kind === 'aircraft')
		return [name, `${value} dBFS`];
	if (key === 'last_seen' && !Number.isNaN(Date.parse(value)))
		return [name, `${timeText(Date.parse(value))} ${zoneName()}`];
	const text = format && typeof value !== 'string' ? format(value) : null;
	return [name, text === null ? value : text];
}
