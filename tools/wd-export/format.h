/* An output format. */
#ifndef WD_EXPORT_FORMAT_H
#define WD_EXPORT_FORMAT_H

#include "tools/wd-export/output.h"

/* The functions of a format. `begin` and `end` are optional and write what comes before and after
 * the records; `line` reads one line of input, which may hold anything. Each returns 0 or an exit
 * status. */
struct format {
	const char *name;
	int (*begin)(struct export_output *output);
	int (*line)(struct export_output *output, struct span line);
	int (*end)(struct export_output *output);
	size_t points_max; /* default of --max-points; 0: the format keeps no points */
};

extern const struct format format_geojson, format_kml, format_csv, format_cot, format_html;

#endif
