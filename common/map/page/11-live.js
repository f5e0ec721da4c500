/* The live page of wd-serve: the server sends all tracks first ("state"), then those that change. */
'use strict';

/* What takes long with many tracks is done this often only. */
const RECOUNT_MS = 2000;
let recountedAt = -Infinity;

/* Drop what is older than the server keeps. */
function expireTracks() {
	const before = view.last - page.keep_ms;
	const kept = tracks.filter(track => track.kind === 'kit' || track.last >= before);
	if (kept.length < tracks.length) {
		tracks.splice(0, tracks.length, ...kept);
		trackByKey.clear();
		kept.forEach(track => trackByKey.set(track.key, track));
		view.chosen = view.chosen && trackByKey.get(view.chosen.key) || null;
	}
	for (const track of tracks) {
		if (track.kind !== 'kit')
			track.expire(before);
	}
	expireEvents(before);
}

/* The server thins tracks at the same number of points. */
function thinTracks() {
	if (countPoints() > page.points_max)
		tracks.forEach(track => track.thin());
}

function recount() {
	recountedAt = performance.now();
	expireTracks();
	thinTracks();
	altitudes = altitudeRange();
	updateTimeRange();
	showTimeRange();
}

/* Apply a change of the tracks. A reader who looks at the newest time keeps following it. */
function changeTracks(change) {
	const isEmpty = tracks.length === 0, isFollowing = !playing && view.time === view.last;
	change();
	assignColours();
	updateTimeRange();
	if (isEmpty || performance.now() - recountedAt > RECOUNT_MS)
		recount();
	slider.min = String(view.first);
	slider.max = String(view.last);
	setTime(isFollowing ? view.last : view.time);
	if (isEmpty && !location.hash.includes('at='))
		fitAll();
	countTracks();
}

function setState(raws) {
	const chosen = view.chosen && view.chosen.key;
	changeTracks(() => {
		tracks.length = kits.length = 0;
		trackByKey.clear();
		raws.forEach(addTrack);
		/* A new drone gets the next free colour; known ones keep theirs. */
		view.chosen = trackByKey.get(chosen) || null;
	});
}

function updateTracks(raws) {
	changeTracks(() => {
		for (const raw of raws) {
			const known = trackByKey.get(`${raw.kind}/${raw.kit}/${raw.id}`);
			if (known)
				known.update(raw);
			else
				addTrack(raw);
		}
	});
}

function connect() {
	let isCurrent = false; /* the events of the state, which come first, make no sound */
	const source = new EventSource('events');
	source.addEventListener('open', () => {
		byId('connection').hidden = true;
	});
	source.addEventListener('error', () => {
		byId('connection').hidden = false;
		/* A closed source does not retry, for example while the server restarts. */
		if (source.readyState === EventSource.CLOSED)
			setTimeout(connect, 2000);
	});
	source.addEventListener('state', event => setState(JSON.parse(event.data)));
	source.addEventListener('tracks', event => updateTracks(JSON.parse(event.data)));
	source.addEventListener('kits', event => {
		updateKits(JSON.parse(event.data));
		view.changed();
	});
	source.addEventListener('limits', event => {
		byId('full').hidden = !JSON.parse(event.data).full;
	});
	source.addEventListener('events', event => {
		changeTracks(() => {
			const added = addEvents(JSON.parse(event.data));
			announceEvents(isCurrent ? added : []);
		});
		isCurrent = true;
	});
}

if (page.live)
	connect();
