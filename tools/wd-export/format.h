/* What a format is. */
#ifndef WD_EXPORT_FORMAT
#define WD_EXPORT_FORMAT

#include "tools/wd-export/output.h"

/* `begin` and `end` (optional) write what is around the records; `line` takes one line in, which
 * may be anything. Each returns 0 or an exit status. */
struct format {
	const char *name;
	int (*begin)(struct output *output);
	int (*line)(struct output *output, struct span line);
	int (*end)(struct output *output);
	size_t points_max; /* without --max-points; 0: it holds none */
};

extern const struct format format_geojson, format_kml, format_csv, format_cot, format_html;

#endif
