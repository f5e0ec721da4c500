/* The records of the page: things, each with its points in typed arrays, and the time they span. */
'use strict';

const page = JSON.parse(document.getElementById('records').textContent);

const KINDS = [
	{kind: 'drone', plural: 'Drones'},
	{kind: 'aircraft', plural: 'Aircraft'},
	{kind: 'signal', plural: 'Signals'},
	{kind: 'kit', plural: 'Kits'},
];

/* The numbers of a point, in this order in the page: milliseconds since 1970, degrees, metres, m/s,
 * degrees; null where not known. */
const T = 0, LAT = 1, LON = 2, ALT = 3, SPEED = 4, HEADING = 5, POINT = 6;
/* Of a ring: from, until, degrees, metres, how many detections, dBm. */
const RING = {FROM: 0, UNTIL: 1, LAT: 2, LON: 3, RANGE: 4, COUNT: 5, POWER: 6};

/* Web Mercator, the whole world 0..1. */
function mercatorX(lon) {
	return (lon + 180) / 360;
}

function mercatorY(lat) {
	const sine = Math.sin(Math.max(-85.05, Math.min(85.05, lat)) * Math.PI / 180);
	return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}

/* As in the KML files: a drone has one colour, whichever kit saw it. */
function colourIndex(id) {
	let sum = 0;
	for (const byte of new TextEncoder().encode(id))
		sum = (Math.imul(sum, 31) + byte) >>> 0;
	return sum % 6;
}

/* Text as it may be shown: what would turn the reading direction round, so that a name looks like
 * another, and what cannot be seen are shown by their codes. */
function shown(value) {
	return String(value).replace(/\s/g, ' ').replace(
		/[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g,
		c => `⟨${c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`);
}

class Thing {
	constructor(raw, index) {
		Object.assign(this, raw);
		this.index = index;
		/* DragonSync puts "drone-" before every serial number. */
		this.label = shown(raw.facts.callsign || raw.facts.name || raw.id.replace(/^drone-(?=.)/, ''));
		/* Encrypted drones and emitters are shown and filtered as drones. */
		this.group = ['encrypted', 'emitter'].includes(raw.kind) ? 'drone' : raw.kind;
		this.colour = colourIndex(raw.id);
		this.count = raw.points.length / POINT;
		this.times = new Float64Array(this.count);
		this.xs = new Float64Array(this.count);
		this.ys = new Float64Array(this.count);
		this.box = [Infinity, Infinity, -Infinity, -Infinity];
		for (let i = 0; i < this.count; i++)
			this.place(i, raw.points);
		this.haystack = [raw.id, raw.kit, ...Object.values(raw.facts)].join('\n').toLowerCase();
		this.first = Math.min(this.count ? this.times[0] : Infinity,
			...raw.rings.map(ring => ring[RING.FROM]));
		this.last = Math.max(this.count ? this.times[this.count - 1] : -Infinity,
			...raw.rings.map(ring => ring[RING.UNTIL]));
	}

	place(i, points) {
		const x = mercatorX(points[i * POINT + LON]), y = mercatorY(points[i * POINT + LAT]);
		this.times[i] = points[i * POINT + T];
		this.xs[i] = x;
		this.ys[i] = y;
		this.box = [Math.min(this.box[0], x), Math.min(this.box[1], y),
			Math.max(this.box[2], x), Math.max(this.box[3], y)];
	}

	/* How many points there are up to a time. */
	upTo(time) {
		let low = 0, high = this.count;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (this.times[middle] <= time)
				low = middle + 1;
			else
				high = middle;
		}
		return low;
	}

	at(i, what) {
		return this.points[i * POINT + what];
	}

	/* The newest ring that is of the time between, or undefined. */
	ring(from, until) {
		return this.rings.findLast(
			ring => ring[RING.FROM] <= until && ring[RING.UNTIL] >= from);
	}

	/* Where it is at a time, as [lat, lon], if it was seen since `from`; a kit stays. */
	where(from, until) {
		const i = this.upTo(until) - 1;
		if (i >= 0 && (this.times[i] >= from || this.kind === 'kit'))
			return [this.at(i, LAT), this.at(i, LON)];
		const ring = this.ring(from, until);
		return ring && ring[RING.LAT] !== null ? [ring[RING.LAT], ring[RING.LON]] : null;
	}
}

const things = page.things.map((raw, index) => new Thing(raw, index));

/* What is shown, and of when. Everything that changes it calls changed(). */
const view = {
	first: Math.min(Infinity, ...things.filter(t => t.kind !== 'kit').map(t => t.first)),
	last: Math.max(-Infinity, ...things.filter(t => t.kind !== 'kit').map(t => t.last)),
	time: 0,
	trail: Infinity,
	kinds: new Set(KINDS.map(k => k.kind)),
	search: '',
	chosen: null,
	listeners: [],

	get from() {
		return this.time - this.trail;
	},

	shows(thing) {
		return this.kinds.has(thing.group) && thing.haystack.includes(this.search);
	},

	changed() {
		for (const listener of this.listeners)
			listener();
	},

	choose(thing) {
		this.chosen = thing;
		this.changed();
	},
};
if (!Number.isFinite(view.first)) {
	view.first = Math.min(0, ...things.map(t => t.first).filter(Number.isFinite));
	view.last = view.first;
}
view.time = view.last;
