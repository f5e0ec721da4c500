/* The records of the page as tracks, with their points in typed arrays, and the state of the view. */
'use strict';

/* What the list and the filters call the kinds of track. */
const GROUPS = [
	{group: 'drone', plural: 'Drones'},
	{group: 'aircraft', plural: 'Aircraft'},
	{group: 'signal', plural: 'Signals'},
	{group: 'kit', plural: 'Kits'},
];
const GROUP_OF = {encrypted: 'drone', emitter: 'drone'};

/* The numbers of a point, in the order of the page: ms since 1970, degrees, metres, m/s, degrees;
 * null if unknown. */
const T = 0, LAT = 1, LON = 2, ALT = 3, HEIGHT = 4, SPEED = 5, HEADING = 6, POINT = 7;
/* The numbers of a ring: first and last ms since 1970, degrees, metres, detections, dBm. */
const RING = {FROM: 0, UNTIL: 1, LAT: 2, LON: 3, RANGE: 4, COUNT: 5, POWER: 6};

/* Web Mercator; the world is 0..1. */
function mercatorX(lon) {
	return (lon + 180) / 360;
}

function mercatorY(lat) {
	const sine = Math.sin(Math.max(-85.05, Math.min(85.05, lat)) * Math.PI / 180);
	return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}

/* Return text that is safe to display: bidirectional and invisible characters, which could make one
 * name look like another, are replaced by their codes. */
function visible(value) {
	return String(value).replace(/\s/g, ' ').replace(
		/[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8]/g,
		c => `⟨${c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`);
}

/* DragonSync prefixes serial numbers with "drone-". */
function labelOf(raw) {
	if (raw.kind === 'encrypted')
		return raw.id.replace(/^drone-alert/, 'Encrypted');
	return raw.facts.callsign || raw.facts.name || raw.id.replace(/^drone-(?=.)/, '');
}

class Track {
	constructor(raw) {
		Object.assign(this, raw);
		this.key = `${raw.kind}/${raw.kit}/${raw.id}`;
		this.group = GROUP_OF[raw.kind] || raw.kind;
		this.count = 0;
		this.reserve(raw.points.length / POINT);
		this.box = [Infinity, Infinity, -Infinity, -Infinity];
		this.points = [];
		this.append(raw.points);
		this.describe();
	}

	reserve(capacity) {
		for (const name of ['times', 'xs', 'ys']) {
			const larger = new Float64Array(capacity);
			if (this[name])
				larger.set(this[name].subarray(0, this.count));
			this[name] = larger;
		}
	}

	/* Append points; one with the time of the last one replaces it, an older one is ignored. */
	append(points) {
		for (let from = 0; from < points.length; from += POINT) {
			const last = this.count ? this.times[this.count - 1] : -Infinity;
			if (points[from + T] < last)
				continue;
			if (points[from + T] === last)
				this.count--;
			if (this.count === this.times.length)
				this.reserve(2 * this.count + 8);
			for (let i = 0; i < POINT; i++)
				this.points[this.count * POINT + i] = points[from + i];
			this.index(this.count++);
		}
	}

	/* Drop the points for which keep(number) is false. */
	filter(keep) {
		const points = this.points.slice(0, this.count * POINT);
		this.points = [];
		this.count = 0;
		this.append(points.filter((_, at) => keep(Math.floor(at / POINT))));
		this.describe();
	}

	/* Drop points before a time, some at once. */
	expire(before) {
		const old = this.upTo(before - 1);
		if (old > this.count / 4)
			this.filter(i => i >= old);
	}

	/* Drop every second point; keep both ends. */
	thin() {
		const last = this.count - 1;
		if (last > 1)
			this.filter(i => i % 2 === 0 || i === last);
	}

	/* Take over the newest values of a live track. */
	update(raw) {
		const before = this.count;
		this.append(raw.points);
		if (before > 0 && this.count > before)
			startMotion(this, before - 1);
		for (const name of ['facts', 'pilot', 'home', 'rings', 'seen'])
			this[name] = raw[name];
		this.describe();
	}

	describe() {
		this.label = visible(labelOf(this));
		this.tag = tagOf(this);
		this.text = null;
		this.first = Math.min(this.count ? this.times[0] : Infinity,
			...this.rings.map(ring => ring[RING.FROM]));
		this.last = Math.max(this.count ? this.times[this.count - 1] : -Infinity,
			...this.rings.map(ring => ring[RING.UNTIL]));
	}

	/* Whether a name or a fact contains `search`, which is in lower case. */
	contains(search) {
		this.text = this.text || [this.id, this.kit, this.label, ...Object.values(this.facts)]
			.join('\n').toLowerCase();
		return this.text.includes(search);
	}

	index(i) {
		const x = mercatorX(this.at(i, LON)), y = mercatorY(this.at(i, LAT));
		this.times[i] = this.at(i, T);
		this.xs[i] = x;
		this.ys[i] = y;
		this.box = [Math.min(this.box[0], x), Math.min(this.box[1], y),
			Math.max(this.box[2], x), Math.max(this.box[3], y)];
	}

	at(i, what) {
		return this.points[i * POINT + what];
	}

	/* Return the number of points up to a time. */
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

	/* Return the newest ring within from..until, or undefined. */
	ring(from, until) {
		return this.rings.findLast(
			ring => ring[RING.FROM] <= until && ring[RING.UNTIL] >= from);
	}

	/* Return the position at `until` as [lat, lon] if there is one since `from`, else null. A kit is
	 * at its last position, before the first one at that. */
	where(from, until) {
		const i = this.kind === 'kit' ? Math.max(this.upTo(until), 1) - 1 : this.upTo(until) - 1;
		if (i >= 0 && i < this.count && (this.times[i] >= from || this.kind === 'kit'))
			return [this.at(i, LAT), this.at(i, LON)];
		const ring = this.ring(from, until);
		return ring && ring[RING.LAT] !== null ? [ring[RING.LAT], ring[RING.LON]] : null;
	}

	/* Return the time of the last detection up to `time`, or null. */
	seenAt(time) {
		const i = this.upTo(time) - 1, ring = this.ring(-Infinity, time);
		const last = Math.max(i >= 0 ? this.times[i] : -Infinity,
			ring ? Math.min(ring[RING.UNTIL], time) : -Infinity);
		return Number.isFinite(last) ? last : null;
	}
}

/* Events are in the order of their times. */
const tracks = [], kits = [], trackByKey = new Map(), events = [];

function addTrack(raw) {
	const track = new Track(raw);
	tracks.push(track);
	trackByKey.set(track.key, track);
	if (track.kind === 'kit')
		kits.push(track);
}

page.tracks.forEach(addTrack);

/* What is shown. Call changed() after each change. */
const view = {
	first: 0,
	last: 0,
	time: 0,
	trail: Infinity,
	groups: new Set(GROUPS.map(g => g.group)),
	search: '',
	kit: '',          /* the id of the only kit that is shown; '' all */
	tag: '',          /* the only tag of drones that is shown; '' all */
	below: Infinity,  /* metres; an unknown altitude is shown */
	follows: false,   /* the map moves with the chosen track */
	isCrowded: false, /* so many markers are in the window that they are drawn as dots */
	sort: 'time',
	chosen: null,
	listeners: [],

	get from() {
		return this.time - this.trail;
	},

	shows(track) {
		return this.groups.has(track.group) && (!this.search || track.contains(this.search)) &&
			(!this.kit || track.kit === this.kit) &&
			(!this.tag || track.kind === 'kit' || track.tag === this.tag) &&
			!(this.below < Infinity && latest(track, ALT) > this.below && track.kind !== 'kit');
	},

	changed() {
		for (const listener of this.listeners)
			listener();
	},

	choose(track) {
		this.chosen = track;
		this.follows = this.follows && Boolean(track);
		this.changed();
	},
};
/* Set the range of times from the tracks; kits alone have one moment. */
function updateTimeRange() {
	const moving = tracks.filter(t => t.kind !== 'kit');
	view.first = moving.reduce((first, t) => Math.min(first, t.first), events.length ? events[0].ms : Infinity);
	view.last = moving.reduce((last, t) => Math.max(last, t.last), events.length ? events.at(-1).ms : -Infinity);
	if (!Number.isFinite(view.first)) {
		view.first = Math.min(0, ...tracks.map(t => t.first).filter(Number.isFinite));
		view.last = view.first;
	}
}

updateTimeRange();
view.time = view.last;
