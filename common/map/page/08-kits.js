/* Kits: the minutes of the last hour in which they were listened to, and their last reply. */
'use strict';

const kitTimes = new Map();

/* Each change has the last reply; the minutes, as runs of [state, number], only if they changed. */
function updateKits(raws) {
	for (const raw of raws)
		kitTimes.set(raw.kit, {...kitTimes.get(raw.kit), ...raw});
}

/* Return the share of the known minutes in which the kit was listened to, in percent, or null. */
function listening(kit) {
	const runs = (kitTimes.get(kit) || {}).minutes || [];
	const count = wanted => runs.filter(([state]) => wanted(state)).reduce((sum, [, n]) => sum + n, 0);
	const all = count(state => state !== '');
	return all ? Math.round(count(state => state === 'listening') * 100 / all) : null;
}

/* A strip of 60 minutes, oldest first, in words for a screen reader. */
function minutesStrip(runs) {
	const strip = element('span', '', 'minutes');
	strip.setAttribute('role', 'img');
	strip.setAttribute('aria-label', runs.map(([state, n]) =>
		`${n} min ${visible(state).replace('_', ' ') || 'unknown'}`).join(', '));
	for (const [state, n] of runs) {
		const part = element('i', '', state === 'listening' ? 'good' : state ? 'bad' : '');
		part.style.flexGrow = n;
		part.title = `${n} min ${visible(state).replace('_', ' ') || 'unknown'}`;
		strip.append(part);
	}
	return strip;
}

function addCoverage(track) {
	const times = kitTimes.get(track.kit);
	if (!times)
		return;
	if (times.replied)
		addFact('now', 'Last reply',
			`${timeText(times.replied)} ${zoneName()}${times.ok ? '' : ', failed'}`);
	if (!times.minutes)
		return;
	addFact('now', 'Last hour', `listening ${listening(track.kit)} %`);
	byId('now').lastChild.append(minutesStrip(times.minutes));
}
