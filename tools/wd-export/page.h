/* The parts of the page, each as a string of its own: what is in page/, and Leaflet. */
#ifndef WD_EXPORT_PAGE
#define WD_EXPORT_PAGE

extern const char page_body_html[], page_leaflet_css[], page_map_css[], page_leaflet_js[],
	page_map_js[];

/* Their SHA-256 in base64, as a Content-Security-Policy names what may run. */
extern const char page_leaflet_css_hash[], page_map_css_hash[], page_leaflet_js_hash[],
	page_map_js_hash[];

#endif
