/* Between two observations a live marker moves from one to the other. */
'use strict';

const MOTION_MS = {min: 200, max: 3000};
const calm = matchMedia('(prefers-reduced-motion: reduce)');
let isStill = calm.matches;
calm.addEventListener('change', () => {
	isStill = calm.matches;
});

/* Start from the point `from` of a track, which has got newer ones. A jump back in time has none. */
function startMotion(track, from) {
	const ms = track.times[track.count - 1] - track.times[from];
	track.motion = {x: track.xs[from], y: track.ys[from], began: performance.now(),
		ms: Math.max(MOTION_MS.min, Math.min(MOTION_MS.max, ms))};
}

/* Return the Web Mercator position on the way to the newest point, or null if it has arrived or an
 * older time is shown. */
function movingTo(track, now) {
	const motion = track.motion, last = track.count - 1;
	if (!motion || isStill || view.time !== view.last)
		return null;
	const share = (now - motion.began) / motion.ms;
	if (share >= 1 || last < 0 || Math.abs(track.xs[last] - motion.x) > 0.5) {
		track.motion = null;
		return null;
	}
	return {x: motion.x + (track.xs[last] - motion.x) * share,
		y: motion.y + (track.ys[last] - motion.y) * share};
}
