/* The map layer: one canvas over Leaflet's panes, redrawn whenever something changes. */
'use strict';

/* Older markers are drawn faintly. */
const FRESH_MS = 60000;

/* With more markers in the window, markers are dots and lines are thin, which takes a sixth of the time. */
const SYMBOLS_MAX = 2000;

/* Lines of one colour share strokes of about this many ends: thousands of short strokes take longer, and
 * so does a stroke of thousands. */
const STROKE_ENDS = 100;

/* The part of the window that no panel covers, as {left, top, right, bottom} in pixels. */
function freeArea() {
	const area = {left: 0, top: 0, right: window.innerWidth, bottom: window.innerHeight};
	for (const id of ['panel', 'details', 'legend', 'time']) {
		const box = byId(id).getBoundingClientRect();
		if (!box.width)
			continue;
		if (box.height > window.innerHeight / 2 && box.right < window.innerWidth / 2)
			area.left = Math.max(area.left, box.right);
		else if (box.left > window.innerWidth / 2)
			area.right = Math.min(area.right, box.left);
		else if (box.top > window.innerHeight / 4)
			area.bottom = Math.min(area.bottom, box.top);
		else
			area.top = Math.max(area.top, box.bottom);
	}
	return area;
}

const TracksLayer = L.Layer.extend({
	onAdd(map) {
		this._map = map;
		this._strokes = new Map();
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
		this.drawn = {tracks: 0, rings: 0};
		this._now = performance.now();
		this._moving = false;
		const shown = tracks.filter(track => view.shows(track));
		const markers = shown.map(track => this.spotOf(track)).filter(Boolean);
		this.setCrowded(markers.length > SYMBOLS_MAX);
		this.spots = markers.slice();
		this.graticule();
		drawZones(this);
		shown.forEach(this.ring, this);
		shown.forEach(this.track, this);
		this.strokeAll();
		shown.forEach(this.people, this);
		markers.forEach(this.marker, this);
		drawEvents(this);
		drawLabels(this._pen, markers.filter(({track}) => !this.isReduced(track)));
		Object.assign(document.body.dataset, this.drawn, {markers: markers.length});
		if (this._moving)
			this.schedule();
	},

	/* Draw less of each track where there are many. The list mentions it. */
	setCrowded(isCrowded) {
		if (isCrowded !== view.isCrowded)
			listSoon();
		view.isCrowded = isCrowded;
	},

	/* Whether only a dot and a thin line of a track are drawn, without its name. */
	isReduced(track) {
		return view.isCrowded && track !== view.chosen && track.kind !== 'kit';
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
		this._ratio = ratio;
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
		const bounds = this._map.getBounds(), pen = this._pen, area = freeArea();
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
			pen.fillText(`${(n * step).toFixed(digits)}°`, x + 4, area.top + 12);
		}
		for (let n = Math.ceil(bounds.getSouth() / step); n * step < bounds.getNorth(); n++) {
			const y = Math.round(this.py(mercatorY(n * step))) + 0.5;
			const text = `${(n * step).toFixed(digits)}°`;
			pen.moveTo(0, y);
			pen.lineTo(this._size.x, y);
			pen.fillText(text, area.right - pen.measureText(text).width - 6, y - 4);
		}
		pen.stroke();
	},

	ring(track) {
		const ring = track.ring(view.from, view.time), pen = this._pen;
		if (!ring || ring[RING.LAT] === null)
			return;
		const place = [ring[RING.LAT], ring[RING.LON]], [x, y] = this.at(place);
		const metres = 40075016.7 * Math.cos(place[0] * Math.PI / 180) / this._scale;
		const radius = ring[RING.RANGE] / metres;
		pen.globalAlpha = track === view.chosen ? 1 : 0.55;
		pen.strokeStyle = theme.of(track);
		pen.lineWidth = track === view.chosen ? 2.5 : this.widthOf(track, 1.5);
		pen.setLineDash(this.dashOf(track, [6, 5]));
		pen.beginPath();
		pen.arc(x, y, radius, 0, 2 * Math.PI);
		pen.stroke();
		pen.setLineDash([]);
		this.spots.push({track, x, y, ring: radius, fresh: false});
		this.drawn.rings++;
	},

	/* Return the width of a line: the thinnest that the screen has, or `wide`. */
	widthOf(track, wide) {
		return this.isReduced(track) ? 1 / this._ratio : wide;
	},

	dashOf(track, dash) {
		return this.isReduced(track) ? [] : dash;
	},

	track(track) {
		const from = track.upTo(view.from), until = track.upTo(view.time);
		if (until - from < 2 || track.kind === 'signal' || this.outside(track.box))
			return;
		if (track.kind === 'encrypted')
			this.detections(track, from, until);
		else
			this.line(track, from, until);
		this.drawn.tracks++;
	},

	/* Detections of an encrypted drone may be of several drones: they are not connected. */
	detections(track, from, until) {
		const pen = this._pen;
		pen.globalAlpha = track === view.chosen ? 1 : 0.75;
		for (let i = from; i < until; i++) {
			pen.fillStyle = theme.at(track, i);
			pen.beginPath();
			pen.arc(this.px(track.xs[i]), this.py(track.ys[i]), 2, 0, 2 * Math.PI);
			pen.fill();
		}
	},

	/* Add the line of a track to the strokes of its colours. */
	line(track, from, until) {
		const moving = movingTo(track, this._now), single = theme.singleOf(track);
		let drawnX = NaN, drawnY = NaN, colour = null, stroke = null, next = null;
		for (let i = from; i < until; i++) {
			const end = moving && i === until - 1 ? moving : {x: track.xs[i], y: track.ys[i]};
			const x = this.px(end.x), y = this.py(end.y);
			const wanted = single || theme.at(track, i);
			if (wanted !== colour)
				next = this.strokeOf(track, wanted);
			colour = wanted;
			if (i === from || track.times[i] - track.times[i - 1] > page.gap_ms ||
				Math.abs(track.xs[i] - track.xs[i - 1]) > 0.5) {
				next.path.moveTo(x, y);
			} else if (Math.abs(x - drawnX) + Math.abs(y - drawnY) < 0.7 && i < until - 1) {
				continue;
			} else {
				stroke.path.lineTo(x, y);
				if (next !== stroke)
					next.path.moveTo(x, y);
				next.ends++;
			}
			stroke = next;
			drawnX = x;
			drawnY = y;
		}
	},

	/* Return the open stroke of this colour for the line of a track. */
	strokeOf(track, colour) {
		const chosen = track === view.chosen, drone = track.group === 'drone';
		const key = `${colour} ${track.dashed} ${drone} ${chosen}`, open = this._strokes.get(key);
		if (open && (chosen || open.ends < STROKE_ENDS))
			return open;
		if (open)
			this.stroke(open);
		const stroke = {colour, dash: this.dashOf(track, track.dashed ? [7, 5] : []),
			path: new Path2D(), ends: 0, alpha: chosen ? 1 : drone ? 0.75 : 0.4,
			width: chosen ? 3.5 : this.widthOf(track, drone ? 2 : 1.25)};
		this._strokes.set(key, stroke);
		return stroke;
	},

	stroke(stroke) {
		const pen = this._pen;
		pen.globalAlpha = stroke.alpha;
		pen.lineWidth = stroke.width;
		pen.strokeStyle = stroke.colour;
		pen.setLineDash(stroke.dash);
		pen.stroke(stroke.path);
	},

	/* Draw the lines that are left; that of the chosen track is the last. */
	strokeAll() {
		const last = stroke => Number(stroke.alpha === 1);
		[...this._strokes.values()].sort((a, b) => last(a) - last(b)).forEach(stroke => this.stroke(stroke));
		this._strokes.clear();
		this._pen.setLineDash([]);
	},

	/* Draw a symbol, or a dot if little of the track is drawn. */
	symbol(track, name, x, y, heading = null) {
		if (this.isReduced(track))
			drawDot(this._pen, x, y, ['pilot', 'home'].includes(name) ? DOT.person : DOT.marker);
		else
			drawSymbol(this._pen, name, x, y, heading);
	},

	/* Pilot and home of a drone that is shown, connected to it. */
	people(track) {
		const place = track.where(view.from, view.time), pen = this._pen;
		if (!place || !(track.pilot || track.home))
			return;
		pen.strokeStyle = pen.fillStyle = theme.of(track);
		pen.globalAlpha = 0.8;
		if (track.home)
			this.symbol(track, 'home', ...this.at(track.home));
		if (!track.pilot)
			return;
		const [x, y] = this.at(track.pilot);
		pen.globalAlpha = 0.6;
		pen.lineWidth = this.widthOf(track, 1);
		pen.setLineDash(this.dashOf(track, [2, 4]));
		pen.beginPath();
		pen.moveTo(x, y);
		pen.lineTo(...this.at(place));
		pen.stroke();
		pen.setLineDash([]);
		pen.globalAlpha = 1;
		this.symbol(track, 'pilot', x, y);
	},

	/* Where the marker is in the window: at its place, or on the way there. */
	pointOf(track, place) {
		const moving = movingTo(track, this._now);
		if (!moving)
			return this.at(place);
		this._moving = true;
		return [this.px(moving.x), this.py(moving.y)];
	},

	/* Return the marker of a track: where it is, and the number of its point or -1; null if it is outside. */
	spotOf(track) {
		const place = track.where(view.from, view.time);
		if (!place)
			return null;
		const [x, y] = this.pointOf(track, place);
		if (x < -20 || y < -20 || x > this._size.x + 20 || y > this._size.y + 20)
			return null;
		const i = Math.max(track.upTo(view.time) - 1, track.kind === 'kit' ? 0 : -1);
		const isLocated = track.kind === 'kit' ? track.count > 0 :
			i >= 0 && track.times[i] >= view.from && track.kind !== 'signal';
		const fresh = track.kind === 'kit' || (isLocated ? view.time - track.times[i] : 0) <= FRESH_MS;
		return {track, x, y, fresh, i: isLocated ? i : -1};
	},

	marker({track, x, y, fresh, i}) {
		const pen = this._pen;
		pen.globalAlpha = fresh || track === view.chosen ? 1 : 0.5;
		pen.strokeStyle = pen.fillStyle = i < 0 ? theme.of(track) : theme.at(track, i);
		if (i < 0)
			this.symbol(track, 'signal', x, y);
		else
			this.symbol(track, track.kind, x, y, track.at(i, HEADING));
		if (track === view.chosen)
			this.halo(x, y);
	},

	halo(x, y) {
		const pen = this._pen;
		pen.lineWidth = 2;
		pen.strokeStyle = theme.colours.label;
		pen.beginPath();
		pen.arc(x, y, 13, 0, 2 * Math.PI);
		pen.stroke();
	},

	/* Return the track at a position of the window: the nearest marker or ring, or null. */
	find(x, y) {
		let best = null, nearest = 16;
		for (const spot of this.spots) {
			const away = Math.hypot(spot.x - x, spot.y - y);
			const distance = spot.ring ? Math.abs(away - spot.ring) + 6 : away;
			if (distance < nearest) {
				nearest = distance;
				best = spot.track;
			}
		}
		return best;
	},
});
