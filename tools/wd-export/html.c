/* A self-contained page: the records as JSON and the script that draws them. */
#include "common/json.h"
#include "common/log.h"
#include "tools/wd-export/format.h"
#include "tools/wd-export/page.h"
#include "tools/wd-export/range_ring.h"
#include "tools/wd-export/tiles.h"
#include "tools/wd-export/xml.h"

#include <math.h>
#include <sysexits.h>

/* The policy allows only the inline parts of the page and, with --tiles, images from the tile host
 * (https://www.w3.org/TR/CSP3/). */
static int put_policy(struct buffer *out, const char *tiles_url)
{
	struct buffer source = {0};
	int status = 0;

	buffer_printf(out,
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"script-src 'sha256-%s' 'sha256-%s'; style-src 'sha256-%s' 'sha256-%s'; "
		"base-uri 'none'; form-action 'none'; img-src ",
		page_leaflet_js_hash, page_map_js_hash, page_leaflet_css_hash, page_map_css_hash);
	if (!tiles_url)
		buffer_add_text(out, "'none'");
	else if (tiles_source(tiles_url, &source))
		xml_put_text(out, buffer_span(&source));
	else
		status = fail(EX_USAGE, "not a URL template of map tiles", {"tiles", tiles_url},
			{"expected", "https://HOST/…/{z}/{x}/{y}.png"});
	buffer_add_text(out, "\">\n");
	buffer_release(&source);
	return status;
}

/* Only `<` can end the text of a script element. */
static void put_json(struct buffer *out, struct span json)
{
	const char *at = json.data, *end = json.data + json.length;

	while (at < end) {
		const char *next = memchr(at, '<', (size_t)(end - at));
		if (!next)
			next = end;
		buffer_add(out, at, (size_t)(next - at));
		if (next < end)
			buffer_add_text(out, "\\u003c");
		at = next + 1;
	}
}

static void put_finite(struct buffer *out, double number, int decimals)
{
	if (isfinite(number))
		buffer_printf(out, ",%.*f", decimals, number);
	else
		buffer_add_text(out, ",null");
}

static void put_points(struct buffer *out, const struct track *track)
{
	buffer_add_text(out, ",\"points\":[");
	for (size_t i = 0; i < track->placed_count && track->kind != KIND_SIGNAL; i++) {
		const struct point *point = &track->points[i];
		struct geo_place place = point_place(point);
		buffer_printf(out, "%s%lld", i ? "," : "", (long long)point->time / 1000);
		put_finite(out, place.lat, 6);
		put_finite(out, place.lon, 6);
		put_finite(out, (double)point->alt_m, 1);
		put_finite(out, (double)point->height_m, 1);
		put_finite(out, (double)point->speed_mps, 1);
		put_finite(out, (double)point->heading_deg, 0);
	}
	buffer_add_char(out, ']');
}

static void put_rings(struct buffer *out, struct output *output, const struct track *track)
{
	struct range_ring ring;
	size_t from = 0;
	const char *separator = "";

	buffer_add_text(out, ",\"rings\":[");
	while (range_ring_next(&output->tracks, track, output->gap_us, &from, &ring)) {
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

static void put_place(struct buffer *out, const char *key, bool known, struct geo_place place)
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

static void put_track(struct buffer *out, struct output *output, const struct track *track)
{
	buffer_printf(out, "{\"kind\":\"%s\"", track_kind_name(track->kind));
	json_text(out, "kit", span_of(track->kit_id));
	json_text(out, "id", span_of(track->id));
	json_integer(out, "seen", track->facts_time / 1000);
	put_facts(out, track);
	put_place(out, "pilot", track->has_pilot, track->pilot);
	put_place(out, "home", track->has_home, track->home);
	put_points(out, track);
	put_rings(out, output, track);
	buffer_add_char(out, '}');
}

static int put_tracks(struct output *output)
{
	const struct track_table *table = &output->tracks;
	struct buffer json = {0};
	int status = 0;

	for (size_t i = 0; i < table->count && !status; i++) {
		buffer_add_text(&json, i ? ",\n" : "\n");
		put_track(&json, output, table->tracks[i]);
		put_json(&output->text, buffer_span(&json));
		output->text.failed |= json.failed;
		json.length = 0;
		status = output_flush(output, false);
	}
	buffer_release(&json);
	return status;
}

static int put_records(struct output *output)
{
	struct buffer json = {0};

	buffer_printf(&json, "{\"gap_ms\":%lld", (long long)output->gap_us / 1000);
	json_text(&json, "title", span_of(output->title));
	if (output->tiles_url) {
		buffer_add_text(&json, ",\"tiles\":{\"type\":\"xyz\"");
		json_text(&json, "url", span_of(output->tiles_url));
		json_text(&json, "credit", span_of(output->tiles_credit));
		buffer_add_char(&json, '}');
	}
	buffer_add_text(&json, ",\"tracks\":[");
	put_json(&output->text, buffer_span(&json));
	output->text.failed |= json.failed;
	buffer_release(&json);
	int status = put_tracks(output);
	buffer_add_text(&output->text, "\n]}");
	return status;
}

static int begin(struct output *output)
{
	struct buffer *out = &output->text;

	buffer_add_text(
		out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
	int status = put_policy(out, output->tiles_url);
	buffer_add_text(out,
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
	xml_put_text(out, span_of(output->title));
	buffer_add_text(out, "</title>\n<style>");
	buffer_add_text(out, page_leaflet_css);
	buffer_add_text(out, "</style>\n<style>");
	buffer_add_text(out, page_map_css);
	buffer_add_text(out, "</style>\n</head>\n<body>\n");
	buffer_add_text(out, page_body_html);
	buffer_add_text(out, "<script type=\"application/json\" id=\"records\">");
	return status;
}

static int end(struct output *output)
{
	struct buffer *out = &output->text;

	track_table_finish(&output->tracks);
	int status = put_records(output);
	buffer_add_text(out, "</script>\n<script>");
	buffer_add_text(out, page_leaflet_js);
	buffer_add_text(out, "</script>\n<script>");
	buffer_add_text(out, page_map_js);
	buffer_add_text(out, "</script>\n</body>\n</html>\n");
	return status;
}

const struct format format_html = {"html", begin, output_collect, end, 200000};
