/* The parts of the page as strings: the files of page/, and Leaflet. */
#ifndef WD_MAP_PAGE_H
#define WD_MAP_PAGE_H

extern const char page_body_html[], page_leaflet_css[], page_map_css[], page_leaflet_js[],
	page_map_js[];

/* Their SHA-256 digests in base64, as used in a Content-Security-Policy. */
extern const char page_leaflet_css_hash[], page_map_css_hash[], page_leaflet_js_hash[],
	page_map_js_hash[];

#endif
