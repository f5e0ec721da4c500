/* Events of wd-watch: the list, their markers, and a sound that is off at first. */
'use strict';

const EVENT_ROWS_MAX = 100;
/* Markers of events are drawn for this long. */
const EVENT_SHOWN_MS = 5 * 60000;
const eventKeys = new Set();

function keyOfEvent({ms, rule, zone, event, subject}) {
	return JSON.stringify([ms, rule, zone, event, subject]);
}

function addEvents(raws) {
	const added = raws.filter(event => {
		const key = keyOfEvent(event);
		return !eventKeys.has(key) && eventKeys.add(key);
	});
	events.push(...added);
	events.sort((a, b) => a.ms - b.ms);
	return added;
}

function expireEvents(before) {
	while (events.length && events[0].ms < before)
		eventKeys.delete(keyOfEvent(events.shift()));
}

/* Return the track that an event is about, or undefined. The subject of an encrypted drone names
 * its kit, too. */
function subjectOf(event) {
	const subject = String(event.subject);
	return tracks.find(track => track.id === subject ||
		(track.kind === 'encrypted' && subject === `drone-alert@${track.kit}`));
}

function showEvent(event) {
	const track = subjectOf(event);
	setPlaying(false);
	if (track)
		view.choose(track);
	setTime(event.ms);
	if (event.lat !== undefined && event.lon !== undefined)
		bringIntoView([event.lat, event.lon]);
}

function eventText(event) {
	return event.text || `${event.rule}: ${event.event} ${event.subject}`;
}

const eventList = new ButtonList(byId('events'), keyOfEvent, (button, event) => {
	button.className = Object.hasOwn(LEVELS, event.level) ? event.level : '';
	button.replaceChildren(element('small', timeText(event.ms).slice(11)), element('span', eventText(event)));
	button.title = visible(event.why || '');
	button.onclick = () => showEvent(event);
});

/* The newest events up to the chosen time, the newest first. */
let listedEvents = '';

function listEvents() {
	const shown = events.filter(event => event.ms <= view.time && event.ms >= view.from)
		.slice(-EVENT_ROWS_MAX).reverse();
	const key = `${shown.length}/${shown.length ? shown[0].ms + shown[0].text : ''}/${zoneName()}`;
	byId('events-box').hidden = events.length === 0;
	if (key === listedEvents)
		return;
	listedEvents = key;
	eventList.show(shown);
	byId('events-count').textContent = shown.length ? `Events (${shown.length})` : 'Events';
}

function drawEvents(layer) {
	const pen = layer._pen;
	const shown = events.filter(event => event.lat !== undefined && event.lon !== undefined &&
		event.ms <= view.time && event.ms > view.time - EVENT_SHOWN_MS && event.ms >= view.from);
	pen.globalAlpha = 1;
	for (const event of shown) {
		pen.strokeStyle = LEVELS[event.level] || theme.colours.event;
		drawSymbol(pen, 'event', ...layer.at([event.lat, event.lon]));
	}
	layer.drawn.events = shown.length;
}

/* --- sound */

const sound = {context: null, on: false};

function beep(level) {
	const context = sound.context, tone = context.createOscillator(), volume = context.createGain();
	tone.frequency.value = level === 'critical' ? 880 : 587;
	volume.gain.setValueAtTime(0.2, context.currentTime);
	volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.4);
	tone.connect(volume).connect(context.destination);
	tone.start();
	tone.stop(context.currentTime + 0.4);
}

/* A browser allows sound only after a click. */
function setSound(on) {
	sound.context = sound.context || new AudioContext();
	sound.on = on;
	byId('sound').setAttribute('aria-pressed', String(on));
	byId('sound').textContent = on ? 'Sound on' : 'Sound off';
	if (on)
		beep('info');
}

/* New events of the live page: one sound for all of them, and their texts for a screen reader, which
 * a critical one interrupts. */
const SPOKEN_MAX = 3;

function announceEvents(added) {
	if (!added.length)
		return;
	const isCritical = added.some(event => event.level === 'critical');
	const texts = added.slice(-SPOKEN_MAX).map(event => visible(eventText(event)));
	if (added.length > SPOKEN_MAX)
		texts.push(`and ${added.length - SPOKEN_MAX} more events`);
	byId(isCritical ? 'spoken-alert' : 'spoken').textContent = texts.join('. ');
	if (sound.on)
		beep(isCritical ? 'critical' : 'info');
}

byId('events-box').open = window.innerWidth > 760;
addEvents(itemsOf(page.events));
updateTimeRange();
view.time = view.last;
byId('sound').addEventListener('click', () => setSound(!sound.on));
view.listeners.push(listEvents);
