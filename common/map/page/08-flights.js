/* The flights of a drone within the data of the page, whichever kits received it. */
'use strict';

const FLIGHTS_MAX = 50;

/* Add the legs of a track to `legs`, as {from, until, top}. */
function addLegs(track, legs) {
	for (let i = 0; i < track.count; i++) {
		const time = track.times[i], alt = track.at(i, ALT), leg = legs.at(-1);
		if (i > 0 && time - leg.until <= page.gap_ms) {
			leg.until = time;
			leg.top = Math.max(leg.top, alt ?? -Infinity);
		} else {
			legs.push({from: time, until: time, top: alt ?? -Infinity});
		}
	}
}

/* Return the flights of a drone or aircraft, oldest first. */
function flightsOf(chosen) {
	const legs = [], flights = [];
	for (const track of tracks) {
		if (track.id === chosen.id && track.kind === chosen.kind)
			addLegs(track, legs);
	}
	for (const leg of legs.sort((a, b) => a.from - b.from)) {
		const last = flights.at(-1);
		if (last && leg.from - last.until <= page.gap_ms) {
			last.until = Math.max(last.until, leg.until);
			last.top = Math.max(last.top, leg.top);
		} else {
			flights.push(leg);
		}
	}
	return flights;
}

function flightText({from, until, top}) {
	const minutes = Math.round((until - from) / 60000);
	const parts = [`${timeText(from).slice(5, 16)} – ${timeText(until).slice(11, 16)}`,
		minutes ? `${minutes} min` : 'under 1 min',
		Number.isFinite(top) ? `up to ${quantity(top, 'length')}` : null];
	return parts.filter(Boolean).join(', ');
}

const flightList = new ButtonList(byId('flights'), flight => flight.from, (button, flight) => {
	button.textContent = flightText(flight);
	button.setAttribute('aria-current', String(view.time >= flight.from && view.time <= flight.until));
	button.onclick = () => {
		setPlaying(false);
		setTime(flight.from);
		const place = view.chosen && view.chosen.where(-Infinity, view.time);
		if (place)
			bringIntoView(place);
	};
});

function listFlights(track) {
	const flights = ['drone', 'aircraft'].includes(track.kind) ?
		flightsOf(track).slice(-FLIGHTS_MAX) : [];
	byId('flights-title').hidden = byId('flights').hidden = flights.length === 0;
	flightList.show(flights);
}
