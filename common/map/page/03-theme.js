/* Colours. Nine drones are distinguishable, also with colour vision deficiency together with the
 * labels; from the tenth on, tracks are dashed. */
'use strict';

const THEMES = {
	dark: {
		drones: ['#e69f00', '#56b4e9', '#20c997', '#f0e442', '#e08ab8', '#ff7043', '#9fa8ff',
			'#a3d977', '#c8a27c'],
		aircraft: '#7d8b99', signal: '#f06c7a', encrypted: '#ff5a6e', kit: '#ffffff',
		zone: '#6f8fb0', event: '#ffb224',
		grid: '#17212b', gridText: '#5d6d7b', label: '#d3dce4', halo: '#0b1016',
	},
	light: {
		drones: ['#a86400', '#00639c', '#00704a', '#7a6a00', '#a0316f', '#c62f00', '#4046b8',
			'#467a00', '#6d4526'],
		aircraft: '#5d6770', signal: '#b3002d', encrypted: '#c4001d', kit: '#000000',
		zone: '#35608c', event: '#a15c00',
		grid: '#dedbd2', gridText: '#7b776c', label: '#0c1116', halo: '#f1efe9',
	},
};
const LEVELS = {critical: '#e5484d', warning: '#e0a800'};
const STATES = {online: '#2fbf71', stale: '#e0a800', offline: '#e5484d', error: '#e5484d'};

/* Colours from low to high (viridis without its darkest part). */
const RAMP = ['#46327e', '#365c8d', '#277f8e', '#1fa187', '#4ac16d', '#a0da39', '#fde725'];
const RAMP_STEPS = 24;

/* A drone has one colour, whichever kit received it: the next free one in the order of detection. */
const droneIndex = new Map();

function assignColours() {
	const drones = tracks.filter(t => t.group === 'drone' && t.colour === undefined);
	for (const track of drones.sort((a, b) => a.first - b.first || (a.key < b.key ? -1 : 1))) {
		if (!droneIndex.has(track.id))
			droneIndex.set(track.id, droneIndex.size);
		track.colour = droneIndex.get(track.id);
		track.dashed = track.colour % 18 >= 9;
	}
}

/* The range of altitudes: of drones (aircraft are usually above it), or of aircraft if there are no drones. */
function altitudeRange() {
	for (const group of ['drone', 'aircraft']) {
		let low = Infinity, high = -Infinity;
		for (const track of tracks.filter(t => t.group === group)) {
			for (let i = 0; i < track.count; i++) {
				const alt = track.at(i, ALT);
				if (alt !== null) {
					low = Math.min(low, alt);
					high = Math.max(high, alt);
				}
			}
		}
		if (low <= high)
			return {group, low, high: Math.max(high, low + 1)};
	}
	return null;
}

assignColours();
let altitudes = altitudeRange();

function mix(a, b, share) {
	const part = (text, at) => parseInt(text.slice(at, at + 2), 16);
	return `rgb(${[1, 3, 5].map(at => Math.round(part(a, at) + (part(b, at) - part(a, at)) * share)).join(',')})`;
}

const ramp = Array.from({length: RAMP_STEPS}, (_, step) => {
	const at = step / (RAMP_STEPS - 1) * (RAMP.length - 1), low = Math.min(Math.floor(at), RAMP.length - 2);
	return mix(RAMP[low], RAMP[low + 1], at - low);
});

const theme = {
	name: 'dark',

	get colours() {
		return THEMES[this.name];
	},

	of(track) {
		if (track.kind === 'encrypted')
			return this.colours.encrypted;
		if (track.group === 'drone')
			return this.colours.drones[track.colour % 9];
		if (track.kind === 'kit')
			return STATES[track.facts.status] || this.colours.kit;
		return this.colours[track.kind];
	},

	/* Return the colour of all points of a track, or null if it depends on the altitude. */
	singleOf(track) {
		return settings.colour === 'altitude' && altitudes &&
			['drone', 'aircraft'].includes(track.group) ? null : this.of(track);
	},

	at(track, i) {
		const single = this.singleOf(track), alt = track.at(i, ALT);
		if (single || alt === null)
			return single || this.of(track);
		const share = (alt - altitudes.low) / (altitudes.high - altitudes.low);
		return ramp[Math.round(Math.max(0, Math.min(1, share)) * (RAMP_STEPS - 1))];
	},

	set(name) {
		this.name = name;
		document.documentElement.dataset.theme = name;
		view.changed();
	},

	toggle() {
		this.set(this.name === 'light' ? 'dark' : 'light');
	},
};

theme.set(matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark');
byId('theme').addEventListener('click', () => theme.toggle());
