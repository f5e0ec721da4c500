#include "common/base/array.h"
#include "common/map/xml.h"
#include "tools/wd-export/kml.h"

#include <stdio.h>

/* aabbggrr; distinguishable with colour vision deficiency (Okabe and Ito, "Color Universal Design",
 * 2008). */
static const char *const drone_colours[] = {
	"ff009fe6", "ffe9b456", "ff739e00", "ff42e4f0", "ffa779cc", "ff005ed5"};

static const char *const other_styles[][3] = {
	{"aircraft", "ffaaaaaa", "http://maps.google.com/mapfiles/kml/shapes/airports.png"},
	{"encrypted", "ff5a5af0", "http://maps.google.com/mapfiles/kml/shapes/forbidden.png"},
	{"signal", "ff7a6cf0", "http://maps.google.com/mapfiles/kml/shapes/target.png"},
	{"kit", "ffffffff", "http://maps.google.com/mapfiles/kml/shapes/square.png"},
	{"person", "ffd0d0d0", "http://maps.google.com/mapfiles/kml/shapes/man.png"},
};

static const char about[] =
	"Positions: WGS 84 degrees. Altitudes: metres as sent by the kits, of drones above the WGS "
	"84 ellipsoid, of aircraft geometric or barometric; viewers read them as metres above sea "
	"level (up to 106 m apart). Where only the height is known, it is drawn above ground. "
	"Times: UTC. gps_accuracy m; vspeed m/s; freq_mhz MHz; rssi dBm, of aircraft "
	"dBFS. A ring is the range of a transmitter of 100 mW. Points named Encrypted may belong "
	"to several drones.";

/* The balloon shows only the description: Google Earth would parse a name as HTML. */
static void put_style(struct buffer *out, const char *id, const char *colour, const char *icon)
{
	buffer_printf(out,
		"<Style id=\"%s\"><IconStyle><color>%s</color><scale>0.7</scale><Icon><href>%s"
		"</href></Icon></IconStyle><LineStyle><color>%s</color><width>2</width></LineStyle>"
		"<BalloonStyle><text>$[description]</text></BalloonStyle></Style>\n",
		id, colour, icon, colour);
}

void kml_put_head(struct buffer *out, const char *title)
{
	char id[16];

	buffer_add_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			     "<kml xmlns=\"http://www.opengis.net/kml/2.2\" "
			     "xmlns:gx=\"http://www.google.com/kml/ext/2.2\">\n<Document><name>");
	xml_put_text(out, span_of(title));
	buffer_printf(out, "</name><description>%s</description>\n", about);
	for (size_t i = 0; i < ARRAY_SIZE(drone_colours); i++) {
		snprintf(id, sizeof(id), "drone-%zu", i);
		put_style(out, id, drone_colours[i],
			"http://maps.google.com/mapfiles/kml/shapes/track.png");
	}
	for (size_t i = 0; i < ARRAY_SIZE(other_styles); i++)
		put_style(out, other_styles[i][0], other_styles[i][1], other_styles[i][2]);
}

unsigned kml_colour(const char *drone_id)
{
	unsigned sum = 0;

	while (*drone_id)
		sum = sum * 31 + (unsigned char)*drone_id++;
	return sum % (unsigned)ARRAY_SIZE(drone_colours);
}
