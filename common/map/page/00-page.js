/* What the server or the export put into the page: settings, tracks, events, zones, known drones. */
'use strict';

const page = JSON.parse(document.getElementById('records').textContent);

/* Return the items of an array in the page, none if it is something else: zones are a user's file. */
function itemsOf(value) {
	return Array.isArray(value) ? value : [];
}

/* A pattern of wd-rules(5), as in fnmatch(3), as a regular expression. */
function patternOf(text) {
	const source = String(text).replace(/[.+^${}()|\\]/g, '\\$&').replace(/\[!/g, '[^')
		.replace(/\*/g, '.*').replace(/\?/g, '.');
	try {
		return new RegExp(`^(?:${source})$`, 'isu');
	} catch {
		return /[]/;
	}
}

/* The tags of known drones, in the order of the rules. */
const known = itemsOf(page.zones && page.zones.known).map(
	({tag, key, pattern}) => ({tag: String(tag), key, pattern: patternOf(pattern)}));

/* Return the tag of a track: that of the first pattern that matches, else "unknown". */
function tagOf(track) {
	const own = ['signal', 'emitter'].includes(track.kind) ? 'uid' : 'drone_id';
	const match = known.find(({key, pattern}) => {
		const value = key === own ? track.id : track.facts[key];
		return value !== undefined && pattern.test(value);
	});
	return match ? match.tag : 'unknown';
}
