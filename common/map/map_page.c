#include "common/map/map_page.h"

#include "common/lines/json.h"
#include "common/log/log.h"
#include "common/map/page.h"
#include "common/map/tiles.h"
#include "common/map/xml.h"
#include "common/map/zones_file.h"

#include <sysexits.h>

/* The policy allows only the inline parts of the page and, with --tiles, images from the tile host
 * (https://www.w3.org/TR/CSP3/). */
static int put_policy(struct buffer *out, const struct map_page *page)
{
	struct buffer source = {0};
	int status = 0;

	buffer_printf(out,
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"script-src 'sha256-%s' 'sha256-%s'; style-src 'sha256-%s' 'sha256-%s'; "
		"base-uri 'none'; form-action 'none'; connect-src %s; img-src ",
		page_leaflet_js_hash, page_map_js_hash, page_leaflet_css_hash, page_map_css_hash,
		page->is_live ? "'self'" : "'none'");
	if (!page->tiles_url)
		buffer_add_text(out, "'none'");
	else if (tiles_source(page->tiles_url, &source))
		xml_put_text(out, buffer_span(&source));
	else
		status = fail(EX_USAGE, "not a URL template of map tiles",
			{"tiles", page->tiles_url}, {"expected", "https://HOST/…/{z}/{x}/{y}.png"});
	buffer_add_text(out, "\">\n");
	buffer_release(&source);
	return status;
}

/* Only `<` can end the text of a script element. */
void map_page_add(struct buffer *out, struct span json)
{
	const char *next;

	while (json.length && (next = memchr(json.data, '<', json.length))) {
		size_t length = (size_t)(next - json.data);
		buffer_add(out, json.data, length);
		buffer_add_text(out, "\\u003c");
		json = (struct span){next + 1, json.length - length - 1};
	}
	buffer_add_span(out, json);
}

static int put_settings(struct buffer *out, const struct map_page *page)
{
	struct buffer json = {0}, zones = {0};
	int status = zones_file_read(page->zones_file, &zones);

	buffer_printf(&json, "{\"gap_ms\":%lld,\"live\":%s,\"keep_ms\":%lld,\"points_max\":%lld",
		(long long)page->gap_us / 1000, page->is_live ? "true" : "false",
		(long long)page->keep_us / 1000, (long long)page->points_max);
	json_text(&json, "title", span_of(page->title));
	if (page->tiles_url) {
		buffer_add_text(&json, ",\"tiles\":{\"type\":\"xyz\"");
		json_text(&json, "url", span_of(page->tiles_url));
		json_text(&json, "credit", span_of(page->tiles_credit));
		buffer_add_char(&json, '}');
	}
	if (zones.length > 0)
		json_raw(&json, "zones", buffer_span(&zones));
	buffer_add_text(&json, ",\"tracks\":[");
	map_page_add(out, buffer_span(&json));
	out->failed |= json.failed;
	buffer_release(&json);
	buffer_release(&zones);
	return status;
}

int map_page_begin(struct buffer *out, const struct map_page *page)
{
	buffer_add_text(
		out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
	int status = put_policy(out, page);
	buffer_add_text(out,
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
	xml_put_text(out, span_of(page->title));
	buffer_add_text(out, "</title>\n<style>");
	buffer_add_text(out, page_leaflet_css);
	buffer_add_text(out, "</style>\n<style>");
	buffer_add_text(out, page_map_css);
	buffer_add_text(out, "</style>\n</head>\n<body>\n");
	buffer_add_text(out, page_body_html);
	buffer_add_text(out, "<script type=\"application/json\" id=\"records\">");
	return status ? status : put_settings(out, page);
}

void map_page_end(struct buffer *out, struct span events)
{
	buffer_add_text(out, "\n],\"events\":[");
	map_page_add(out, events);
	buffer_add_text(out, "]}</script>\n<script>");
	buffer_add_text(out, page_leaflet_js);
	buffer_add_text(out, "</script>\n<script>");
	buffer_add_text(out, page_map_js);
	buffer_add_text(out, "</script>\n</body>\n</html>\n");
}
