/* The chosen time: slider, playback, trail. */
'use strict';

const TRAILS = [['all', Infinity], ['1 h', 3600e3], ['15 min', 900e3], ['5 min', 300e3], ['1 min', 60e3]];
const SPEEDS = [1, 10, 60, 600, 3600];
/* The first choice of speed plays everything within this time. */
const WHOLE_S = 60;

const slider = byId('slider'), play = byId('play');
let playing = false, before = 0, speed = 1;

function setTime(ms) {
	view.time = Math.max(view.first, Math.min(view.last, ms));
	slider.value = String(view.time);
	view.changed();
}

function showTime() {
	byId('clock').textContent = `${timeText(view.time)} ${zoneName()}`;
	slider.setAttribute('aria-valuetext', byId('clock').textContent);
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

/* The number of detections over time, behind the slider. */
const bins = new Uint32Array(200);
let drawnFor = null;

function countActivity() {
	bins.fill(0);
	const span = Math.max(1, view.last - view.first);
	const count = ms => {
		bins[Math.max(0, Math.min(199, Math.floor((ms - view.first) / span * 200)))]++;
	};
	for (const track of tracks) {
		if (track.kind !== 'kit')
			track.times.forEach(count);
		for (const ring of track.rings)
			count(ring[RING.FROM]);
	}
	drawnFor = null;
}

function activity() {
	const canvas = byId('activity'), pen = canvas.getContext('2d'), max = Math.max(1, ...bins);
	if (drawnFor === theme.name)
		return;
	drawnFor = theme.name;
	canvas.width = 400;
	canvas.height = 44;
	pen.fillStyle = theme.colours.gridText;
	bins.forEach((n, i) => {
		const height = n ? Math.max(3, n / max * 44) : 0;
		pen.fillRect(i * 2, 44 - height, 1.6, height);
	});
}

/* Adopt the range of times, which grows on a live page. */
function showTimeRange() {
	slider.min = String(view.first);
	slider.max = String(view.last);
	countActivity();
}

slider.addEventListener('input', () => {
	setPlaying(false);
	setTime(Number(slider.value));
});
play.addEventListener('click', () => setPlaying(!playing));
speed = SPEEDS.find(s => (view.last - view.first) / 1000 / s <= WHOLE_S) || SPEEDS.at(-1);
fillSelect(byId('speed'), SPEEDS.map(s => [`${s}×`, String(s)]), String(speed), value => {
	speed = Number(value);
});
fillSelect(byId('trail'), TRAILS.map(([name, ms]) => [name, String(ms)]), 'Infinity', value => {
	view.trail = Number(value);
	view.changed();
});
showTimeRange();
view.listeners.push(activity, showTime);
