/* The time that is shown: slider, play, trail. */
'use strict';

const TRAILS = [['all', Infinity], ['1 h', 3600e3], ['15 min', 900e3], ['5 min', 300e3], ['1 min', 60e3]];
const SPEEDS = [1, 10, 60, 600, 3600];
/* What is chosen at first shows everything in about so long. */
const WHOLE_S = 60;

const slider = byId('slider'), play = byId('play');
let playing = false, before = 0, speed = 1;

function choices(select, options, chosen, change) {
	for (const [text, value] of options) {
		const option = element('option', text);
		option.value = String(value);
		option.selected = value === chosen;
		select.append(option);
	}
	select.addEventListener('change', () => change(Number(select.value)));
}

function setTime(ms) {
	view.time = Math.max(view.first, Math.min(view.last, ms));
	slider.value = String(view.time);
	byId('clock').textContent = `${timeText(view.time)} UTC`;
	slider.setAttribute('aria-valuetext', byId('clock').textContent);
	view.changed();
}

function setPlaying(on) {
	playing = on;
	play.textContent = on ? '❚❚' : '▶';
	play.setAttribute('aria-label', on ? 'Pause' : 'Play');
	if (!on)
		return;
	if (view.time >= view.last)
		setTime(view.first);
	before = performance.now();
	requestAnimationFrame(step);
}

function step(now) {
	if (!playing)
		return;
	setTime(view.time + (now - before) * speed);
	before = now;
	if (view.time >= view.last)
		setPlaying(false);
	else
		requestAnimationFrame(step);
}

/* How much was heard when, behind the slider. */
const bins = new Uint32Array(200);

function countActivity() {
	const span = Math.max(1, view.last - view.first);
	const count = ms => {
		bins[Math.max(0, Math.min(199, Math.floor((ms - view.first) / span * 200)))]++;
	};
	for (const thing of things) {
		if (thing.kind !== 'kit')
			thing.times.forEach(count);
		for (const ring of thing.rings)
			count(ring[RING.FROM]);
	}
}

let drawnFor = null;
function activity() {
	const canvas = byId('activity'), pen = canvas.getContext('2d'), most = Math.max(1, ...bins);
	if (drawnFor === theme.name)
		return;
	drawnFor = theme.name;
	canvas.width = 400;
	canvas.height = 44;
	pen.fillStyle = theme.colours.gridText;
	bins.forEach((n, i) => {
		const height = n ? Math.max(3, n / most * 44) : 0;
		pen.fillRect(i * 2, 44 - height, 1.6, height);
	});
}

slider.min = String(view.first);
slider.max = String(view.last);
slider.addEventListener('input', () => {
	setPlaying(false);
	setTime(Number(slider.value));
});
play.addEventListener('click', () => setPlaying(!playing));
document.addEventListener('keydown', event => {
	if (event.key === ' ' && !['INPUT', 'BUTTON', 'SELECT'].includes(event.target.tagName)) {
		event.preventDefault();
		setPlaying(!playing);
	} else if (event.key === 'Escape') {
		view.choose(null);
	}
});
speed = SPEEDS.find(s => (view.last - view.first) / 1000 / s <= WHOLE_S) || SPEEDS.at(-1);
choices(byId('speed'), SPEEDS.map(s => [`${s}×`, s]), speed, value => {
	speed = value;
});
choices(byId('trail'), TRAILS, Infinity, value => {
	view.trail = value;
	view.changed();
});
countActivity();
view.listeners.push(activity);
setTime(view.last);
list();
Object.assign(document.body.dataset, {things: things.length,
	points: things.reduce((sum, thing) => sum + thing.count, 0), ready: 'yes'});
