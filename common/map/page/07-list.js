/* The list of what is in view at the chosen time. */
'use strict';

const ROWS_MAX = 200;

/* Return what matters most at the chosen time: altitude, speed, power. */
function summary(track) {
	const i = track.upTo(view.time) - 1, ring = track.ring(-Infinity, view.time), parts = [];
	if (track.kind === 'signal')
		parts.push(ring && ring[RING.POWER] !== null ? `${ring[RING.POWER]} dBm` : null,
			track.facts.detection_type);
	else if (track.kind === 'kit')
		parts.push(track.facts.status, coverageText(track.kit), track.facts.location);
	else if (i >= 0)
		parts.push(quantity(track.at(i, ALT), 'length'), quantity(track.at(i, SPEED), 'speed'));
	else
		parts.push('no position');
	parts.push(track.facts.description || track.facts.registration);
	return [track.kind === 'kit' ? null : track.kit, ...parts].filter(Boolean).join(' · ');
}

function coverageText(kit) {
	const percent = listening(kit);
	return percent === null ? null : `listening ${percent} %`;
}

function showTrack(track) {
	const place = track.where(view.from, view.time);
	view.choose(track);
	if (place)
		bringIntoView(place);
}

const trackList = new ButtonList(byId('list'), track => track.key, (button, track) => {
	const dot = element('i', '', track.kind), seen = track.seenAt(view.time);
	dot.style.color = theme.of(track);
	button.replaceChildren(dot, element('b', track.label),
		element('small', seen === null ? '' : timeText(seen).slice(11)),
		element('small', summary(track), 'where'));
	button.setAttribute('aria-current', String(track === view.chosen));
	button.onclick = () => showTrack(track);
});

/* Return what the map shows or has no position; while searching, everything found. */
function inView() {
	const bounds = map.getBounds();
	return tracks.filter(track => {
		if (!view.shows(track) || (track.first > view.time && track.kind !== 'kit'))
			return false;
		const place = track.where(view.from, view.time);
		if (place)
			return view.search !== '' || bounds.contains(place);
		return !track.where(-Infinity, Infinity);
	});
}

/* Highest first, unknown last. */
function by(value) {
	return (a, b) => (value(b) ?? -Infinity) - (value(a) ?? -Infinity) || 0;
}

function latest(track, what) {
	const i = track.upTo(view.time) - 1;
	return i >= 0 ? track.at(i, what) : null;
}

function nearestKit(place) {
	let best = null;
	for (const kit of kits) {
		const from = place && kit.where(-Infinity, view.time);
		if (!from)
			continue;
		const way = fromTo(from, place);
		if (!best || way.metres < best.metres)
			best = {kit, ...way};
	}
	return best;
}

const byName = (a, b) => a.label < b.label ? -1 : a.label > b.label ? 1 : 0;
const byGroup = (a, b) => GROUPS.findIndex(g => g.group === a.group) -
	GROUPS.findIndex(g => g.group === b.group);
const SORTS = {
	time: ['newest', (a, b) => byGroup(a, b) || by(t => t.seenAt(view.time))(a, b)],
	name: ['name', byName],
	altitude: ['altitude', by(t => latest(t, ALT))],
	speed: ['speed', by(t => latest(t, SPEED))],
	distance: ['distance', by(t => {
		const near = nearestKit(t.where(view.from, view.time));
		return near && t.kind !== 'kit' ? -near.metres : null;
	})],
};

function list() {
	const found = inView();
	found.sort((a, b) => SORTS[view.sort][1](a, b) || byName(a, b));
	trackList.show(found.slice(0, ROWS_MAX), found.length <= ROWS_MAX ? [] :
		[element('li', `and ${found.length - ROWS_MAX} more: zoom in, or search`, 'more')]);
	const counts = GROUPS.map(({group, plural}) => {
		const n = found.filter(track => track.group === group).length;
		return n && `${n} ${n === 1 || group === 'aircraft' ? group : plural.toLowerCase()}`;
	}).filter(Boolean).join(', ') || 'nothing';
	byId('count').textContent = counts + (view.search ? ' found' : ' in view') +
		(view.isCrowded ? ', drawn as dots: zoom in for symbols and names' : '');
	for (const button of byId('kinds').children)
		button.setAttribute('aria-pressed', String(view.groups.has(button.dataset.group)));
}

/* Update the list a few times per second, and for at most a tenth of the time. */
const LIST_MS = 150;
let listTimer = null, listCost = 0;
function listSoon() {
	listTimer = listTimer || setTimeout(() => {
		const began = performance.now();
		listTimer = null;
		list();
		listCost = performance.now() - began;
	}, Math.max(LIST_MS, 10 * listCost));
}

/* Choose the row before (-1) or after (1) the chosen one. */
function chooseNext(step) {
	const found = inView();
	found.sort((a, b) => SORTS[view.sort][1](a, b) || byName(a, b));
	const at = found.indexOf(view.chosen);
	const next = found[at < 0 ? 0 : Math.max(0, Math.min(found.length - 1, at + step))];
	if (next)
		showTrack(next);
}

for (const {group, plural} of GROUPS) {
	const button = element('button', plural);
	button.type = 'button';
	button.dataset.group = group;
	button.setAttribute('aria-pressed', 'true');
	button.addEventListener('click', () => {
		if (!view.groups.delete(group))
			view.groups.add(group);
		view.changed();
	});
	byId('kinds').append(button);
}
fillSelect(byId('sort'), Object.entries(SORTS).map(([key, [name]]) => [name, key]), view.sort, value => {
	view.sort = value;
	view.changed();
});
byId('title').textContent = page.title;
byId('search').addEventListener('input', event => {
	view.search = event.target.value.trim().toLowerCase();
	view.changed();
});
byId('fold').addEventListener('click', () => {
	const folded = byId('panel').classList.toggle('folded');
	byId('fold').setAttribute('aria-expanded', String(!folded));
	view.changed();
});
map.on('moveend', listSoon);
view.listeners.push(listSoon);
