/* Filters besides the kinds: the kit, known drones, the altitude. */
'use strict';

/* The values of a select; the chosen one stays while it exists. */
function setOptions(select, options) {
	const chosen = select.value, key = JSON.stringify(options);
	if (select.dataset.key === key)
		return;
	select.dataset.key = key;
	select.replaceChildren(...options.map(([text, value]) => {
		const option = element('option', text);
		option.value = value;
		return option;
	}));
	select.value = options.some(([, value]) => value === chosen) ? chosen : '';
}

function listFilters() {
	const ids = [...new Set(tracks.map(track => track.kit))].sort();
	const tags = [...new Set(known.map(({tag}) => tag))];
	setOptions(byId('kit-filter'), [['all kits', ''], ...ids.map(id => [id, id])]);
	setOptions(byId('tag-filter'), [['all', ''], ['unknown', 'unknown'], ...tags.map(tag => [tag, tag])]);
	byId('kit-filter').value = view.kit;
	byId('tag-filter').value = view.tag;
	byId('tag-filter').parentElement.hidden = known.length === 0;
	byId('below-unit').textContent = UNITS[settings.units].length[1];
	byId('filters-count').textContent =
		[view.kit, view.tag, view.below < Infinity].filter(Boolean).length || '';
}

function setFilter(name, value) {
	view[name] = value;
	view.changed();
}

byId('kit-filter').addEventListener('change', event => setFilter('kit', event.target.value));
byId('tag-filter').addEventListener('change', event => setFilter('tag', event.target.value));
byId('below').addEventListener('input', event => {
	const value = event.target.value === '' ? Infinity : Number(event.target.value);
	setFilter('below', value / UNITS[settings.units].length[0]);
});
view.listeners.push(listFilters);
