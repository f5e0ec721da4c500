/* The symbols of the map, drawn at 0,0 with the fill and stroke colour of the pen. */
'use strict';

function tracePolygon(pen, ...corners) {
	pen.beginPath();
	corners.forEach(([x, y]) => pen.lineTo(x, y));
	pen.closePath();
}

function traceCircle(pen, y, radius) {
	pen.beginPath();
	pen.arc(0, y, radius, 0, 2 * Math.PI);
}

function drawLines(pen, width, ...ends) {
	pen.lineWidth = width;
	pen.beginPath();
	for (const [x1, y1, x2, y2] of ends) {
		pen.moveTo(x1, y1);
		pen.lineTo(x2, y2);
	}
	pen.stroke();
}

/* Something that moves; heading in degrees, or null. */
function drawMover(pen, heading, scale) {
	if (heading === null) {
		traceCircle(pen, 0, 5);
	} else {
		pen.rotate(heading * Math.PI / 180);
		pen.scale(scale, scale);
		tracePolygon(pen, [0, -8], [5, 6], [0, 3], [-5, 6]);
	}
	pen.fill();
}

/* The widths of dots in pixels. */
const DOT = {marker: 5, person: 3};

/* A square without blurred edges takes a tenth of the time of a symbol. */
function drawDot(pen, x, y, width) {
	pen.fillRect(Math.round(x - width / 2), Math.round(y - width / 2), width, width);
}

const symbols = {
	kit(pen) {
		pen.lineWidth = 2.5;
		pen.strokeRect(-6, -6, 12, 12);
		pen.fillRect(-2, -2, 4, 4);
	},

	drone(pen, heading) {
		drawMover(pen, heading, 1.15);
	},

	aircraft(pen, heading) {
		drawMover(pen, heading, 1);
	},

	emitter(pen) {
		tracePolygon(pen, [0, -7], [6, 0], [0, 7], [-6, 0]);
		pen.fill();
	},

	encrypted(pen) {
		traceCircle(pen, 0, 6);
		pen.lineWidth = 2;
		pen.stroke();
		drawLines(pen, 2, [-4, 4, 4, -4]);
	},

	/* The centre of a ring. */
	signal(pen) {
		drawLines(pen, 2, [-4, 0, 4, 0], [0, -4, 0, 4]);
	},

	ring(pen) {
		pen.lineWidth = 1.5;
		pen.setLineDash([3, 2.5]);
		traceCircle(pen, 0, 8);
		pen.stroke();
		pen.setLineDash([]);
	},

	zone(pen) {
		pen.lineWidth = 1.5;
		tracePolygon(pen, [-8, -4], [2, -8], [8, 5], [-5, 8]);
		pen.globalAlpha = 0.15;
		pen.fill();
		pen.globalAlpha = 1;
		pen.stroke();
	},

	event(pen) {
		pen.lineWidth = 2;
		tracePolygon(pen, [0, -8], [8, 6], [-8, 6]);
		pen.stroke();
		drawLines(pen, 2, [0, -3, 0, 2], [0, 4, 0, 4.5]);
	},

	pilot(pen) {
		pen.beginPath();
		pen.arc(0, -5, 3, 0, 2 * Math.PI);
		pen.moveTo(-5, 5);
		pen.quadraticCurveTo(0, -6, 5, 5);
		pen.closePath();
		pen.fill();
	},

	home(pen) {
		pen.lineWidth = 1.5;
		pen.strokeRect(-3.5, -3.5, 7, 7);
	},

	dot(pen) {
		drawDot(pen, 0, 0, DOT.marker);
	},
};

function drawSymbol(pen, name, x, y, heading = null) {
	pen.save();
	pen.translate(x, y);
	symbols[name](pen, heading);
	pen.restore();
}
