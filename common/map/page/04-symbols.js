/* The symbols of the map, drawn at 0,0 with the fill and stroke colour of the pen. */
'use strict';

const symbols = {
	kit(pen) {
		pen.lineWidth = 2.5;
		pen.strokeRect(-6, -6, 12, 12);
		pen.fillRect(-2, -2, 4, 4);
	},

	/* Something that moves; heading in degrees, or null. */
	mover(pen, heading, scale) {
		if (heading === null) {
			pen.beginPath();
			pen.arc(0, 0, 5, 0, 2 * Math.PI);
			pen.fill();
			return;
		}
		pen.rotate(heading * Math.PI / 180);
		pen.scale(scale, scale);
		pen.beginPath();
		pen.moveTo(0, -8);
		pen.lineTo(5, 6);
		pen.lineTo(0, 3);
		pen.lineTo(-5, 6);
		pen.closePath();
		pen.fill();
	},

	drone(pen, heading) {
		symbols.mover(pen, heading, 1.15);
	},

	aircraft(pen, heading) {
		symbols.mover(pen, heading, 1);
	},

	emitter(pen) {
		pen.beginPath();
		pen.moveTo(0, -7);
		pen.lineTo(6, 0);
		pen.lineTo(0, 7);
		pen.lineTo(-6, 0);
		pen.closePath();
		pen.fill();
	},

	encrypted(pen) {
		pen.lineWidth = 2;
		pen.beginPath();
		pen.arc(0, 0, 6, 0, 2 * Math.PI);
		pen.moveTo(-4, 4);
		pen.lineTo(4, -4);
		pen.stroke();
	},

	/* The centre of a ring. */
	signal(pen) {
		pen.lineWidth = 2;
		pen.beginPath();
		pen.moveTo(-4, 0);
		pen.lineTo(4, 0);
		pen.moveTo(0, -4);
		pen.lineTo(0, 4);
		pen.stroke();
	},

	ring(pen) {
		pen.lineWidth = 1.5;
		pen.setLineDash([3, 2.5]);
		pen.beginPath();
		pen.arc(0, 0, 8, 0, 2 * Math.PI);
		pen.stroke();
		pen.setLineDash([]);
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
};

function drawSymbol(pen, name, x, y, heading = null) {
	pen.save();
	pen.translate(x, y);
	symbols[name](pen, heading);
	pen.restore();
}
