/* Labels, the map itself, and its first view. */
'use strict';

/* More labels would hide the markers. */
const LABELS_MAX = 40;
/* Limit of the markers for which a place is looked for. */
const LABELS_TRIED_MAX = 100;
/* Markers are this far from their centre to their edge, in pixels. */
const MARKER_RADIUS = 7;

/* Where a label may be: right, left, above or below of its marker. */
function labelBoxes(x, y, width) {
	return [[x + 12, y - 8], [x - 14 - width, y - 8], [x - width / 2, y - 28], [x - width / 2, y + 12]]
		.map(([left, top]) => [left, top, left + width, top + 16]);
}

function overlaps(a, b) {
	return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

/* The boxes of the labels in the last frame. */
let drawnLabels = [];

/* The parts of the window that panels and controls cover. */
function coveredBoxes() {
	return [...document.querySelectorAll('#panel, #details, #legend, #time, .leaflet-control')]
		.map(e => e.getBoundingClientRect()).filter(box => box.width)
		.map(box => [box.left, box.top, box.right, box.bottom]);
}

/* The parts of the window that markers cover, in cells of a few pixels: to compare each place of a label
 * with thousands of markers would take longer than to draw them. */
class Occupancy {
	constructor() {
		this.size = 4;
		this.columns = Math.ceil(window.innerWidth / this.size);
		this.rows = Math.ceil(window.innerHeight / this.size);
		this.cells = new Uint8Array(this.columns * this.rows);
	}

	/* Call visit(first, end) with the cells of each row whose centres are in the box, until it returns
	 * true; return whether it did. */
	some([left, top, right, bottom], visit) {
		const cell = at => Math.max(0, Math.ceil(at / this.size - 0.5));
		const end = Math.min(this.columns, cell(right)), last = Math.min(this.rows, cell(bottom));
		for (let row = cell(top); row < last; row++) {
			if (visit(row * this.columns + cell(left), row * this.columns + end))
				return true;
		}
		return false;
	}

	add({x, y}) {
		const box = [x - MARKER_RADIUS, y - MARKER_RADIUS, x + MARKER_RADIUS, y + MARKER_RADIUS];
		this.some(box, (first, end) => {
			this.cells.fill(1, first, end);
			return false;
		});
	}

	overlaps(box) {
		return this.some(box, (first, end) => this.cells.subarray(first, end).includes(1));
	}
}

/* Return the first box that fits: inside the window, free of other boxes and, if possible, of other
 * markers. */
function placeLabel({x, y}, width, taken, occupancy) {
	const boxes = labelBoxes(x, y, width).filter(b =>
		b[0] >= 0 && b[1] >= 0 && b[2] <= window.innerWidth && b[3] <= window.innerHeight &&
		!taken.some(box => overlaps(box, b)));
	return boxes.find(b => !occupancy.overlaps(b)) || boxes[0];
}

/* Label the chosen and the fresh markers, without overlaps, where no panel is. */
function drawLabels(pen, spots) {
	const covered = coveredBoxes();
	const markers = spots.filter(({x, y}) => x >= 0 && y >= 0 &&
		x <= window.innerWidth && y <= window.innerHeight &&
		!covered.some(box => overlaps(box, [x, y, x, y])));
	const occupancy = new Occupancy();
	markers.forEach(marker => occupancy.add(marker));
	const may = ({track, fresh}) => fresh && track.kind !== 'signal' && track !== view.chosen;
	const wanted = [markers.filter(({track}) => track === view.chosen),
		...GROUPS.map(({group}) => markers.filter(m => m.track.group === group && may(m)))].flat();
	pen.font = '12px system-ui, sans-serif';
	pen.lineWidth = 3;
	pen.strokeStyle = theme.colours.halo;
	pen.fillStyle = theme.colours.label;
	pen.globalAlpha = 0.9;
	drawnLabels = [];
	for (const spot of wanted.slice(0, LABELS_TRIED_MAX)) {
		if (drawnLabels.length === LABELS_MAX)
			break;
		const text = [...spot.track.label].slice(0, 28).join('');
		const box = placeLabel(spot, pen.measureText(text).width + 4,
			[...covered, ...drawnLabels], occupancy);
		if (!box)
			continue;
		drawnLabels.push(box);
		pen.strokeText(text, box[0] + 2, box[3] - 4);
		pen.fillText(text, box[0] + 2, box[3] - 4);
	}
	document.body.dataset.labels = drawnLabels.length;
}

const map = L.map('map', {zoomAnimation: false, fadeAnimation: false, attributionControl: false,
	zoomControl: false, zoomSnap: 0.25, minZoom: 2, maxZoom: 20, worldCopyJump: true});
L.control.zoom({position: 'bottomleft'}).addTo(map);
L.control.scale({position: 'bottomleft', maxWidth: 140}).addTo(map);
if (page.tiles) {
	const credit = document.createElement('span');
	credit.textContent = page.tiles.credit;
	L.control.attribution({prefix: false}).addAttribution(credit.innerHTML).addTo(map);
	L.tileLayer(page.tiles.url, {maxZoom: 20}).addTo(map);
}

/* The first view contains the kits and everything within radio range of one, so that a drone with a
 * false position does not make everything small. Without kits, it contains all drones and signals;
 * aircraft, which are received from far away, only if there is nothing else. */
const NEAR_M = 30000;

function placesOf(track) {
	const places = [track.pilot, track.where(-Infinity, Infinity)].filter(Boolean);
	for (let i = 0; i < track.count; i++)
		places.push([track.at(i, LAT), track.at(i, LON)]);
	return places.map(place => L.latLng(place));
}

function everything() {
	const centres = kits.flatMap(placesOf);
	const others = tracks.filter(track => track.kind !== 'aircraft').flatMap(placesOf);
	const places = others.length ? others : tracks.flatMap(placesOf);
	return L.latLngBounds(centres.length ? places.filter(
		place => centres.some(kit => kit.distanceTo(place) < NEAR_M)) : places);
}

function fitAll() {
	const all = everything(), area = freeArea();
	if (all.isValid())
		map.fitBounds(all.pad(0.03), {maxZoom: 16, animate: false,
			paddingTopLeft: [area.left + 24, area.top + 24],
			paddingBottomRight: [window.innerWidth - area.right + 24,
				window.innerHeight - area.bottom + 24]});
	else
		map.setView([20, 0], 2);
}

/* Move the map as little as needed to show a position in its free part. */
function bringIntoView(place, zoom = map.getZoom()) {
	const area = freeArea(), margin = 40;
	const inside = (x, low, high) => low + 2 * margin > high ? (low + high) / 2 :
		Math.max(low + margin, Math.min(high - margin, x));
	if (zoom !== map.getZoom())
		map.setView(place, zoom, {animate: false});
	const {x, y} = map.latLngToContainerPoint(place);
	map.panBy([x - inside(x, area.left, area.right), y - inside(y, area.top, area.bottom)],
		{animate: false});
}

map.setView([20, 0], 2);
const tracksLayer = new TracksLayer().addTo(map);
view.listeners.push(() => tracksLayer.schedule());
map.on('click', event => {
	view.choose(tracksLayer.find(event.containerPoint.x, event.containerPoint.y));
});
