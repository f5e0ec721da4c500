/* `flight` lines, which describe a flight as a whole; see wd-record(5). */
#ifndef WD_EXPORT_FLIGHT_H
#define WD_EXPORT_FLIGHT_H

#include "common/map/geodesy.h"
#include "common/record/columns.h"
#include "tools/wd-export/output.h"

struct export_flight {
	struct scan_member members[COLUMNS_MAX + 1]; /* the type, then those of flight_table */
	clock_us started, ended;
	char id[RECORD_ID_MAX + 1];
	bool is_aircraft;
	struct position places[2]; /* the first and the last known; the pilot's if neither is */
	size_t place_count;        /* 1 if no line joins them */
};

/* If the line is a flight, decode it, count it, append it with `put`, and return true. */
bool export_flight(struct export_output *output, struct span line,
	void (*put)(struct export_output *output, const struct export_flight *flight));

/* Return the value of a column of flight_table; `data` is NULL if it is unknown. */
static inline struct span flight_value(const struct export_flight *flight, size_t column)
{
	struct span value = flight->members[column + 1].value;

	return scan_kind(value) == SCAN_NULL ? (struct span){0} : value;
}

/* Write the display name to `out`: the callsign, else the id. */
void flight_label(const struct export_flight *flight, char *out, size_t size);

/* Return the next column from `column` on that is known and is shown as text, or flight_table.count:
 * without times and id, and without the positions that are drawn. */
size_t flight_next_fact(const struct export_flight *flight, size_t column);

#endif
