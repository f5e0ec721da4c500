/* The map: one canvas over Leaflet's, drawn anew whenever something changes. */
'use strict';

/* A thing that was not heard for so long is drawn faintly. */
const FRESH_MS = 60000;
/* More labels than these would hide what they name. */
const LABELS_MAX = 40;

const TracksLayer = L.Layer.extend({
	onAdd(map) {
		this._map = map;
		this._canvas = L.DomUtil.create('canvas', 'tracks', map.getPanes().overlayPane);
		map.on('move resize zoomend', this.schedule, this);
		this.schedule();
	},

	onRemove(map) {
		this._canvas.remove();
		map.off('move resize zoomend', this.schedule, this);
	},

	schedule() {
		if (!this._waiting)
			this._waiting = requestAnimationFrame(() => this.draw());
	},

	draw() {
		this._waiting = null;
		this.fit();
		this.drawn = {tracks: 0, markers: 0, rings: 0};
		this.spots = [];
		this.graticule();
		const shown = things.filter(thing => view.shows(thing));
		for (const thing of shown)
			this.ring(thing);
		for (const thing of shown)
			this.track(thing);
		for (const thing of shown)
			this.people(thing);
		for (const thing of shown)
			this.marker(thing);
		this.labels();
		Object.assign(document.body.dataset, this.drawn);
	},

	/* The canvas covers the window, wherever the map has been moved to. */
	fit() {
		const size = this._map.getSize(), ratio = window.devicePixelRatio || 1;
		const canvas = this._canvas;
		if (canvas.width !== Math.round(size.x * ratio) ||
			canvas.height !== Math.round(size.y * ratio)) {
			canvas.width = Math.round(size.x * ratio);
			canvas.height = Math.round(size.y * ratio);
			canvas.style.width = `${size.x}px`;
			canvas.style.height = `${size.y}px`;
		}
		L.DomUtil.setPosition(canvas, this._map.containerPointToLayerPoint([0, 0]));
		this._pen = canvas.getContext('2d');
		this._pen.setTransform(ratio, 0, 0, ratio, 0, 0);
		this._pen.clearRect(0, 0, size.x, size.y);
		this._pen.lineJoin = this._pen.lineCap = 'round';
		this._size = size;
		this._scale = 256 * 2 ** this._map.getZoom();
		this._origin = this._map.getPixelBounds().min;
	},

	px(x) {
		return x * this._scale - this._origin.x;
	},

	py(y) {
		return y * this._scale - this._origin.y;
	},

	at(place) {
		return [this.px(mercatorX(place[1])), this.py(mercatorY(place[0]))];
	},

	outside(box) {
		return this.px(box[2]) < 0 || this.px(box[0]) > this._size.x ||
			this.py(box[3]) < 0 || this.py(box[1]) > this._size.y;
	},

	graticule() {
		const bounds = this._map.getBounds(), pen = this._pen;
		const wanted = 140 / this._scale * 360;
		const steps = [30, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005];
		const step = steps.findLast(s => s >= wanted) || 30;
		const digits = Math.max(0, Math.ceil(-Math.log10(step)));
		pen.strokeStyle = theme.colours.grid;
		pen.fillStyle = theme.colours.gridText;
		pen.font = '11px system-ui, sans-serif';
		pen.lineWidth = 1;
		pen.beginPath();
		for (let n = Math.ceil(bounds.getWest() / step); n * step < bounds.getEast(); n++) {
			const x = Math.round(this.px(mercatorX(n * step))) + 0.5;
			pen.moveTo(x, 0);
			pen.lineTo(x, this._size.y);
			pen.fillText(`${(n * step).toFixed(digits)}°`, x + 4, 12);
		}
		for (let n = Math.ceil(bounds.getSouth() / step); n * step < bounds.getNorth(); n++) {
			const y = Math.round(this.py(mercatorY(n * step))) + 0.5;
			pen.moveTo(0, y);
			pen.lineTo(this._size.x, y);
			pen.fillText(`${(n * step).toFixed(digits)}°`, this._size.x - 58, y - 4);
		}
		pen.stroke();
	},

	ring(thing) {
		const ring = thing.ring(view.from, view.time), pen = this._pen;
		if (!ring || ring[RING.LAT] === null)
			return;
		const place = [ring[RING.LAT], ring[RING.LON]], [x, y] = this.at(place);
		const metres = 40075016.7 * Math.cos(place[0] * Math.PI / 180) / this._scale;
		const radius = ring[RING.RANGE] / metres;
		pen.globalAlpha = thing === view.chosen ? 1 : 0.55;
		pen.strokeStyle = theme.of(thing);
		pen.lineWidth = thing === view.chosen ? 2.5 : 1.5;
		pen.setLineDash([6, 5]);
		pen.beginPath();
		pen.arc(x, y, radius, 0, 2 * Math.PI);
		pen.stroke();
		pen.setLineDash([]);
		this.spots.push({thing, x, y, ring: radius, fresh: false});
		this.drawn.rings++;
	},

	track(thing) {
		const from = thing.upTo(view.from), until = thing.upTo(view.time), pen = this._pen;
		if (until - from < 2 || thing.kind === 'signal' || this.outside(thing.box))
			return;
		pen.globalAlpha = thing === view.chosen ? 1 : thing.kind === 'drone' ? 0.75 : 0.4;
		pen.strokeStyle = theme.of(thing);
		pen.lineWidth = thing === view.chosen ? 3.5 : thing.kind === 'drone' ? 2 : 1.25;
		pen.beginPath();
		let drawnX = NaN, drawnY = NaN;
		for (let i = from; i < until; i++) {
			const x = this.px(thing.xs[i]), y = this.py(thing.ys[i]);
			if (i === from || thing.times[i] - thing.times[i - 1] > page.gap_ms ||
				Math.abs(thing.xs[i] - thing.xs[i - 1]) > 0.5) {
				pen.moveTo(x, y);
			} else if (Math.abs(x - drawnX) + Math.abs(y - drawnY) < 0.7 && i < until - 1) {
				continue;
			} else {
				pen.lineTo(x, y);
			}
			drawnX = x;
			drawnY = y;
		}
		pen.stroke();
		this.drawn.tracks++;
	},

	/* The pilot and the home of a drone that is in sight, joined to it. */
	people(thing) {
		const place = thing.where(view.from, view.time), pen = this._pen;
		if (!place || !(thing.pilot || thing.home))
			return;
		pen.strokeStyle = pen.fillStyle = theme.of(thing);
		pen.lineWidth = 1;
		if (thing.home)
			this.home(this.at(thing.home));
		if (!thing.pilot)
			return;
		const [x, y] = this.at(thing.pilot), [droneX, droneY] = this.at(place);
		pen.globalAlpha = 0.6;
		pen.setLineDash([2, 4]);
		pen.beginPath();
		pen.moveTo(x, y);
		pen.lineTo(droneX, droneY);
		pen.stroke();
		pen.setLineDash([]);
		pen.globalAlpha = 1;
		pen.beginPath();
		pen.arc(x, y - 5, 3, 0, 2 * Math.PI);
		pen.moveTo(x - 5, y + 5);
		pen.quadraticCurveTo(x, y - 6, x + 5, y + 5);
		pen.closePath();
		pen.fill();
	},

	home([x, y]) {
		const pen = this._pen;
		pen.globalAlpha = 0.8;
		pen.strokeRect(x - 3.5, y - 3.5, 7, 7);
	},

	marker(thing) {
		const place = thing.where(view.from, view.time), pen = this._pen;
		if (!place)
			return;
		const [x, y] = this.at(place), i = thing.upTo(view.time) - 1;
		if (x < -20 || y < -20 || x > this._size.x + 20 || y > this._size.y + 20)
			return;
		const located = i >= 0 && thing.kind !== 'signal';
		const fresh = thing.kind === 'kit' || (located ? view.time - thing.times[i] : 0) <= FRESH_MS;
		pen.globalAlpha = fresh || thing === view.chosen ? 1 : 0.5;
		pen.fillStyle = pen.strokeStyle = theme.of(thing);
		if (located)
			this.symbol(thing, x, y, thing.at(i, HEADING));
		else
			this.cross(x, y);
		if (thing === view.chosen)
			this.halo(x, y);
		this.spots.push({thing, x, y, fresh});
		this.drawn.markers++;
	},

	symbol(thing, x, y, heading) {
		const pen = this._pen;
		pen.save();
		pen.translate(x, y);
		if (thing.kind === 'kit') {
			pen.lineWidth = 2.5;
			pen.strokeRect(-6, -6, 12, 12);
			pen.fillRect(-2, -2, 4, 4);
		} else if (heading === null) {
			pen.beginPath();
			pen.arc(0, 0, 5, 0, 2 * Math.PI);
			pen.fill();
		} else {
			const size = thing.kind === 'drone' ? 1.15 : 1;
			pen.rotate(heading * Math.PI / 180);
			pen.scale(size, size);
			pen.beginPath();
			pen.moveTo(0, -8);
			pen.lineTo(5, 6);
			pen.lineTo(0, 3);
			pen.lineTo(-5, 6);
			pen.closePath();
			pen.fill();
		}
		pen.restore();
	},

	cross(x, y) {
		const pen = this._pen;
		pen.lineWidth = 2;
		pen.beginPath();
		pen.moveTo(x - 4, y);
		pen.lineTo(x + 4, y);
		pen.moveTo(x, y - 4);
		pen.lineTo(x, y + 4);
		pen.stroke();
	},

	halo(x, y) {
		const pen = this._pen;
		pen.lineWidth = 2;
		pen.strokeStyle = theme.colours.label;
		pen.beginPath();
		pen.arc(x, y, 13, 0, 2 * Math.PI);
		pen.stroke();
	},

	labels() {
		const pen = this._pen, taken = [];
		const wanted = this.spots.filter(spot => !spot.ring && (spot.thing === view.chosen ||
			(spot.fresh && spot.thing.kind !== 'signal')));
		wanted.sort((a, b) => (b.thing === view.chosen) - (a.thing === view.chosen) ||
			KINDS.findIndex(k => k.kind === a.thing.kind) - KINDS.findIndex(k => k.kind === b.thing.kind));
		pen.font = '12px system-ui, sans-serif';
		pen.lineWidth = 3;
		pen.strokeStyle = theme.colours.halo;
		pen.fillStyle = theme.colours.label;
		for (const {thing, x, y} of wanted) {
			if (taken.length >= LABELS_MAX)
				break;
			const text = [...thing.label].slice(0, 28).join('');
			const box = [x + 12, y - 8, x + 16 + pen.measureText(text).width, y + 8];
			if (taken.some(t => t[0] < box[2] && box[0] < t[2] && t[1] < box[3] && box[1] < t[3]))
				continue;
			taken.push(box);
			pen.globalAlpha = 0.9;
			pen.strokeText(text, x + 13, y + 4);
			pen.fillText(text, x + 13, y + 4);
		}
	},

	/* What is at a place of the window: the nearest marker, or a ring whose line is there. */
	find(x, y) {
		let best = null, nearest = 16;
		for (const spot of this.spots) {
			const away = Math.hypot(spot.x - x, spot.y - y);
			const distance = spot.ring ? Math.abs(away - spot.ring) + 6 : away;
			if (distance < nearest) {
				nearest = distance;
				best = spot.thing;
			}
		}
		return best;
	},
});

const map = L.map('map', {zoomAnimation: false, fadeAnimation: false, attributionControl: false,
	zoomControl: false, zoomSnap: 0.25, minZoom: 2, maxZoom: 20, worldCopyJump: true});
L.control.zoom({position: 'bottomleft'}).addTo(map);
L.control.scale({position: 'bottomleft', imperial: false, maxWidth: 140}).addTo(map);
if (page.tiles) {
	const credit = document.createElement('span');
	credit.textContent = page.tiles.credit;
	L.control.attribution({prefix: false}).addAttribution(credit.innerHTML).addTo(map);
	L.tileLayer(page.tiles.url, {maxZoom: 20}).addTo(map);
}

/* What the map shows at first: the kits, and what was as near to one as radio carries. A drone that
 * says that it is elsewhere must not make everything small. Without kits, all; aircraft, which are
 * heard from afar, only where there is nothing else. */
const NEAR_M = 30000;

function placesOf(thing) {
	const places = [thing.pilot, thing.where(-Infinity, Infinity)].filter(Boolean);
	for (let i = 0; i < thing.count; i++)
		places.push([thing.at(i, LAT), thing.at(i, LON)]);
	return places.map(place => L.latLng(place));
}

function everything() {
	const kits = things.filter(thing => thing.kind === 'kit').flatMap(placesOf);
	const others = things.filter(thing => thing.kind !== 'aircraft').flatMap(placesOf);
	const places = others.length ? others : things.flatMap(placesOf);
	return L.latLngBounds(kits.length ? places.filter(
		place => kits.some(kit => kit.distanceTo(place) < NEAR_M)) : places);
}

const all = everything();
if (all.isValid())
	map.fitBounds(all.pad(0.05), {paddingTopLeft: window.innerWidth > 760 ? [364, 20] : [10, 10],
		paddingBottomRight: window.innerWidth > 760 ? [20, 80] : [10, 300], maxZoom: 16});
else
	map.setView([20, 0], 2);
const tracksLayer = new TracksLayer().addTo(map);
view.listeners.push(() => tracksLayer.schedule());
map.on('click', event => {
	view.choose(tracksLayer.find(event.containerPoint.x, event.containerPoint.y));
});
