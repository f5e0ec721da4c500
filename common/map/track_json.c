#include "common/map/track_json.h"

#include "common/lines/json.h"
#include "common/map/range_ring.h"

#include <math.h>

static void put_finite(struct buffer *out, double number, int decimals)
{
	if (isfinite(number))
		buffer_printf(out, ",%.*f", decimals, number);
	else
		buffer_add_text(out, ",null");
}

static void put_points(struct buffer *out, const struct track *track, size_t from)
{
	buffer_add_text(out, ",\"points\":[");
	for (size_t i = from; i < track->placed_count && track->kind != KIND_SIGNAL; i++) {
		const struct point *point = &track->points[i];
		struct position place = point_place(point);
		buffer_printf(out, "%s%lld", i > from ? "," : "", (long long)point->time / 1000);
		put_finite(out, place.lat, 6);
		put_finite(out, place.lon, 6);
		put_finite(out, (double)point->alt_m, 1);
		put_finite(out, (double)point->height_m, 1);
		put_finite(out, (double)point->speed_mps, 1);
		put_finite(out, (double)point->heading_deg, 0);
	}
	buffer_add_char(out, ']');
}

static void put_rings(struct buffer *out, const struct track_table *table,
	const struct track *track, int64_t gap_us)
{
	struct range_ring ring;
	size_t from = 0;
	const char *separator = "";

	buffer_add_text(out, ",\"rings\":[");
	while (range_ring_next(table, track, gap_us, &from, &ring)) {
		buffer_printf(out, "%s[%lld,%lld", separator, (long long)ring.first / 1000,
			(long long)ring.last / 1000);
		put_finite(out, ring.has_center ? ring.center.lat : (double)NAN, 6);
		put_finite(out, ring.has_center ? ring.center.lon : (double)NAN, 6);
		put_finite(out, ring.range_m, 0);
		buffer_printf(out, ",%zu", ring.count);
		put_finite(out, ring.power_dbm, 1);
		buffer_add_char(out, ']');
		separator = ",";
	}
	buffer_add_char(out, ']');
}

static void put_place(struct buffer *out, const char *key, bool known, struct position place)
{
	if (known)
		buffer_printf(out, ",\"%s\":[%.6f,%.6f]", key, place.lat, place.lon);
}

static void put_facts(struct buffer *out, const struct track *track)
{
	const char *separator = "";

	buffer_add_text(out, ",\"facts\":{");
	for (enum field field = FIELD_FACTS; field < FIELD_COUNT; field++) {
		struct span fact = track_fact(track, field);
		if (!fact.data)
			continue;
		buffer_printf(out, "%s\"%s\":", separator, field_name(field));
		buffer_add_span(out, fact);
		separator = ",";
	}
	buffer_add_char(out, '}');
}

void track_json(struct buffer *out, const struct track_table *table, const struct track *track,
	size_t from, int64_t gap_us)
{
	buffer_printf(out, "{\"kind\":\"%s\"", track_kind_name(track->kind));
	json_text(out, "kit", span_of(track->kit_id));
	json_text(out, "id", span_of(track->id));
	json_integer(out, "seen", track->facts_time / 1000);
	put_facts(out, track);
	put_place(out, "pilot", track->has_pilot, track->pilot);
	put_place(out, "home", track->has_home, track->home);
	put_points(out, track, from);
	put_rings(out, table, track, gap_us);
	buffer_add_char(out, '}');
}
