/* The zones of the rules. */
'use strict';

/* Return a ring as a flat array of Web Mercator x and y. */
function ringOf(positions) {
	return itemsOf(positions).filter(Array.isArray).flatMap(
		([lon, lat]) => [mercatorX(Number(lon)), mercatorY(Number(lat))]);
}

/* Return all rings of a geometry: borders and holes alike, because they are filled by even-odd. */
function ringsOf(geometry) {
	const coordinates = itemsOf(geometry && geometry.coordinates);
	const polygons = geometry && geometry.type === 'MultiPolygon' ? coordinates :
		geometry && geometry.type === 'Polygon' ? [coordinates] : [];
	return polygons.flatMap(itemsOf).map(ringOf).filter(ring => ring.length >= 6);
}

function boxOf(rings) {
	const box = [Infinity, Infinity, -Infinity, -Infinity];
	for (const ring of rings) {
		for (let i = 0; i < ring.length; i += 2) {
			box[0] = Math.min(box[0], ring[i]);
			box[1] = Math.min(box[1], ring[i + 1]);
			box[2] = Math.max(box[2], ring[i]);
			box[3] = Math.max(box[3], ring[i + 1]);
		}
	}
	return box;
}

const zones = itemsOf(page.zones && page.zones.features).map(feature => {
	const rings = ringsOf(feature && feature.geometry);
	const name = feature && feature.properties && feature.properties.name;
	return {name: visible(name === undefined ? '' : name), rings, box: boxOf(rings)};
}).filter(zone => zone.rings.length);

/* Trace a ring and leave out corners that are closer than a pixel. */
function traceRing(layer, ring) {
	const pen = layer._pen;
	let drawnX = Infinity, drawnY = Infinity;
	for (let i = 0; i < ring.length; i += 2) {
		const x = layer.px(ring[i]), y = layer.py(ring[i + 1]);
		if (i === 0)
			pen.moveTo(x, y);
		else if (Math.abs(x - drawnX) + Math.abs(y - drawnY) >= 1)
			pen.lineTo(x, y);
		else
			continue;
		drawnX = x;
		drawnY = y;
	}
	pen.closePath();
}

function drawZone(layer, zone) {
	const pen = layer._pen;
	pen.beginPath();
	for (const ring of zone.rings)
		traceRing(layer, ring);
	pen.globalAlpha = 0.08;
	pen.fill('evenodd');
	pen.globalAlpha = 0.7;
	pen.stroke();
	pen.globalAlpha = 0.9;
	pen.fillText(zone.name, layer.px((zone.box[0] + zone.box[2]) / 2), layer.py(zone.box[1]) - 5);
}

function drawZones(layer) {
	const pen = layer._pen, shown = zones.filter(zone => !layer.outside(zone.box));
	pen.strokeStyle = pen.fillStyle = theme.colours.zone;
	pen.lineWidth = 1.5;
	pen.font = '12px system-ui, sans-serif';
	pen.textAlign = 'center';
	for (const zone of shown)
		drawZone(layer, zone);
	pen.textAlign = 'left';
	layer.drawn.zones = shown.length;
}
