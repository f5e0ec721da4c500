/* Night and day. Colours are told apart by those who see no red or no green (Okabe and Ito). */
'use strict';

const THEMES = {
	night: {
		drones: ['#e69f00', '#56b4e9', '#20c997', '#f0e442', '#e08ab8', '#ff7a33'],
		aircraft: '#7d8b99', signal: '#f06c7a', kit: '#ffffff', pilot: '#c7d0d8',
		grid: '#17212b', gridText: '#4d5d6b', label: '#d3dce4', halo: '#0b1016',
	},
	day: {
		drones: ['#a86400', '#00639c', '#00704a', '#7a6a00', '#a0316f', '#b83b00'],
		aircraft: '#5d6770', signal: '#b3002d', kit: '#000000', pilot: '#333a40',
		grid: '#dedbd2', gridText: '#7b776c', label: '#0c1116', halo: '#f1efe9',
	},
};
const STATES = {online: '#2fbf71', stale: '#e0a800', offline: '#e5484d', error: '#e5484d'};

const theme = {
	name: 'night',

	get colours() {
		return THEMES[this.name];
	},

	of(thing) {
		if (thing.kind === 'drone')
			return this.colours.drones[thing.colour];
		if (thing.kind === 'kit')
			return STATES[thing.facts.status] || this.colours.kit;
		return this.colours[thing.kind];
	},

	set(name) {
		this.name = name;
		document.documentElement.dataset.theme = name;
		view.changed();
	},
};

theme.set(matchMedia('(prefers-color-scheme: light)').matches ? 'day' : 'night');
document.getElementById('theme').addEventListener('click', () => {
	theme.set(theme.name === 'day' ? 'night' : 'day');
});
