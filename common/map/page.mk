# The page of wd-export html: ours, and Debian's Leaflet (libjs-leaflet). Nothing in it asks for
# another file, and its policy names by their hashes what may run.

LEAFLET = /usr/share/javascript/leaflet
page    = $(BUILD)/obj/common/map/page
ours    = common/map/page

$(page)/leaflet.css: $(LEAFLET)/leaflet.css $(ours)/leaflet-licence.txt
	@mkdir -p $(@D)
	@{ echo '/*'; cat $(ours)/leaflet-licence.txt; echo '*/'; \
		sed 's/url([^)]*)/none/g; s/[/][*]# sourceMappingURL.*//' $<; echo; } > $@
$(page)/leaflet.js: $(or $(wildcard $(LEAFLET)/leaflet.min.js),$(LEAFLET)/leaflet.js)
	@mkdir -p $(@D)
	@{ sed 's,//# sourceMappingURL.*,,' $<; echo; } > $@
$(page)/map.css: $(sort $(wildcard $(ours)/*.css))
	@mkdir -p $(@D)
	@cat $^ > $@
$(page)/map.js: $(sort $(wildcard $(ours)/*.js))
	@mkdir -p $(@D)
	@cat $^ > $@

$(page).c: scripts/embed $(ours)/body.html $(addprefix $(page)/,leaflet.css map.css leaflet.js map.js)
	@scripts/embed common/map/page.h page_body_html=$(ours)/body.html --hashed \
		page_leaflet_css=$(page)/leaflet.css page_map_css=$(page)/map.css \
		page_leaflet_js=$(page)/leaflet.js page_map_js=$(page)/map.js > $@
