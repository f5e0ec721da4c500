#include "tools/wd-serve/live.h"

#include "common/base/xalloc.h"
#include "common/log/log.h"
#include "common/map/track_json.h"

#include <stdlib.h>

void live_release(struct live *live)
{
	track_table_release(&live->table);
	event_list_release(&live->events);
	coverage_release(&live->coverage);
}

/* A line that is part of no track. */
static void add_other(struct live *live, struct span line, struct span type)
{
	if (scan_text_is(type, "event"))
		event_list_add(&live->events, line);
	else if (scan_text_is(type, "reply") || scan_text_is(type, "coverage"))
		coverage_add(&live->coverage, line);
	else
		live->ignored++;
}

void live_add(struct live *live, struct span line)
{
	struct observation observation;

	live->lines++;
	switch (observation_read(line, &observation)) {
	case OBSERVED:
		track_table_add(&live->table, &observation);
		if (observation.time > live->newest)
			live->newest = observation.time;
		break;
	case OBSERVED_IGNORED:
		add_other(live, line, observation.members[FIELD_TYPE].value);
		break;
	default:
		live->malformed++;
	}
}

void live_expire(struct live *live)
{
	track_table_expire(&live->table, live->newest - live->keep_us);
}

/* Rings are centred on kits, whose points must be sorted for that. */
static void finish_kits(struct live *live)
{
	for (size_t i = 0; i < live->table.count; i++) {
		if (live->table.tracks[i]->kind == KIND_KIT)
			track_finish(live->table.tracks[i]);
	}
}

/* Append a track with its points from `since` on. Points are sorted in a copy, because the track
 * continues to grow. */
static void put_track(
	const struct live *live, struct buffer *out, const struct track *track, clock_us since)
{
	struct track copy = *track;
	size_t from = 0;

	copy.points = xmalloc(track->count * sizeof(*track->points) + 1);
	if (track->count)
		memcpy(copy.points, track->points, track->count * sizeof(*track->points));
	track_finish(&copy);
	while (from < copy.placed_count && copy.points[from].time < since)
		from++;
	track_json(out, &live->table, &copy, from, live->gap_us);
	free(copy.points);
}

static void begin_event(struct buffer *out, const char *name)
{
	buffer_printf(out, "event: %s\ndata: [", name);
}

static void end_event(struct buffer *out)
{
	buffer_add_text(out, "]\n\n");
}

static void put_limits(const struct live *live, struct buffer *out)
{
	buffer_printf(
		out, "event: limits\ndata: {\"full\":%s}\n\n", live->table.full ? "true" : "false");
}

void live_put_state(struct live *live, struct buffer *out)
{
	finish_kits(live);
	begin_event(out, "state");
	for (size_t i = 0; i < live->table.count; i++) {
		if (i)
			buffer_add_char(out, ',');
		put_track(live, out, live->table.tracks[i], 0);
	}
	end_event(out);
	begin_event(out, "kits");
	coverage_put(&live->coverage, true, out);
	end_event(out);
	put_limits(live, out);
	begin_event(out, "events");
	event_list_put(&live->events, 0, live->newest - live->keep_us, out);
	end_event(out);
}

static clock_us newest_time(const struct track *track)
{
	clock_us newest = 0;

	for (size_t i = 0; i < track->count; i++) {
		if (track->points[i].time > newest)
			newest = track->points[i].time;
	}
	return newest;
}

void live_put_changes(struct live *live, struct buffer *out)
{
	bool is_first = true;

	finish_kits(live);
	for (size_t i = 0; i < live->table.count; i++) {
		struct track *track = live->table.tracks[i];
		if (!track->changed)
			continue;
		if (is_first)
			begin_event(out, "tracks");
		else
			buffer_add_char(out, ',');
		is_first = false;
		put_track(live, out, track, track->reported);
		track->reported = newest_time(track);
		track->changed = false;
	}
	if (!is_first)
		end_event(out);
	if (live->events_sent == live->events.added)
		return;
	begin_event(out, "events");
	event_list_put(&live->events, live->events_sent, live->newest - live->keep_us, out);
	live->events_sent = live->events.added;
	end_event(out);
}

void live_put_kits(struct live *live, struct buffer *out)
{
	size_t before = out->length;

	begin_event(out, "kits");
	size_t begun = out->length;
	coverage_put(&live->coverage, false, out);
	if (out->length == begun)
		out->length = before;
	else
		end_event(out);
	if (live->full_sent == live->table.full)
		return;
	put_limits(live, out);
	live->full_sent = live->table.full;
	if (live->full_sent)
		log_warning("no room for more tracks: new ones are dropped",
			{"tracks", log_number((int64_t)live->table.count).text},
			{"hint", "a larger --max-points"});
}
